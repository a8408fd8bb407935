"""What the consumer changes of Faust's: what arrives in batches, what is committed, what is resumed when."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from schemas.topics import POSTS
from streams.app import create_app, topic_of
from streams.lease import Lease
from streams.settings import Settings
from streams.transport import LOOK_AGAIN, Batch, BatchingApp, BatchingConsumer

POST, CHANGE = TP(POSTS.name, 0), TP("vigie-ledger-changelog", 0)


def record(offset: int, tp: TP = POST) -> Any:
    return SimpleNamespace(
        topic=tp.topic,
        partition=tp.partition,
        offset=offset,
        timestamp=7,
        timestamp_type=1,
        key=b"",
        value=b"",
    )


def message(*offsets: int, tp: TP = POST, done: bool = False) -> Any:
    value = [record(offset, tp) for offset in offsets]
    return SimpleNamespace(topic=tp.topic, tp=tp, value=value, offset=offsets[-1], acked=done, tracked=done)


@pytest.fixture
async def app(tmp_path: Path) -> BatchingApp:
    made = create_app(Settings(home=tmp_path, batch=3), "127.0.0.1:1")
    topic_of(made, POSTS)
    return made


@pytest.fixture
def consumer(app: BatchingApp) -> BatchingConsumer:
    made = app.consumer
    assert isinstance(made, BatchingConsumer)

    async def hand_over(message: Any) -> None:
        """Where Faust's conductor would be."""

    made._hand_over = hand_over
    return made


async def test_only_the_topics_that_are_named_come_in_batches(
    consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = {POST: [record(n) for n in range(5)], CHANGE: [record(n, CHANGE) for n in range(5)]}

    async def fetch(*_: Any) -> Any:
        return fetched, {POST, CHANGE}

    monkeypatch.setattr(driver.Consumer, "_wait_next_records", fetch)
    consumer._active_partitions = {POST, CHANGE}
    found, active = await consumer._wait_next_records(1.0)
    assert [[one.offset for one in batch.value] for batch in found[POST]] == [[0, 1, 2], [3, 4]]
    assert all(isinstance(batch, Batch) for batch in found[POST])
    assert found[CHANGE] == fetched[CHANGE]
    assert active == {POST, CHANGE}


async def test_a_fetch_never_waits_long_while_queues_may_run_empty(
    consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def fetch(self: Any, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        waited.append(timeout)
        return {}, {POST}

    monkeypatch.setattr(driver.Consumer, "_wait_next_records", fetch)
    consumer._active_partitions = set()  # as when all queues are full
    began = asyncio.get_running_loop().time()
    assert await consumer._wait_next_records(1.0) == ({}, set())
    assert asyncio.get_running_loop().time() - began < 0.5
    assert waited == []
    consumer._active_partitions = {POST}
    await consumer._wait_next_records(1.0)
    consumer.flow_active, consumer._active_partitions = False, set()  # Faust waits until it flows again
    await consumer._wait_next_records(0.01)
    assert waited == [LOOK_AGAIN, 0.01]


async def test_a_fetch_asks_for_the_partitions_that_were_active_when_it_began(
    consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def fetch(self: Any, active: Any, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        asked.append(active)
        return {}

    monkeypatch.setattr(driver.Consumer, "_getmany", fetch)
    active = {POST}
    await consumer._getmany(active, 1.0)
    active.clear()  # as when recovery ends while the fetch waits; empty would mean "all"
    assert asked == [{POST}]


async def test_the_offsets_inside_a_batch_are_no_gap(consumer: BatchingConsumer) -> None:
    await consumer._add_gap(POST, 1, 9)
    await consumer._add_gap(CHANGE, 1, 9)
    assert not consumer._gap[POST]
    assert len(consumer._gap[CHANGE]) == 1


async def test_what_is_committed_are_the_batches_that_are_done_and_in_a_row(
    consumer: BatchingConsumer,
) -> None:
    first, second, third = message(0, 1, 2), message(5, 6), message(7)
    for one in (first, second, third):
        await consumer._deliver(one)
    third.acked = third.tracked = True
    # an offset acked in an earlier generation, as Faust's own lists would have it
    consumer._acked[POST].append(2)
    consumer._acked_index[POST].add(2)
    assert consumer._new_offset(POST) is None
    first.acked = first.tracked = True
    assert consumer._new_offset(POST) == 3
    second.acked = second.tracked = True
    assert consumer._new_offset(POST) == 8


async def test_a_batch_that_was_skipped_is_not_committed(consumer: BatchingConsumer) -> None:
    skipped = message(0, 1)
    await consumer._deliver(skipped)
    skipped.acked = True  # while flow was suspended: nobody took it up
    assert consumer._new_offset(POST) is None


async def test_other_topics_are_committed_as_faust_does(consumer: BatchingConsumer) -> None:
    assert consumer._new_offset(CHANGE) is None
    consumer._acked[CHANGE] += [0, 1]
    assert consumer._new_offset(CHANGE) == 2


async def test_a_rebalance_in_mid_batch_forgets_what_was_in_flight(
    consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoke(*_: Any) -> None:
        """What Faust does of its own."""

    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", revoke)
    before = message(0, 1, 2)
    await consumer._deliver(before)
    await consumer.on_partitions_revoked({POST})
    before.acked = before.tracked = True  # its agent ends after the partition has gone
    assert consumer._new_offset(POST) is None
    await consumer._deliver(message(0, 1, 2))  # it came back, to what was committed
    assert consumer._new_offset(POST) is None


async def test_batches_are_resumed_when_the_rebalance_is_over_and_others_at_once(
    app: BatchingApp, consumer: BatchingConsumer
) -> None:
    consumer._set_active_tps({POST, CHANGE})
    consumer.pause_partitions({POST, CHANGE})
    app.rebalancing = True
    consumer.resume_partitions({POST, CHANGE})
    assert consumer._get_active_partitions() == {CHANGE}
    app.on_rebalance_end()
    assert consumer._get_active_partitions() == {POST, CHANGE}


async def test_a_partition_that_went_in_the_next_rebalance_is_not_resumed(
    app: BatchingApp, consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoke(*_: Any) -> None:
        """What Faust does of its own."""

    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", revoke)
    consumer._set_active_tps({POST})
    consumer.pause_partitions({POST})
    app.rebalancing = True
    consumer.resume_partitions({POST})
    await consumer.on_partitions_revoked({POST})
    app.on_rebalance_end()
    assert consumer._get_active_partitions() == set()


async def test_a_recovery_that_a_rebalance_overtook_ends_nothing(
    app: BatchingApp, consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust lets it go on to its end. What then came in the midst of the next rebalance would be cleared from the queues."""

    async def nothing(*_: Any, **__: Any) -> None:
        """What Faust does of its own."""

    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", nothing)
    monkeypatch.setattr(faust.App, "_on_partitions_assigned", nothing)
    ended: list[str] = []
    app.settled = lambda: ended.append("settled")

    async def given() -> None:
        consumer._set_active_tps({POST})
        consumer.pause_partitions({POST})
        await app._on_partitions_assigned({POST})

    app.on_rebalance_start()
    await consumer.on_partitions_revoked(set())
    await given()
    await app.on_rebalance_complete.send()  # the first recovery comes to its end …
    app.on_rebalance_start()  # … and the second rebalance begins
    await consumer.on_partitions_revoked({POST})
    consumer.resume_partitions({POST})
    app.on_rebalance_end()
    assert (app.rebalancing, ended) == (True, [])
    await given()
    await app.on_rebalance_complete.send()
    consumer.resume_partitions({POST})
    assert consumer._get_active_partitions() == set(), "not before queues are cleared"
    app.on_rebalance_end()
    assert consumer._get_active_partitions() == {POST}
    assert (app.rebalancing, ended) == (False, ["settled"])


async def test_a_full_stream_holds_its_partition_back_and_takes_it_up_again(
    consumer: BatchingConsumer,
) -> None:
    consumer._set_active_tps({POST, CHANGE})
    consumer.on_buffer_full(POST)
    assert consumer._get_active_partitions() == {CHANGE}
    consumer.on_buffer_drop(POST)
    assert consumer._get_active_partitions() == {POST, CHANGE}


@pytest.mark.parametrize(("age", "ends"), [(1.0, 0), (100.0, 1)])
async def test_a_rebalance_that_finds_the_lease_run_out_ends_the_worker(
    consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch, age: float, ends: int
) -> None:
    """Faust would wait for batches that wait for the lease, and the lease for the rebalance."""
    order: list[str] = []

    async def revoke(*_: Any) -> None:
        order.append("faust waits")

    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", revoke)
    now = [0.0]
    lease = Lease(10.0, now=lambda: now[0], end=lambda: order.append("ends"))
    lease.renew()
    now[0] = age
    consumer.app.lease = lease
    await consumer.on_partitions_revoked({POST})
    assert order == ["ends"] * ends + ["faust waits"]


class Ends:
    """Kafka's answers about three partitions of posts.v1; the third has a new leader that learns its end late."""

    def __init__(self) -> None:
        self.asked = 0
        self.sought: list[Any] = []

    async def committed(self) -> Any:
        return {TP(POSTS.name, 0): 50, TP(POSTS.name, 1): 50, TP(POSTS.name, 2): 50, CHANGE: 7}

    async def earliest(self, *tps: TP) -> Any:
        return dict.fromkeys(tps, 3)

    async def highwaters(self, *tps: TP) -> Any:
        self.asked += 1
        return {tp: 60 if tp.partition < 2 or self.asked > 2 else 40 for tp in tps}

    async def seek(self, places: Any) -> None:
        self.sought.append(places)


async def test_a_state_older_than_the_commit_is_read_on_from_and_not_shown_before(
    app: BatchingApp, consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = Ends()
    states: dict[int, int | None] = {0: 20, 1: 55, 2: 50}
    app.next_offset = lambda topic, partition: states[partition] if topic == POSTS.name else None
    monkeypatch.setattr(driver.Consumer, "seek_to_committed", lambda _: ends.committed())
    monkeypatch.setattr(consumer, "earliest_offsets", ends.earliest)
    monkeypatch.setattr(consumer, "highwaters", ends.highwaters)
    monkeypatch.setattr(consumer, "seek_wait", ends.seek)
    monkeypatch.setattr(asyncio, "sleep", at_once)
    await consumer.perform_seek()
    assert consumer._read_offset[TP(POSTS.name, 0)] == 20
    assert consumer._committed_offset[TP(POSTS.name, 0)] == 50, "an heir must find the loss, too"
    assert not consumer._should_commit(TP(POSTS.name, 0), 30)
    assert consumer._should_commit(TP(POSTS.name, 0), 51)
    ends.asked, ends.sought = 0, []
    found = await consumer.seek_to_committed()
    assert ends.sought == [{TP(POSTS.name, 0): 20}]
    assert (found[TP(POSTS.name, 0)], found[TP(POSTS.name, 1)], found[CHANGE]) == (20, 50, 7)
    assert ends.asked == 3, "all partitions at once, until the new leader knows"
    assert app.read_again.under_way(app.next_offset)
    states[0] = 50
    assert not app.read_again.under_way(app.next_offset)


async def at_once(_: float) -> None:
    """No time passes."""


async def test_a_leader_that_does_not_answer_is_heard_of(
    app: BatchingApp, consumer: BatchingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust would end the recovery after a while, and nothing else."""
    app.next_offset = lambda _topic, _partition: 5

    async def never(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(driver.Consumer, "seek_to_committed", lambda _: Ends().committed())
    monkeypatch.setattr(consumer, "earliest_offsets", never)
    monkeypatch.setattr("streams.transport.ANSWER_WITHIN", 0.01)
    with pytest.raises(TimeoutError):
        await consumer.perform_seek()
