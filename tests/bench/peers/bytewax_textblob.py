"""bytewax: TextBlob on each post, counts and sums in a tumbling window, each closed window to a topic. No recovery:
nothing of its state is durable."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import orjson
from bytewax import operators as op
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing as win
from bytewax.testing import run_main
from bytewax_peer import BEGIN, posts, written
from clock import OUT, Clock
from textblob import TextBlob

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
clock = Clock(count)


def judged(message: Any) -> tuple[str, float]:
    clock.tick()
    return message.key.decode(), TextBlob(orjson.loads(message.value)["text"]).sentiment.polarity


flow = Dataflow("peer")
keyed = op.map("judge", posts(flow, bootstrap, topic), judged)
windows = win.fold_window(
    "windows", keyed,
    win.SystemClock(),
    win.TumblingWindower(length=timedelta(minutes=5), align_to=BEGIN),
    lambda: (0, 0.0),
    lambda sums, polarity: (sums[0] + 1, sums[1] + polarity),
    lambda one, other: (one[0] + other[0], one[1] + other[1]),
)  # fmt: skip
kop.output("out", op.map("write", windows.down, written), brokers=[bootstrap], topic=OUT)

if __name__ == "__main__":
    run_main(flow)  # ends when the topic does
    clock.tell()
