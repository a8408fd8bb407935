"""Snapshots are taken as often as they cost little, and after a rebalance at once."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams.crash_points import nothing
from streams.exporting.snapshot import Snapshot
from streams.lost_state import ReadAgain
from streams.publisher import LONGEST_REST, SHARE, Publisher


class Pace:
    """A publisher whose snapshots cost `cost` seconds of CPU, in a process that is else `busy` for a part of the
    time, on a clock of the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cost: float, busy: float = 0.0) -> None:
        self.now = self.used = 0.0
        self.taken: list[float] = []
        self.asked_for_posts: list[bool] = []  # of each snapshot
        self.recorded = 0
        self.taken_by_kafka = asyncio.Event()
        self.taken_by_kafka.set()
        self.broken = False
        self.cost, self.busy = cost, busy
        times = SimpleNamespace(
            monotonic=lambda: self.now, thread_time=lambda: self.now, process_time=lambda: self.used
        )
        monkeypatch.setattr("streams.publisher.time", times)
        judge: Any = SimpleNamespace(versions={}, version="1")
        recorder: Any = SimpleNamespace(record=self.record, forget=lambda: None)
        topology: Any = SimpleNamespace(counts=SimpleNamespace(held={}))
        self.read_again = ReadAgain()
        self.offset = 0  # of the one partition that there is
        app: Any = SimpleNamespace(
            reached=nothing, read_again=self.read_again, next_offset=lambda _topic, _partition: self.offset
        )
        clock: Any = None
        self.publisher = Publisher(app, topology, judge, clock, recorder, record_every=30.0)
        self.publisher.ready = True
        monkeypatch.setattr(self.publisher, "_take", self.take)

    def take(self, *, evidence: bool) -> Snapshot:
        self.taken.append(self.now)
        self.asked_for_posts.append(evidence)
        self.now += self.cost
        self.used += self.cost
        return Snapshot(versions={}, ready=True)

    async def record(self, *_: Any) -> None:
        """Where reputation.v1 would be."""
        assert self.asked_for_posts[-1]
        await self.taken_by_kafka.wait()
        if self.broken:
            raise ConnectionError("no broker")
        self.recorded += 1

    async def run(self, seconds: float, every: float = 0.5) -> int:
        """How many snapshots are taken in so many seconds."""
        before, end = len(self.taken), self.now + seconds
        while self.now < end:
            await self.publisher.publish()
            await asyncio.sleep(0)  # a turn for the record
            self.now += every
            self.used += every * self.busy
        return len(self.taken) - before


async def test_a_cheap_snapshot_is_taken_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await Pace(monkeypatch, cost=0.01, busy=0.9).run(10.0) >= 19


async def test_a_dear_one_is_too_where_there_is_time_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await Pace(monkeypatch, cost=0.08, busy=0.2).run(11.6) >= 19


async def test_a_backlog_is_not_held_up_by_dear_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=0.04, busy=1.0)
    assert await pace.run(60.0) * pace.cost == pytest.approx(60.0 * SHARE, rel=0.3)


async def test_however_dear_it_does_not_rest_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=1.0, busy=1.0)
    await pace.run(60.0)
    rests = [later - earlier - pace.cost for earlier, later in zip(pace.taken, pace.taken[1:], strict=False)]
    assert max(rests) <= LONGEST_REST + 0.5


async def test_the_end_of_a_backlog_is_shown_as_soon_as_there_is_time_to_spare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pace = Pace(monkeypatch, cost=0.06, busy=1.0)
    while await pace.run(0.5) == 0:  # until just after a snapshot, with two seconds of rest before it
        pass
    pace.busy = 0.0
    assert await pace.run(1.5) > 0


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


async def test_posts_are_looked_for_where_a_record_will_name_them_and_then_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pace = Pace(monkeypatch, cost=0.01)
    await pace.run(61.0)
    await pace.publisher.close()
    assert pace.recorded == sum(pace.asked_for_posts) == 4
    assert len(pace.taken) > 100


async def test_a_record_that_kafka_does_not_take_holds_up_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=0.01)
    pace.taken_by_kafka.clear()
    assert await pace.run(120.0) > 200
    assert pace.recorded == 0
    assert pace.publisher.recording_since is not None
    pace.taken_by_kafka.set()
    await pace.run(1.0)
    assert pace.publisher.recording_since is None
    assert pace.recorded == 2, "the one that waited, and the next"


async def test_a_record_that_fails_is_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=0.01)
    pace.broken = True
    with pytest.raises(ConnectionError):
        await pace.run(60.0)


async def test_a_state_that_reads_again_what_it_lost_is_neither_shown_nor_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pace = Pace(monkeypatch, cost=0.01)
    pace.read_again.until("mentions.v1", 0, 100)
    assert await pace.run(60.0) == 0
    await pace.publisher.close()
    assert (pace.recorded, pace.publisher.newest.ready) == (0, False)
    pace.offset = 99
    assert await pace.run(1.0) == 0
    pace.offset = 100
    assert await pace.run(1.0) > 0
    assert (pace.recorded, pace.publisher.newest.ready) == (1, True)


async def test_nothing_is_recorded_once_partitions_move(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(monkeypatch, cost=0.01)
    await pace.publisher.publish()
    pace.publisher.mark_stale()  # before the record had its first turn
    await asyncio.sleep(0)
    assert pace.recorded == 0
