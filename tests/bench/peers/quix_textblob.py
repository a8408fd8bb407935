"""quixstreams: TextBlob on each post, counts and means in a tumbling window with a changelog, each closed
window to a topic."""

from __future__ import annotations

import sys

import orjson
from clock import OUT, Clock
from quix_peer import peer_app
from quixstreams.dataframe.windows import Count, Sum
from textblob import TextBlob

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = peer_app("peer", bootstrap)
clock = Clock(count)


def judged(value: bytes) -> float:
    if clock.tick():
        app.stop()
    return float(TextBlob(orjson.loads(value)["text"]).sentiment.polarity)


frame = app.dataframe(app.topic(topic, value_deserializer="bytes"))
frame = frame.apply(judged).tumbling_window(300_000).agg(n=Count(), total=Sum()).final()
frame.to_topic(app.topic(OUT, value_serializer="json"))

if __name__ == "__main__":
    app.run()  # ends with a checkpoint: state, changelog and offsets written
    clock.tell()
