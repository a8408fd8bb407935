"""A record never waits for a leader that its producer does not look for: aiokafka's client as it is, over a broker
that answers for what it is asked."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.structs import TopicPartition

from streams.batching_producer import BatchingProducer


class Asked(BatchingProducer):
    """With aiokafka's own client; what it sends it puts aside."""

    def __init__(self, client: AIOKafkaClient, sent: list[str]) -> None:
        async def send_batch(batch: object, topic: str, *, partition: int) -> None:
            await client._wait_on_metadata(topic)
            sent.append(topic)

        made = SimpleNamespace(append=lambda **_: object())
        self.made = SimpleNamespace(client=client, send_batch=send_batch, create_batch=lambda: made)

    def _ensure_producer(self) -> Any:
        return self.made


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AIOKafkaClient:
    """Knows "old.v1" from its start, as if all topics had been asked for."""
    one = AIOKafkaClient(bootstrap_servers="127.0.0.1:1")

    def learn(topics: set[str]) -> None:
        one.cluster._partitions = {topic: {0: SimpleNamespace(leader=1)} for topic in topics}

    async def update() -> bool:
        learn(one._topics)
        return True

    def force() -> Any:
        return one._loop.create_task(update())

    learn({"old.v1"})
    monkeypatch.setattr(one, "force_metadata_update", force)
    return one


async def test_a_topic_that_was_known_from_the_start_stays_known_when_another_is_asked_for(
    client: AIOKafkaClient,
) -> None:
    sent: list[str] = []
    producer = Asked(client, sent)
    await producer.send_records("old.v1", 0, [(b"k", b"v")])
    await producer.send_records("new.v1", 0, [(b"k", b"v")])
    assert sent == ["old.v1", "new.v1"]
    for topic in sent:
        assert client.cluster.leader_for_partition(TopicPartition(topic, 0)) == 1
