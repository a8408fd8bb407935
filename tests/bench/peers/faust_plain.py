"""A plain Faust agent: TextBlob on each post, counts and sums in tumbling tables with changelogs, each closed window to
a topic."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

import faust
import orjson
from clock import OUT, PARTITIONS, Clock
from textblob import TextBlob

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = faust.App(
    "peer-faust", broker=f"kafka://{bootstrap}", datadir=tempfile.mkdtemp(), web_enabled=False,
    topic_partitions=PARTITIONS, topic_disable_leader=True, consumer_auto_offset_reset="earliest",
)  # fmt: skip
posts = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
out = app.topic(OUT, value_serializer="json", partitions=PARTITIONS)


def closed(key: tuple[str, Any], value: float) -> None:
    """As a window closes, which a run of seconds seldom sees: what the other peers write then."""
    out.send_soon(key=key[0].encode(), value=[*key, value])


counts = app.Table("counts", default=int, partitions=PARTITIONS, on_window_close=closed)
sums = app.Table("sums", default=float, partitions=PARTITIONS, on_window_close=closed)
counts_by_window, sums_by_window = counts.tumbling(300.0, expires=600.0), sums.tumbling(300.0, expires=600.0)
clock = Clock(count)


@app.agent(posts)
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
    app.worker_init()
    # what is printed would else be taken for a log line of level INFO, and dropped: the reading with it
    faust.Worker(app, loglevel="error", redirect_stdouts=False).execute_from_commandline()
