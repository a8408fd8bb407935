"""quixstreams: TextBlob on each post, a mention of each with a company to a topic, counts and sums of Vigie's five
windows, each moving on by a twelfth of itself, with changelogs, each closed window to a topic."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

import orjson
from clock import MENTIONED, OUT, STEPS, Clock
from quixstreams import Application
from quixstreams.dataframe.windows import Count, Sum
from textblob import TextBlob

from schemas.reputation import WINDOWS

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = Application(
    broker_address=bootstrap, consumer_group=f"peer-rolling-{os.getpid()}", auto_offset_reset="earliest",
    state_dir=tempfile.mkdtemp(), loglevel="ERROR",
)  # fmt: skip
clock = Clock(count)


def judged(value: bytes, key: bytes, timestamp: int, headers: Any) -> dict[str, Any]:
    if clock.tick():
        app.stop()
    post = orjson.loads(value)
    polarity, subjectivity = TextBlob(post["text"]).sentiment
    return {
        "post": post["key"], "company": key.decode(), "platform": post["platform"],
        "event_time": post["created_at"], "polarity": polarity, "subjectivity": subjectivity,
    }  # fmt: skip


frame = app.dataframe(app.topic(topic, value_deserializer="bytes")).apply(judged, metadata=True)
frame = frame.filter(lambda mention: mention["company"] != "-")
frame.to_topic(app.topic(MENTIONED, value_serializer="json"))
polarities, out = frame.apply(lambda mention: mention["polarity"]), app.topic(OUT, value_serializer="json")
for length in WINDOWS.values():
    windows = polarities.hopping_window(length, length // STEPS).agg(n=Count(), total=Sum())
    windows.final().to_topic(out)

if __name__ == "__main__":
    app.run()  # ends with a checkpoint: state, changelog and offsets written
    clock.tell()
