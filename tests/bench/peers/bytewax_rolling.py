"""bytewax: TextBlob on each post, a mention of each with a company to a topic, counts and sums of Vigie's five
windows, each moving on by a twelfth of itself, each closed window to a topic. No recovery: nothing of its state is durable."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import orjson
from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing as win
from bytewax.testing import run_main
from bytewax_peer import BEGIN, posts, written
from clock import MENTIONED, OUT, STEPS, Clock
from mention import mention_of

from schemas.reputation import WINDOWS

Judged = tuple[str, dict[str, Any]]  # company, mention
bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
clock = Clock(count)


def judged(message: Any) -> Judged:
    clock.tick()
    mention = mention_of(message.key, message.value)
    return mention["company"], mention


def sent(item: Judged) -> Any:
    return KafkaSinkMessage(item[0].encode(), orjson.dumps(item[1]))


flow = Dataflow("peer")
named = op.filter(
    "named", op.map("judge", posts(flow, bootstrap, topic), judged), lambda item: item[0] != "-"
)
kop.output("mentions", op.map("mention", named, sent), brokers=[bootstrap], topic=MENTIONED)
for name, length in WINDOWS.items():
    width = timedelta(milliseconds=length)
    windows = win.fold_window(
        name, named,
        win.SystemClock(),
        win.SlidingWindower(length=width, offset=width / STEPS, align_to=BEGIN),
        lambda: (0, 0.0),
        lambda sums, found: (sums[0] + 1, sums[1] + found["polarity"]),
        lambda one, other: (one[0] + other[0], one[1] + other[1]),
    )  # fmt: skip
    kop.output(f"out-{name}", op.map(f"write-{name}", windows.down, written), brokers=[bootstrap], topic=OUT)

if __name__ == "__main__":
    run_main(flow)  # ends when the topic does
    clock.tell()
