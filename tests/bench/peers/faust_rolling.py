"""A plain Faust agent: TextBlob on each post, a mention of each with a company to a topic, counts and sums of
Vigie's five windows, each moving on by a twelfth of itself, in tables with changelogs, each closed window to a topic."""

from __future__ import annotations

import os
import sys
from typing import Any

import faust
from clock import MENTIONED, PARTITIONS, STEPS, Clock
from faust_peer import closing, peer_app, posts_of, run
from mention import mention_of

from schemas.reputation import WINDOWS

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = peer_app("peer-faust-rolling", bootstrap)
mentions = app.topic(MENTIONED, value_serializer="json", partitions=PARTITIONS)
closed = closing(app)


def moving(name: str, kind: type, length: int) -> Any:
    """A table of the window of `length` milliseconds."""
    table = app.Table(name, default=kind, partitions=PARTITIONS, on_window_close=closed)
    width = length / 1000
    return table.hopping(width, width / STEPS, expires=2 * width)


counts = [moving(f"counts-{name}", int, length) for name, length in WINDOWS.items()]
sums = [moving(f"sums-{name}", float, length) for name, length in WINDOWS.items()]
clock = Clock(count)


@app.agent(posts_of(app, topic))
async def measure(stream: faust.Stream[bytes]) -> None:
    async for key, value in stream.items():
        mention = mention_of(key, value)
        company = mention["company"]
        if company != "-":
            mentions.send_soon(key=key, value=mention)
            for table in counts:
                table[company] += 1
            for table in sums:
                table[company] += mention["polarity"]
        if clock.tick():
            clock.tell()
            os._exit(0)


if __name__ == "__main__":
    run(app)
