"""The whole pipeline on one page: topic -> agent -> topic or table.

    posts.v1 --judge--> mentions.v1 --measure--> ledger (table) --publish--> reputation.v1, /metrics
                 |--> rejects.v1 --bury--> buried (table)
                 |--> counts (table)

A batch is acknowledged when everything that it led to, sent records and table writes alike, was acknowledged by
Kafka; its agent works on the next one meanwhile, and hands nothing over before (`streams/under_way.py`). Whatever
else goes wrong ends the worker: Faust would acknowledge the batch and go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import orjson

from agents import steps
from agents.judge import Judge
from agents.measure import MeasureSettings
from agents.measuring.fenced_count import FencedCount
from schemas.mention import Mention, encode_mention
from schemas.topics import MENTIONS, POSTS, REJECTS
from streams.app import table_of, topic_of
from streams.lost_state import whole_ledger
from streams.outbox import Outbox
from streams.sealing.vault import Vault
from streams.tables import PartitionStates
from streams.transport import BatchingApp
from streams.under_way import UnderWay, end_process, held

COUNT = "count"  # the one key of a partition of counts


class Topology:
    """Agents and states of one worker, registered on `app`; nothing runs before the app does."""

    def __init__(
        self,
        app: BatchingApp,
        judge: Judge,
        measure: MeasureSettings,
        secret: bytes,
        before_write: Callable[[], None],
        vault: Vault | None = None,
    ) -> None:
        """`before_write` does not return where this worker may have lost its partitions unknowingly."""
        self._app = app
        app.next_offset = self.next_offset
        self._before_write = before_write
        self._judge = judge
        self._secret = secret
        self._era = 0  # of assignments
        self._vault = vault or Vault()
        self.counts = PartitionStates(table_of(app, "counts"), _count)
        self.ledgers = PartitionStates(table_of(app, "ledger"), lambda rows: whole_ledger(rows, measure))
        self.buried = PartitionStates(table_of(app, "buried"), _count)
        for topic, agent in ((POSTS, self.judge), (MENTIONS, self.measure), (REJECTS, self.bury)):
            app.agent(topic_of(app, topic), name=agent.__name__)(_deadly(agent))

    async def judge(self, batches: Any) -> AsyncIterator[None]:
        """posts.v1 -> mentions.v1, rejects.v1, counts."""
        outbox, reached, before = Outbox(self._app), self._app.reached, UnderWay("judge")
        async for batch in batches:
            acknowledge = held(batches)
            reached("judge-before")
            count = self.counts.of(batch[0].partition)
            verdict = steps.verdict_of(batch, self._judge, count, self._secret, self._vault.open)
            reached("judge-after")
            self._put(outbox, verdict)
            self._before_write()
            # before the records are: a post that comes again is judged and sent again, and counted once
            self.counts.table.write(verdict.partition, {COUNT: count.state()})
            reached("counts-written")
            await before.landed()
            self._before_write()
            sent = await outbox.on_its_way()
            before.follow(self._judged(sent, self.counts.table.unconfirmed(), acknowledge))
            yield
        await before.landed()

    def _put(self, outbox: Outbox, verdict: steps.Verdict) -> None:
        for record in verdict.records:
            value = encode_mention(record)
            if isinstance(record, Mention):
                outbox.put(MENTIONS, record.company.encode(), value)
            else:  # whichever companies it concerns
                outbox.put_everywhere(MENTIONS, value)
        letters = self._vault.rejects(verdict.rejects)
        for reject, letter in zip(verdict.rejects, letters, strict=True):
            key = f"{reject.topic}/{reject.partition}/{reject.offset}".encode()
            outbox.put(REJECTS, key, letter)

    async def _judged(self, sent: list[Any], counted: list[Any], acknowledge: Callable[[], object]) -> None:
        await asyncio.gather(*sent)
        self._app.reached("mentions-flushed")
        await asyncio.gather(*counted)
        self._app.reached("counts-flushed")
        acknowledge()

    async def measure(self, batches: Any) -> AsyncIterator[None]:
        """mentions.v1 -> ledger."""
        reached, before = self._app.reached, UnderWay("measure")
        async for batch in batches:
            acknowledge = held(batches)
            reached("measure-before")
            folded = steps.folded_of(batch, self.ledgers.of(batch[0].partition))
            reached("measure-after")
            await before.landed()
            self._before_write()
            self.ledgers.table.write(folded.partition, folded.writes)
            reached("ledger-written")
            before.follow(self._measured(self.ledgers.table.unconfirmed(), acknowledge))
            yield
        await before.landed()

    async def _measured(self, written: list[Any], acknowledge: Callable[[], object]) -> None:
        await asyncio.gather(*written)
        self._app.reached("ledger-flushed")
        acknowledge()

    async def bury(self, batches: Any) -> AsyncIterator[None]:
        """rejects.v1 -> buried: dead letters by reason, each counted once by where it lay."""
        async for batch in batches:
            partition = batch[0].partition
            count = self.buried.of(partition)
            for record in batch:
                letter = orjson.loads(record.value)
                count.add(f"{letter['topic']}/{letter['partition']}", letter["offset"], (letter["reason"],))
            count.add("", batch[-1].offset, ())  # how far this partition was read
            self._before_write()
            self.buried.table.write(partition, {COUNT: count.state()})
            self._app.reached("buried-written")
            await self.buried.table.durable()
            self._app.reached("buried-flushed")
            yield

    def next_offset(self, topic: str, partition: int) -> int | None:
        """The offset after the last that the partition's state has; None where it is not held."""
        if topic == MENTIONS.name:
            measure = self.ledgers.held.get(partition)
            return None if measure is None else measure.fence + 1
        states = {POSTS.name: self.counts, REJECTS.name: self.buried}.get(topic)
        count = states and states.held.get(partition)
        return count.fence.get("", -1) + 1 if count else None

    def let_go(self) -> None:
        """Partitions are moving: no state is ours until it is taken again."""
        self._era += 1
        for states in (self.counts, self.ledgers, self.buried):
            states.let_go()

    async def take_assigned(self) -> None:
        """After recovery: states of exactly the partitions that this worker now has; ends early where they began to
        move meanwhile."""
        era = self._era
        assigned: dict[str, set[int]] = {}
        for tp in self._app.consumer.assignment():
            assigned.setdefault(tp.topic, set()).add(tp.partition)
        for topic, states in ((POSTS, self.counts), (MENTIONS, self.ledgers), (REJECTS, self.buried)):
            await states.take(assigned.get(topic.name, set()))
            if era != self._era:
                return


def _count(rows: Iterator[tuple[str, bytes]]) -> FencedCount:
    return FencedCount(dict(rows).get(COUNT))


def _deadly(agent: Callable[[Any], AsyncIterator[None]]) -> Callable[[Any], AsyncIterator[None]]:
    """An agent whose failure ends the process before its batch can be acknowledged."""

    async def run(stream: Any) -> AsyncIterator[None]:
        try:
            async for done in agent(stream):
                yield done
        except Exception as fault:  # noqa: BLE001 - whatever it was, its batch is not done
            end_process(agent.__name__, fault)

    run.__name__ = agent.__name__
    return run
