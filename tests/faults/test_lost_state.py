"""Changelogs that were cut, as by retention or delete-records: noticed, and counted again or refused, never shown."""

import time
from collections.abc import Callable

import pytest
from fault_stage import Stage
from fault_table import Fault
from kafka import KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from watching import Series, companies_of, total

from schemas.reputation import decode
from schemas.topics import MENTIONS, REPUTATION, TOPICS
from streams.admin import ensure_topics
from streams.child import REFUSED
from streams.log_reader import log_reader

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]
LEDGER, COUNTS, BURIED = (f"vigie-{name}-changelog" for name in ("ledger", "counts", "buried"))


def cut(stage: Stage, topic: str, share: float) -> int:
    """Delete the first `share` of the values that stand in each partition, and whatever lies before them; how many
    of these are gone. A share of the offsets may be records that a later one has replaced: nothing would be lost."""
    floors, gone = {}, 0
    with log_reader(stage.broker.bootstrap) as reader:
        for reach in reader.reaches(topic):
            last = {record.key: record for record in reader.read(reach)}
            standing = sorted(record.offset for record in last.values() if record.value is not None)
            if cut_off := standing[: round(len(standing) * share)]:
                floors[TopicPartition(topic, reach.partition)] = cut_off[-1] + 1
                gone += len(cut_off)
    admin = KafkaAdminClient(bootstrap_servers=stage.broker.bootstrap)
    try:
        compacted = ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": "compact,delete"})
        admin.alter_configs([compacted])  # Kafka deletes no records of a topic that is compacted only
        admin.delete_records(floors)
        return gone
    finally:
        admin.close()


def worked(stage: Stage, count: int) -> None:
    """A worker counts `count` more posts, and ends in order."""
    worker = stage.worker()
    stage.feed(count)
    worker.until_counted(stage.sent)
    worker.process.terminate()
    assert worker.process.wait(20) == 0


def lose_the_last(stage: Stage, topic: str) -> int:
    """Make the newest value of each partition's changelog as if it had never been; how many are gone."""
    gone = []
    with log_reader(stage.broker.bootstrap) as reader:
        for reach in reader.reaches(topic):
            last = {record.key: record for record in reader.read(reach)}
            segments = [one for one in last.values() if one.value is not None]
            if len(segments) > 1:
                newest = max(segments, key=lambda one: one.offset)
                gone.append((reach.partition, newest.key))
    producer = KafkaProducer(bootstrap_servers=stage.broker.bootstrap)
    try:
        for partition, key in gone:
            producer.send(topic, key=key, value=None, partition=partition).get(10)
    finally:
        producer.close()
    assert gone
    return len(gone)


def end_of(stage: Stage, topic: str) -> int:
    """How many records were ever written to a topic."""
    with log_reader(stage.broker.bootstrap) as reader:
        return sum(reach.end for reach in reader.reaches(topic))


def nothing_recorded_goes_back(stage: Stage) -> bool:
    """Whether no record of a company rests on fewer mentions than the one before it."""
    rests_on: dict[str, list[int]] = {}
    with log_reader(stage.broker.bootstrap) as reader:
        for reach in reader.reaches(REPUTATION.name):
            for record in reader.read(reach):
                shown = decode(record.value or b"")
                rests_on.setdefault(shown.company, []).append(shown.offset)
    return bool(rests_on) and all(offsets == sorted(offsets) for offsets in rests_on.values())


@pytest.mark.parametrize(
    ("topic", "share"), [(LEDGER, 0.5), (LEDGER, 1.0), (COUNTS, 1.0), (BURIED, 1.0)], ids=str
)
def test_changelog_cut(topic: str, share: float, shared_stage: Stage, fault: Fault) -> None:
    stage = shared_stage
    worked(stage, 400)
    gone = cut(stage, topic, share)
    assert gone
    heir = stage.worker()
    heir.until("notices", lambda: "WARNING vigie.lost_state" in heir.log(20_000))
    fault.fire(f"{gone} standing values deleted, noticed by the worker")
    found = heir.until_counted(stage.sent)
    fault.recover()
    stage.assert_equal(found)
    heir.process.terminate()
    assert heir.process.wait(20) == 0
    stage.assert_alone("home")
    fault.equal = True
    stage.close_workers()


def test_changelog_and_its_source_cut(make_stage: Callable[..., Stage], fault: Fault) -> None:
    """What cannot be counted again is refused in words."""
    stage = make_stage()
    worked(stage, 400)
    cut(stage, LEDGER, 1.0)
    cut(stage, MENTIONS.name, 0.5)
    recorded = end_of(stage, REPUTATION.name)
    refusing = stage.worker()
    shown = refusing.shown_until_it_ends(60.0)
    assert refusing.process.returncode == REFUSED
    said = refusing.output()
    assert "mentions.v1/" in said
    assert "figures would be wrong" in said
    assert not any(map(companies_of, shown))
    assert end_of(stage, REPUTATION.name) == recorded
    fault.refuse(f"exit status 2, no figure in {len(shown)} expositions until then, none recorded")


def test_changelog_that_lost_its_end(make_stage: Callable[..., Stage], fault: Fault) -> None:
    """What is left is whole in itself, and older than what was committed: nothing is shown before the rest is
    read again."""
    stage = make_stage()
    worked(stage, 400)
    worked(stage, 400)
    gone = lose_the_last(stage, LEDGER)
    recorded = end_of(stage, REPUTATION.name)
    heir = stage.worker()
    first: Series = {}
    while total(first, "vigie_ready") != 1:
        assert heir.process.poll() is None, heir.output()
        first = heir.series()
        if total(first, "vigie_ready") != 1:
            assert not companies_of(first)
    assert "WARNING vigie.lost_state" in heir.log(20_000)
    fault.fire(f"the last {gone} values of the ledger's changelog deleted, noticed by the worker")
    stage.assert_equal(first)
    fault.recover()
    stage.feed(100)
    heir.until_counted(stage.sent)
    heir.until("records", lambda: end_of(stage, REPUTATION.name) > recorded, 30.0)
    assert nothing_recorded_goes_back(stage)
    stage.assert_alone("home")
    fault.equal = True


def test_topic_that_ends_before_its_state(make_stage: Callable[..., Stage], fault: Fault) -> None:
    """As after a loss of power: new records would be taken for those that were counted."""
    stage = make_stage()
    worked(stage, 400)
    admin = KafkaAdminClient(bootstrap_servers=stage.broker.bootstrap)
    try:
        admin.delete_topics([MENTIONS.name])
    finally:
        admin.close()
    made: list[str] = []
    end = time.monotonic() + 30
    while not made and time.monotonic() < end:  # Kafka deletes in the background
        made = ensure_topics(stage.broker.bootstrap, TOPICS, stage.partitions)
        time.sleep(0.2)
    assert made == [MENTIONS.name]
    refusing = stage.worker()
    shown = refusing.shown_until_it_ends(90.0)
    assert refusing.process.returncode == REFUSED
    assert "Kafka has lost records" in refusing.output()
    assert not any(map(companies_of, shown))
    fault.refuse(f"exit status 2, no figure in {len(shown)} expositions until then")
