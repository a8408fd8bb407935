"""Figures that were published while partitions moved to a second worker and back are proven all the same."""

import asyncio
import signal
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from live_watch import LiveWatch, corpus

from streams.broker.embedded import EmbeddedBroker
from streams.proving.audit import audit
from streams.proving.shelf import shelf_of

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def live(watch: LiveWatch) -> None:
    """Posts before, while and after a second worker has its share, edits and deletions among them."""
    posts = [post for post in corpus() if "text" in post][:600]
    edits = [{**post, "version": 9, "text": f"Terrible service. {post['text']}"} for post in posts[5:200:9]]
    gone = [{"key": post["key"], "deleted": True, "at": "2026-11-20T00:00:00Z"} for post in posts[3:300:31]]
    watch.start()
    watch.feed(posts[:200])
    watch.wait_counted()
    watch.wait_recorded(more_than=0)
    with watch.another():
        for start in range(200, 400, 50):
            before = watch.recorded()
            watch.feed([*posts[start : start + 50], *edits[start // 50 :: 8]])
            watch.wait_recorded(more_than=before)
    before = watch.recorded()
    watch.feed([*posts[400:], *gone])
    watch.wait_counted()
    watch.wait_recorded(more_than=before)
    watch.end(signal.SIGTERM)


def test_every_figure_of_a_watch_with_rebalances_is_proven() -> None:
    with tempfile.TemporaryDirectory(prefix="vigie-rebalance-") as directory:
        home = Path(directory) / "home"
        broker = EmbeddedBroker(home, heap="256m", say=print)
        asyncio.run(broker.start())
        watch = LiveWatch(broker.bootstrap, home)
        try:
            live(watch)
            outcomes: Counter[str] = Counter()
            for company in ("telvane", "ferrovel", "solvenne-air"):
                shelf = shelf_of(company, broker.bootstrap)
                assert all(gap.honest for gap in shelf.breaks)
                found = audit(watch.settings, shelf, shelf.published, advance=lambda _: None, processes=1)
                outcomes += Counter(finding.outcome for finding in found)
            assert outcomes["identical"] > 0
            assert not outcomes["unexplained"], outcomes
        finally:
            watch.close()
            asyncio.run(broker.stop())
