"""A plain Faust agent: TextBlob on each post, counts and sums in tumbling tables with changelogs, each closed window to
a topic."""

from __future__ import annotations

import os
import sys

import faust
import orjson
from clock import PARTITIONS, Clock
from faust_peer import closing, peer_app, posts_of, run
from textblob import TextBlob

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = peer_app("peer-faust", bootstrap)
closed = closing(app)
counts = app.Table("counts", default=int, partitions=PARTITIONS, on_window_close=closed)
sums = app.Table("sums", default=float, partitions=PARTITIONS, on_window_close=closed)
counts_by_window, sums_by_window = counts.tumbling(300.0, expires=600.0), sums.tumbling(300.0, expires=600.0)
clock = Clock(count)


@app.agent(posts_of(app, topic))
async def measure(stream: faust.Stream[bytes]) -> None:
    async for key, value in stream.items():
        company = key.decode()
        polarity = TextBlob(orjson.loads(value)["text"]).sentiment.polarity
        counts_by_window[company] += 1
        sums_by_window[company] += polarity
        if clock.tick():
            clock.tell()
            os._exit(0)


if __name__ == "__main__":
    run(app)
