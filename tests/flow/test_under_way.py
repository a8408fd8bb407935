"""An agent works on while Kafka acknowledges, and nothing is handed over, acknowledged or committed too early."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from made_posts import made_posts
from topology_world import Kafka, World, Write, lying, made_judge

from agents.judge import Judge
from schemas.topics import MENTIONS
from streams.transport import InFlight


class SlowKafka(Kafka):
    """A producer whose acknowledgements come when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[asyncio.Future[None]] = []

    async def send_records(
        self, topic: str, partition: int, records: Sequence[tuple[bytes, bytes]]
    ) -> list[asyncio.Future[None]]:
        await super().send_records(topic, partition, records)
        self.open.append(asyncio.get_running_loop().create_future())
        return self.open[-1:]

    def acknowledge(self) -> None:
        for future in self.open:
            future.set_result(None)
        self.open.clear()


class Run:
    """Two batches of one partition given to an agent, and what became of them so far."""

    def __init__(self, world: World) -> None:
        self.kafka = SlowKafka()
        world.kafka = self.kafka
        self.passed: list[str] = []
        world.app.reached = self.passed.append
        self.world = world
        self.flight = InFlight()

    async def give(self, running: Any, *batches: Sequence[Any]) -> list[Any]:
        messages = []
        for batch in batches:
            event = await running.put(batch, wait=False)
            event.message.incref()  # as Faust's conductor does for the stream that takes it
            event.message.offset = batch[-1].offset
            self.flight.deliver(event.message)
            messages.append(event.message)
        await turns()
        return messages


async def turns() -> None:
    for _ in range(60):
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return made_judge()


async def test_the_next_batch_is_judged_while_the_one_before_is_under_way_and_waits_its_turn(
    tmp_path: Path, judge: Judge
) -> None:
    world = World(tmp_path, judge)
    run = Run(world)
    posts = lying(made_posts(90))
    async with world.app.agents["judge"].test_context() as running:
        first, second, third = await run.give(running, posts[:30], posts[30:60], posts[60:])
        sent = list(run.kafka.sent)
        assert sent
        assert run.passed.count("judge-after") == 2, "the second is judged, the third has to wait"
        assert (first.acked, second.acked, third.acked) == (False, False, False)
        assert run.flight.committable() is None
        run.kafka.acknowledge()
        await turns()
        assert (first.acked, second.acked, third.acked) == (True, False, False)
        assert run.flight.committable() == posts[30].offset
        assert run.kafka.sent[: len(sent)] == sent
        assert len(run.kafka.sent) > len(sent), "the second's records follow the first's"
        assert run.passed.count("judge-after") == 3
        while run.kafka.open:
            run.kafka.acknowledge()
            await turns()
        assert run.flight.committable() == posts[-1].offset + 1


async def test_a_batch_whose_agent_has_asked_for_the_next_is_not_committed_before_kafka_has_it(
    tmp_path: Path, judge: Judge
) -> None:
    """Faust acknowledges what an agent has left behind: the commit would pass records that may yet be lost."""
    world = World(tmp_path, judge)
    run = Run(world)
    async with world.app.agents["judge"].test_context() as running:
        (message,) = await run.give(running, lying(made_posts(30)))
        assert run.passed[-1] == "counts-written", "the agent waits for the next batch, Kafka has nothing yet"
        assert not message.acked
        assert run.flight.committable() is None
        run.kafka.acknowledge()
        await turns()
        assert run.passed[-2:] == ["mentions-flushed", "counts-flushed"]
        assert message.acked
        assert run.flight.committable() == 30


async def test_ledger_segments_follow_each_other_one_at_a_time(tmp_path: Path, judge: Judge) -> None:
    world = World(tmp_path, judge)
    await world.put("judge", lying(made_posts(120)))
    values = [value for key, value, _ in world.kafka.of(MENTIONS.name) if key]
    mentions = lying(values, topic=MENTIONS.name, partition=1)
    run = Run(world)
    table: Any = world.topology.ledgers.table
    written: list[Write] = []

    def change(partition: int, *_: object, **__: object) -> Write:
        written.append(Write(partition))
        table._undelivered.append(written[-1])
        return written[-1]

    table.send_changelog = change
    async with world.app.agents["measure"].test_context() as running:
        first, second = await run.give(running, mentions[:20], mentions[20:40])
        assert run.passed.count("measure-after") == 2
        assert len(written) == 1, "the second segment waits for the first"
        assert not first.acked
        written[0].set_result(None)
        await turns()
        assert (first.acked, second.acked, len(written)) == (True, False, 2)
        assert run.flight.committable() == 20
        written[1].set_result(None)
        await turns()
        assert run.flight.committable() == 40


LOST = """
import asyncio
from types import SimpleNamespace
from streams.under_way import UnderWay, held

class Event:
    message = SimpleNamespace(incref=lambda: None)
    def ack(self):
        print("acknowledged", flush=True)

async def refused(acknowledge):
    await asyncio.sleep(0)
    raise ConnectionError("no broker")
    acknowledge()

async def main():
    before = UnderWay("judge")
    before.follow(refused(held(SimpleNamespace(current_event=Event()))))
    await asyncio.sleep(30)  # no other batch comes
    print("went on", flush=True)

asyncio.run(main())
"""


def test_a_batch_that_cannot_land_ends_the_worker_though_no_other_comes() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOST], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 70
    assert ended.stdout == ""
