"""A plain Faust agent: TextBlob on each post, a mention of each with a company to a topic, counts and sums of
Vigie's five windows, each moving on by a twelfth of itself, in tables with changelogs, each closed window to a topic."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

import faust
import orjson
from clock import MENTIONED, OUT, PARTITIONS, STEPS, Clock
from textblob import TextBlob

from schemas.reputation import WINDOWS

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = faust.App(
    "peer-faust-rolling", broker=f"kafka://{bootstrap}", datadir=tempfile.mkdtemp(), web_enabled=False,
    topic_partitions=PARTITIONS, topic_disable_leader=True, consumer_auto_offset_reset="earliest",
)  # fmt: skip
posts = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
out = app.topic(OUT, value_serializer="json", partitions=PARTITIONS)
mentions = app.topic(MENTIONED, value_serializer="json", partitions=PARTITIONS)


def closed(key: tuple[str, Any], value: float) -> None:
    """As a window closes, which a run of seconds seldom sees: what the other peers write then."""
    out.send_soon(key=key[0].encode(), value=[*key, value])


def moving(name: str, kind: type, length: int) -> Any:
    """A table of the window of `length` milliseconds."""
    table = app.Table(name, default=kind, partitions=PARTITIONS, on_window_close=closed)
    width = length / 1000
    return table.hopping(width, width / STEPS, expires=2 * width)


counts = [moving(f"counts-{name}", int, length) for name, length in WINDOWS.items()]
sums = [moving(f"sums-{name}", float, length) for name, length in WINDOWS.items()]
clock = Clock(count)


@app.agent(posts)
async def measure(stream: faust.Stream[bytes]) -> None:
    async for key, value in stream.items():
        company = key.decode()
        post = orjson.loads(value)
        polarity, subjectivity = TextBlob(post["text"]).sentiment
        if company != "-":
            mention = {
                "post": post["key"], "company": company, "platform": post["platform"],
                "event_time": post["created_at"], "polarity": polarity, "subjectivity": subjectivity,
            }  # fmt: skip
            mentions.send_soon(key=key, value=mention)
            for table in counts:
                table[company] += 1
            for table in sums:
                table[company] += polarity
        if clock.tick():
            clock.tell()
            os._exit(0)


if __name__ == "__main__":
    app.worker_init()
    # what is printed would else be taken for a log line of level INFO, and dropped: the reading with it
    faust.Worker(app, loglevel="error", redirect_stdouts=False).execute_from_commandline()
