"""Posts per second of `vigie replay`, beside the live worker's over the same log.

The sample corpus again and again under new keys; time runs from the call to the last figure, judges' loading
included. Usage: python tests/bench/bench_replay.py [posts] [processes …]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from stand import corpus_posts, fill

from schemas.reputation import DAY
from schemas.topics import POSTS, TOPICS
from streams.admin import ensure_topics
from streams.broker.embedded import EmbeddedBroker
from streams.proving.replay import Range, bounds, replay
from streams.settings import read_settings

FIRST = 1_793_577_600_000  # 2026-11-02, where the corpus begins


def posts_per_second(bootstrap: str, home: Path, posts: int, processes: int) -> float:
    settings = read_settings({}, home=home, broker=bootstrap)
    start = time.perf_counter()
    when = Range(FIRST, FIRST + 30 * DAY, DAY)
    found = sum(
        1
        for _ in replay(settings, bounds(bootstrap), when, None, advance=lambda _: None, processes=processes)
    )
    assert found
    return posts / (time.perf_counter() - start)


def main() -> None:
    posts, *processes = [int(word) for word in sys.argv[1:]] or [60_000]
    with tempfile.TemporaryDirectory() as directory:
        broker = EmbeddedBroker(Path(directory), say=lambda _: None)
        asyncio.run(broker.start())
        try:
            ensure_topics(broker.bootstrap, TOPICS, 4)
            asyncio.run(fill(broker.bootstrap, POSTS.name, corpus_posts(posts), 4))
            for count in processes or [1, 2]:
                rate = posts_per_second(broker.bootstrap, Path(directory), posts, count)
                print(f"{count} process(es): {rate:,.0f} posts/s", flush=True)
        finally:
            asyncio.run(broker.stop())


if __name__ == "__main__":
    main()
