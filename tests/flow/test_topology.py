"""The topology's agents under Faust's own test context: no broker, a fresh app each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from faust.types import TP
from made_posts import BROKEN, made_posts
from topology_world import NOW, PARTITIONS, Lying, World, lying, made_judge

from agents.judge import Judge
from agents.measure import Measure, MeasureSettings
from schemas.mention import Mention, Retraction, decode_mention
from schemas.reject import Invalid, encode_reject, reject_of
from schemas.topics import MENTIONS, POSTS, REJECTS
from streams.partitions import partition_of
from streams.topology import COUNT


def example(name: str) -> bytes:
    return orjson.dumps(orjson.loads((EXAMPLES / f"{name}.json").read_bytes()))


EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
POST, MENTION, LETTER = map(example, ("posts.v1/french", "mentions.v1/mention", "rejects.v1/wrong-type"))


@pytest.fixture(scope="module")
def judge() -> Judge:
    return made_judge()


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


@pytest.mark.parametrize("turns", [1, 3, 5, 7])
async def test_states_that_are_let_go_while_they_are_taken_are_not_taken_on(
    tmp_path: Path, judge: Judge, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker will show them: their figures must not be there twice."""
    world = World(tmp_path, judge)
    all_of_them = {TP(topic.name, number) for topic in (POSTS, MENTIONS, REJECTS) for number in range(4)}
    consumer = SimpleNamespace(assignment=lambda: all_of_them)
    monkeypatch.setattr(type(world.app), "consumer", consumer)
    topology = world.topology
    taking = asyncio.create_task(topology.take_assigned())
    for _ in range(turns):
        await asyncio.sleep(0)
    assert not taking.done()
    topology.let_go()
    await taking
    assert [dict(states.held) for states in (topology.counts, topology.ledgers, topology.buried)] == [{}] * 3
    await topology.take_assigned()
    assert all(len(states.held) == 4 for states in (topology.counts, topology.ledgers, topology.buried))
