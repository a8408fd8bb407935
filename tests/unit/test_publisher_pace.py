"""Snapshots are taken as often as they cost little, and after a rebalance at once."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.crash_points import nothing
from streams.exporting.snapshot import Snapshot
from streams.publisher import LONGEST_REST, SHARE, Publisher


class Pace:
    """A publisher whose snapshots cost `cost` seconds of CPU on a clock of the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cost: float) -> None:
        self.now = 0.0
        self.taken: list[float] = []
        self.cost = cost
        times = SimpleNamespace(monotonic=lambda: self.now, thread_time=lambda: self.now)
        monkeypatch.setattr("streams.publisher.time", times)
        judge: Any = SimpleNamespace(versions={}, version="1")
        recorder: Any = SimpleNamespace(record=self.record, forget=lambda: None)
        topology: Any = SimpleNamespace(counts=SimpleNamespace(held={}))
        app: Any = SimpleNamespace(reached=nothing)
        clock: Any = None
        self.publisher = Publisher(app, topology, judge, clock, recorder, record_every=30.0)
        self.publisher.ready = True
        monkeypatch.setattr(self.publisher, "_take", self.take)

    def take(self) -> Snapshot:
        self.taken.append(self.now)
        self.now += self.cost
        return Snapshot(versions={}, ready=True)

    async def record(self, *_: Any) -> None:
        """Where reputation.v1 would be."""

    async def run(self, seconds: float, every: float = 0.5) -> int:
        """How many snapshots are taken in so many seconds."""
        before, end = len(self.taken), self.now + seconds
        while self.now < end:
            await self.publisher.publish()
            self.now += every
        return len(self.taken) - before


async def test_a_cheap_snapshot_is_taken_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await Pace(monkeypatch, cost=0.01).run(10.0) >= 19


async def test_a_dear_one_takes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=0.04)
    assert await pace.run(60.0) * pace.cost == pytest.approx(60.0 * SHARE, rel=0.3)


async def test_however_dear_it_does_not_rest_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=1.0)
    await pace.run(60.0)
    rests = [later - earlier - pace.cost for earlier, later in zip(pace.taken, pace.taken[1:], strict=False)]
    assert max(rests) <= LONGEST_REST + 0.5


async def test_after_a_rebalance_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=1.0)
    await pace.publisher.publish()
    await pace.publisher.publish()
    assert len(pace.taken) == 1
    pace.publisher.mark_stale()
    await pace.publisher.publish()
    assert len(pace.taken) == 1, "not while partitions move"
    pace.publisher.ready = True
    await pace.publisher.publish()
    assert len(pace.taken) == 2
