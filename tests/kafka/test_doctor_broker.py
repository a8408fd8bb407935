"""The doctor before a real broker."""

import pytest
from kafka.admin import KafkaAdminClient, NewTopic

from streams.broker.embedded import EmbeddedBroker
from streams.doctor import Verdict, diagnose

pytestmark = pytest.mark.kafka


async def test_the_doctor_finds_the_home_s_broker_and_its_topics(broker: EmbeddedBroker) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        admin.create_topics([NewTopic("right.v1", 4, 1), NewTopic("wrong.v1", 2, 1)])
    finally:
        admin.close()
    topics = {"right.v1": 4, "wrong.v1": 4, "none.v1": 4}

    findings = {
        finding.check: finding
        for finding in await diagnose(broker.home, broker=None, topics=topics, metrics=("127.0.0.1", 0))
    }

    assert findings["broker"].verdict is Verdict.OK
    assert broker.bootstrap in findings["broker"].found
    assert findings["kafka"].verdict is findings["java"].verdict is Verdict.OK
    assert findings["topic right.v1"].verdict is Verdict.OK
    assert findings["topic wrong.v1"].verdict is Verdict.FAIL
    assert findings["topic wrong.v1"].found == "2 partitions, 4 expected"
    assert findings["topic none.v1"].verdict is Verdict.WARN
