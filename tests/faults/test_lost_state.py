"""Changelogs that were cut, as by retention or delete-records: noticed, and counted again or refused, never shown."""

from collections.abc import Callable

import pytest
from fault_stage import Stage
from fault_table import Fault
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from schemas.topics import MENTIONS
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
    refusing = stage.worker()
    assert refusing.process.wait(60) == REFUSED
    said = refusing.output()
    assert "mentions.v1/" in said
    assert "figures would be wrong" in said
    assert "vigie_reputation_score" not in {name for name, _ in refusing.series()}
    fault.refuse("exit status 2, no figure shown")
