"""bytewax: counts by key in a tumbling window, nothing decoded, nothing durable."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from bytewax import operators as op
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing as win
from bytewax.testing import TestingSink, run_main
from clock import Clock

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
clock = Clock(count)


def key_of(message: Any) -> str:
    clock.tick()
    return str(message.key, "utf-8")


flow = Dataflow("peer")
posts = kop.input("posts", flow, brokers=[bootstrap], topics=[topic], tail=False, batch_size=1000)
windows = win.count_window(
    "count", posts.oks, win.SystemClock(),
    win.TumblingWindower(length=timedelta(minutes=5), align_to=datetime(2026, 1, 1, tzinfo=UTC)),
    key_of,
)  # fmt: skip
op.output("out", windows.down, TestingSink([]))

if __name__ == "__main__":
    run_main(flow)  # ends when the topic does
    clock.tell()
