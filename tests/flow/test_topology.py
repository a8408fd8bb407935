"""The topology's agents under Faust's own test context: no broker, a fresh app each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from made_posts import BROKEN, WATCHLIST, made_posts

from agents.judge import Judge
from agents.measure import Measure, MeasureSettings
from schemas.mention import Mention, Retraction, decode_mention
from schemas.reject import Invalid, encode_reject, reject_of
from schemas.topics import MENTIONS, POSTS, REJECTS
from schemas.watchlist import parse_watchlist
from streams.app import create_app
from streams.judges import load_credibility
from streams.partitions import partition_of
from streams.settings import Settings, read_settings
from streams.topology import COUNT, Topology

NOW = 1_780_086_400_000
SECRET = b"s" * 32
PARTITIONS = 4


@dataclass(frozen=True)
class Lying:
    """A record where Kafka would have it."""

    value: bytes
    offset: int
    topic: str = POSTS.name
    partition: int = 0
    timestamp: int = NOW


def lying(values: Sequence[bytes], **place: Any) -> list[Lying]:
    return [Lying(value, offset, **place) for offset, value in enumerate(values)]


class Kafka:
    """A producer that acknowledges at once, and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes, int]] = []

    async def send_records(
        self, topic: str, partition: int, records: Sequence[tuple[bytes, bytes]]
    ) -> list[asyncio.Future[None]]:
        self.sent += [(topic, key, value, partition) for key, value in records]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return [future]

    async def drained(self) -> None:
        """All that was queued has left."""

    def of(self, topic: str) -> list[tuple[bytes, bytes, int]]:
        return [(key, value, partition) for name, key, value, partition in self.sent if name == topic]


def example(name: str) -> bytes:
    return orjson.dumps(orjson.loads((EXAMPLES / f"{name}.json").read_bytes()))


EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
POST, MENTION, LETTER = map(example, ("posts.v1/french", "mentions.v1/mention", "rejects.v1/wrong-type"))


class Acknowledged(asyncio.Future[None]):
    """A changelog write that Kafka has; Faust asks it for its message."""

    message: SimpleNamespace


class World:
    """A topology on an app of its own, whose records and changelog go to `kafka`."""

    def __init__(self, home: Path, judge: Judge, before_write: Callable[[], None] = lambda: None) -> None:
        self.app = create_app(Settings(home=home, partitions=PARTITIONS), "127.0.0.1:1")
        self.kafka = Kafka()

        async def producer() -> Kafka:
            return self.kafka

        self.app.maybe_start_producer = producer
        self.topology = Topology(self.app, judge, MeasureSettings(), SECRET, before_write)
        self.changes: list[tuple[str, str, bytes | None]] = []
        for states in (self.topology.counts, self.topology.ledgers, self.topology.buried):
            self._watch(states.table)

    def _watch(self, table: Any) -> None:
        def change(partition: int, key: str, value: bytes | None, *_: object, **__: object) -> Any:
            self.changes.append((table.name, key, value))
            delivery = Acknowledged()
            delivery.message = SimpleNamespace(partition=partition)
            delivery.set_result(None)
            table._undelivered.append(delivery)
            return delivery

        table.send_changelog = change

    async def put(self, agent: str, *batches: Sequence[Lying]) -> None:
        """Hand batches to an agent; each is done when this returns."""
        async with self.app.agents[agent].test_context() as running:
            for batch in batches:
                await running.put(batch)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(parse_watchlist(WATCHLIST, "test"), load_credibility(read_settings({})))


async def test_judge_sends_mentions_by_company_retractions_everywhere_and_rejects_by_place(
    tmp_path: Path, judge: Judge
) -> None:
    world = World(tmp_path, judge)
    good = made_posts(200)
    records = lying([*good[:100], *BROKEN, *good[100:]], partition=2)
    await world.put("judge", records[:120], records[120:])

    retractions: dict[int, set[int]] = {}
    companies = set()
    for key, value, partition in world.kafka.of(MENTIONS.name):
        record = decode_mention(value)
        if isinstance(record, Mention):
            assert (key, partition) == (record.company.encode(), partition_of(record.company, PARTITIONS))
            companies.add(record.company)
        else:
            assert isinstance(record, Retraction)
            assert key == b""
            retractions.setdefault(record.origin.offset, set()).add(partition)
    assert companies == {"nordelle", "velmont-air", "quibrac"}
    assert retractions
    assert all(partitions == set(range(PARTITIONS)) for partitions in retractions.values())
    assert {key for key, _, _ in world.kafka.of(REJECTS.name)} == {
        f"posts.v1/2/{100 + number}".encode() for number in range(len(BROKEN))
    }

    counts = world.topology.counts.of(2).counts
    outcomes = {name: counts[name] for name in ("matched", "unmatched", "rejected", "deletion")}
    assert sum(outcomes.values()) == len(records)
    assert outcomes["rejected"] == len(BROKEN)
    kept = [value for name, key, value in world.changes if (name, key) == ("counts", f"2/{COUNT}")]
    assert len(kept) == 2, "one write a batch"
    assert kept[-1] == world.topology.counts.of(2).state() == dict(world.topology.counts.table.rows(2))[COUNT]


async def test_a_batch_that_comes_again_is_sent_again_the_same_and_counted_once(
    tmp_path: Path, judge: Judge
) -> None:
    world = World(tmp_path, judge)
    records = lying([*made_posts(50), *BROKEN])
    await world.put("judge", records)
    once, counted = list(world.kafka.sent), world.topology.counts.of(0).state()
    world.topology.let_go()  # as if the partition had moved away and back
    await world.put("judge", records)
    assert world.kafka.sent == once + once
    assert world.topology.counts.of(0).state() == counted


async def test_measure_writes_what_restores_the_same_figures(tmp_path: Path, judge: Judge) -> None:
    world = World(tmp_path, judge)
    await world.put("judge", lying(made_posts(200)))
    # all companies in one partition, as if there was but one
    sent = world.kafka.of(MENTIONS.name)
    values = [value for key, value, partition in sent if key or partition == 1]
    mentions = lying(values, topic=MENTIONS.name, partition=1)
    await world.put("measure", mentions[:40], mentions[40:])

    measure = world.topology.ledgers.of(1)
    figures = measure.figures(NOW)
    assert {record.company for record in figures} == {"nordelle", "velmont-air", "quibrac"}
    assert measure.fence == len(mentions) - 1
    restored = Measure(MeasureSettings())
    restored.restore(world.topology.ledgers.table.rows(1))
    assert restored.figures(NOW) == figures
    assert {key.partition("/")[0] for name, key, _ in world.changes if name == "ledger"} == {"1"}

    before = len(world.changes)
    await world.put("measure", mentions[40:])
    assert measure.figures(NOW) == figures
    assert len(world.changes) == before, "what lies under the fence is not written again"


async def test_bury_counts_dead_letters_of_two_streams_of_standard_input(
    tmp_path: Path, judge: Judge
) -> None:
    world = World(tmp_path, judge)
    why = Invalid("not-json", "no")
    letters = [
        encode_reject(reject_of(b"{", why, topic=f"file:-@{began}", partition=0, offset=line, at=NOW))
        for began in ("2026-05-28T20:26:40.001Z", "2026-05-28T21:00:00Z")
        for line in (1, 2, 2)
    ]
    await world.put("bury", lying(letters, topic=REJECTS.name, partition=3))
    assert world.topology.buried.of(3).counts == {"not-json": 4}


@pytest.mark.parametrize("agent", ["judge", "measure", "bury"])
async def test_nothing_is_written_where_this_worker_may_have_lost_its_partitions(
    tmp_path: Path, judge: Judge, agent: str
) -> None:
    def lost() -> None:
        raise TimeoutError("it stood still for too long")

    async def batches() -> AsyncIterator[Sequence[Lying]]:
        yield lying([{"judge": POST, "measure": MENTION, "bury": LETTER}[agent]])

    world = World(tmp_path, judge, lost)
    with pytest.raises(TimeoutError, match="stood still"):
        async for _ in getattr(world.topology, agent)(batches()):
            pass
    assert world.changes == []


def test_the_topology_reads_and_writes_what_its_page_says(tmp_path: Path, judge: Judge) -> None:
    world = World(tmp_path, judge)
    read = {name: {str(topic) for topic in agent.channel.topics} for name, agent in world.app.agents.items()}
    assert read == {"judge": {POSTS.name}, "measure": {MENTIONS.name}, "bury": {REJECTS.name}}
    assert world.app.batched == {POSTS.name, MENTIONS.name, REJECTS.name}
    assert set(world.app.tables) == {"counts", "ledger", "buried"}
    assert orjson.loads(world.topology.counts.of(0).state())["counts"] == {}
