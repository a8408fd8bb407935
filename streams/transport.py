"""Micro-batches: the one place that reaches into Faust.

Faust starts four asyncio tasks for every message it delivers. Here one Faust message carries the
records that one fetch brought for one partition, cut into batches; all else stays Faust's: the
consumer group, rebalancing, recovery, acknowledgement. Only topics named in `App.batched` are
treated so; changelogs and Faust's own topics go through as before.

Five methods of Faust's consumer change:

- `_wait_next_records` groups the records of a partition into `Batch`es, and looks again soon for what lies ready in
  partitions whose queues have room again. Faust waits a second for the others first, and aiokafka for the answer to a
  request that Kafka holds back: at the end of a backlog a worker stood idle for two thirds of the time.
- `_add_gap` does nothing for batched partitions, for the offsets inside a batch are no gap.
- `_new_offset` says what may be committed. Faust's own answer merges neighbouring gaps and could
  pass a batch that is still in work; here it is the end of the longest run of acknowledged
  batches, counted in the order in which they were delivered.
- `_getmany` asks for the partitions that are active when it is called. Faust hands over the set itself; when
  recovery ends and empties it while a fetch waits, aiokafka reads that as "all partitions", and Faust
  drops the posts that come, whose offsets are then never read.
- `resume_partitions` waits with batched partitions until the last rebalance is over (`streams/rebalances.py`). Faust
  resumes them first, seeks then, and last of all clears its queues: a batch delivered meanwhile was lost from the queue,
  and the next one taken for its successor.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams import crash_points
from streams.batching_producer import BatchingProducer
from streams.lease import Lease, renewed_by_heartbeats
from streams.lost_state import ReadAgain, log_lost, state_lost
from streams.patience import patient
from streams.rebalances import Rebalances

# Milliseconds that Kafka may hold an answer back where it has nothing new. One request is under way at a time, for the
# partitions whose records were all taken: while it is held, what lies ready in the others is not asked for.
FETCH_WAIT = 50
# Seconds that a fetch waits for records of the partitions whose queues had room when it began: while it does, no other
# partition is asked for, though its queue may have run empty.
LOOK_AGAIN = 0.05
ANSWER_WITHIN = 30.0  # seconds for Kafka to say where topics begin and end


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one partition in offset order, standing where Faust expects one record."""

    topic: str
    partition: int
    offset: int  # the last record's
    timestamp: int  # the last record's, epoch milliseconds
    timestamp_type: int
    value: Sequence[Any]  # aiokafka ConsumerRecords: offset, timestamp, key, value
    key: None = None
    headers: tuple[()] = ()
    checksum: None = None
    serialized_key_size: int = 0
    serialized_value_size: int = 0


def cut(records: Sequence[Any], size: int) -> Iterator[Batch]:
    """The records of one partition, in order, as batches of at most `size`."""
    for start in range(0, len(records), size):
        part = records[start : start + size]
        last = part[-1]
        yield Batch(
            topic=last.topic,
            partition=last.partition,
            offset=last.offset,
            timestamp=last.timestamp,
            timestamp_type=last.timestamp_type,
            value=part,
        )


class Delivered(Protocol):
    """A Faust message that carries a batch. Faust marks as `tracked` what a stream took up, and as
    `acked` what it is through with; what it skips while flow is suspended is acked without having
    been tracked, and was not worked on."""

    value: Sequence[Any]
    offset: int
    acked: bool
    tracked: bool


class InFlight:
    """Delivered batches of one partition and what of them may be committed."""

    __slots__ = ("_delivered",)

    def __init__(self) -> None:
        self._delivered: deque[Delivered] = deque()  # offsets ascend

    def deliver(self, batch: Delivered) -> None:
        """A batch was handed to its agent."""
        if self._delivered and batch.value[0].offset <= self._delivered[-1].offset:
            self._delivered.clear()  # Faust went back: what was in flight is delivered again
        self._delivered.append(batch)

    def committable(self) -> int | None:
        """The next offset to read once every batch that is done, up to the first that is not, is
        committed; forgets those batches. None where the first batch in flight is still in work."""
        done: int | None = None
        while self._delivered and self._delivered[0].acked and self._delivered[0].tracked:
            done = self._delivered.popleft().offset
        return None if done is None else done + 1

    def __len__(self) -> int:
        return len(self._delivered)


class BatchingConsumer(driver.Consumer):
    """Faust's aiokafka consumer with the changes above, and two of its own: crash points at a commit, and a state that is
    older than what was committed reads on from where it stands."""

    app: BatchingApp

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_flight: dict[TP, InFlight] = {}
        self._hand_over = self.callback
        self.callback = self._deliver
        self._to_resume: set[TP] = set()
        self._lost: dict[TP, int] = {}  # committed once, and read again from an earlier offset

    def _new_consumer_thread(self) -> HeedingThread:
        return HeedingThread(self, loop=self.loop, beacon=self.beacon)

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        if self.flow_active and not self._get_active_partitions():
            await asyncio.sleep(LOOK_AGAIN)  # Faust sleeps a second, however soon a queue has room again
            return {}, set()
        records, active = await super()._wait_next_records(min(timeout, LOOK_AGAIN))
        if records:
            batched, size = self.app.batched, self.app.batch_size
            records = {
                tp: list(cut(found, size)) if tp.topic in batched and found else found
                for tp, found in records.items()
            }
        return records, active

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109
        return await super()._getmany(active_partitions and set(active_partitions), timeout)

    async def _deliver(self, message: Any) -> None:
        # here and not earlier: Faust drops records that it fetched before it went back
        if message.topic in self.app.batched:
            flight = self.in_flight.setdefault(message.tp, InFlight())
            flight.deliver(message)
        await self._hand_over(message)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        if tp.topic not in self.app.batched:
            await super()._add_gap(tp, offset_from, offset_to)

    def _new_offset(self, tp: TP) -> int | None:
        if tp.topic not in self.app.batched:
            return super()._new_offset(tp)
        # Faust's own lists of offsets are not read: an offset acked in an earlier generation would
        # there stand for the batch that is delivered again and still in work
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        flight = self.in_flight.get(tp)
        return flight.committable() if flight else None

    async def _commit(self, offsets: Any) -> Any:
        self.app.reached("commit-before")
        committed = await super()._commit(offsets)
        self.app.reached("commit-after")
        return committed

    async def seek_to_committed(self) -> Any:
        # a state that is older than what was committed has lost something: it reads on from where it stands
        offsets: dict[Any, int | None] = dict(await super().seek_to_committed())
        states = {
            TP(place.topic, place.partition): wanted
            for place in offsets
            if (wanted := self.app.next_offset(place.topic, place.partition)) is not None
        }
        self._lost.clear()
        if not states:
            return offsets
        # after Faust's own limit the recovery would end unheard of
        async with asyncio.timeout(ANSWER_WITHIN):
            kept, ends = await self.earliest_offsets(*states), await self._ends(states)
        for tp, wanted in states.items():
            committed = offsets[tp]
            log_lost(tp.topic, tp.partition, wanted, kept[tp], ends[tp])
            if committed is None or wanted >= committed:
                continue
            state_lost(tp.topic, tp.partition, committed, wanted, kept[tp])
            await self.seek_wait({tp: wanted})
            offsets[tp] = wanted
            self._lost[tp] = committed
            self.app.read_again.until(tp.topic, tp.partition, min(committed, ends[tp]))
        return offsets

    async def perform_seek(self) -> None:
        await super().perform_seek()
        # what was committed stays so while it is read again: an heir must find the loss, too
        self._committed_offset.update(self._lost)

    async def _ends(self, states: Mapping[TP, int]) -> Mapping[TP, int]:
        """Where partitions end; a leader that is new may not know for a moment that one reaches to its state."""
        ends, tries = await self.highwaters(*states), 40
        while tries and any(ends[tp] < wanted for tp, wanted in states.items()):
            await asyncio.sleep(0.5)
            ends, tries = await self.highwaters(*states), tries - 1
        return ends

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        if not self.app.lease.holds():
            # Faust would now wait for batches whose records wait for the lease, and nothing renews it before
            # the group is joined again: as good as lost
            self.app.lease.lost()
        self._to_resume.clear()
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self.in_flight.pop(tp, None)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        now = set(tps)
        if self.app.rebalancing:
            later = {tp for tp in now if tp.topic in self.app.batched}
            if not self.app.rebalances.overtaken:
                self._to_resume |= later
            now -= later
        super().resume_partitions(now)

    def resume_batched(self) -> None:
        """After a rebalance, when nothing clears queues any more."""
        tps, self._to_resume = self._to_resume, set()
        super().resume_partitions(tps)


class HeedingThread(driver.AIOKafkaConsumerThread):
    """The consumer's thread, whose heartbeats renew the app's lease."""

    app: Any

    async def on_start(self) -> None:
        await super().on_start()
        consumer: Any = self._ensure_consumer()
        consumer._fetcher._fetch_max_wait_ms = FETCH_WAIT  # noqa: SLF001 - Faust fixes it at 1,500
        patient(consumer._client)  # noqa: SLF001 - told nowhere else
        renewed_by_heartbeats(consumer._coordinator, self.app.lease)  # noqa: SLF001 - told nowhere else


class BatchingTransport(driver.Transport):
    Consumer = BatchingConsumer
    Producer = BatchingProducer


class BatchingApp(faust.App):
    """A Faust app whose topics in `batched` arrive `batch_size` records at a time."""

    batched: frozenset[str] = frozenset()
    batch_size: int = 500
    lease: Lease
    next_offset: Callable[[str, int], int | None] = staticmethod(lambda _topic, _partition: None)
    """The offset after the last that a partition's state has; None where there is no state."""
    settled: Callable[[], None] = staticmethod(lambda: None)
    """Called when a rebalance is over: all is recovered, and read from where it stands."""
    reached: crash_points.Reached = staticmethod(crash_points.nothing)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_again = ReadAgain()
        self.rebalances = Rebalances()
        self.on_rebalance_complete.connect(self._completing, weak=False)

    def on_rebalance_start(self) -> None:
        self.rebalances.begin()
        super().on_rebalance_start()

    async def _on_partitions_assigned(self, *args: Any, **kwargs: Any) -> None:
        self.rebalances.assign()
        await super()._on_partitions_assigned(*args, **kwargs)

    async def _completing(self, *_: Any, **__: Any) -> None:
        self.rebalances.complete()

    def on_rebalance_end(self) -> None:
        if not self.rebalances.over:
            return  # the one that overtook it ends by itself
        super().on_rebalance_end()
        consumer: Any = self.consumer
        consumer.resume_batched()
        self.settled()

    def _new_transport(self) -> BatchingTransport:
        return BatchingTransport(self.conf.broker_consumer, self)
