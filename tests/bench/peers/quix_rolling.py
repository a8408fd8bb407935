"""quixstreams: TextBlob on each post, a mention of each with a company to a topic, counts and sums of Vigie's five
windows, each moving on by a twelfth of itself, with changelogs, each closed window to a topic."""

from __future__ import annotations

import sys
from typing import Any

from clock import MENTIONED, OUT, STEPS, Clock
from mention import mention_of
from quix_peer import peer_app
from quixstreams.dataframe.windows import Count, Sum

from schemas.reputation import WINDOWS

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = peer_app("peer-rolling", bootstrap)
clock = Clock(count)


def judged(value: bytes, key: bytes, timestamp: int, headers: Any) -> dict[str, Any]:
    if clock.tick():
        app.stop()
    return mention_of(key, value)


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
