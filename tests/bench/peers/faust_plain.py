"""A plain Faust agent: TextBlob on each post, counts and sums in a tumbling table, the sum to a topic."""

from __future__ import annotations

import os
import sys
import tempfile

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
counts = app.Table("counts", default=int, partitions=PARTITIONS).tumbling(300.0)
sums = app.Table("sums", default=float, partitions=PARTITIONS).tumbling(300.0)
clock = Clock(count)


@app.agent(posts)
async def measure(stream: faust.Stream[bytes]) -> None:
    async for key, value in stream.items():
        company = key.decode()
        polarity = TextBlob(orjson.loads(value)["text"]).sentiment.polarity
        counts[company] += 1
        sums[company] += polarity
        await out.send(key=key, value=[company, counts[company].value(), sums[company].value()])
        if clock.tick():
            clock.tell()
            os._exit(0)


if __name__ == "__main__":
    app.worker_init()
    faust.Worker(app, loglevel="error").execute_from_commandline()
