"""bytewax: TextBlob on each post, counts and sums in a tumbling window, each closed window to a topic. No recovery:
nothing of its state is durable."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing as win
from bytewax.testing import run_main
from clock import OUT, Clock
from textblob import TextBlob

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
clock = Clock(count)


def judged(message: Any) -> tuple[str, float]:
    clock.tick()
    return message.key.decode(), TextBlob(orjson.loads(message.value)["text"]).sentiment.polarity


def written(item: tuple[str, tuple[int, tuple[int, float]]]) -> Any:
    key, (window, sums) = item
    return KafkaSinkMessage(key.encode(), orjson.dumps([key, window, *sums]))


flow = Dataflow("peer")
posts = kop.input("posts", flow, brokers=[bootstrap], topics=[topic], tail=False, batch_size=1000)
keyed = op.map("judge", posts.oks, judged)
windows = win.fold_window(
    "windows", keyed,
    win.SystemClock(),
    win.TumblingWindower(length=timedelta(minutes=5), align_to=datetime(2026, 1, 1, tzinfo=UTC)),
    lambda: (0, 0.0),
    lambda sums, polarity: (sums[0] + 1, sums[1] + polarity),
    lambda one, other: (one[0] + other[0], one[1] + other[1]),
)  # fmt: skip
kop.output("out", op.map("write", windows.down, written), brokers=[bootstrap], topic=OUT)

if __name__ == "__main__":
    run_main(flow)  # ends when the topic does
    clock.tell()
