"""Whole batches on their way to Kafka: in order, cut where they are full, done when all is acknowledged."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from schemas.topics import MENTIONS, REJECTS
from streams.app import PRODUCER_BATCH, create_app
from streams.outbox import Outbox
from streams.partitions import partition_of
from streams.settings import Settings

LIMIT = 2_000  # bytes of a batch in these tests


@dataclass
class Client:
    """Where aiokafka's producer would be: keeps batches, and acknowledges when told."""

    limit: int = LIMIT
    batches: list[tuple[str, int, bytes]] = field(default_factory=list)
    futures: list[asyncio.Future[None]] = field(default_factory=list)
    followed: set[str] = field(default_factory=set)
    room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def client(self) -> SimpleNamespace:
        """The network client, which is told of each topic."""
        return SimpleNamespace(add_topic=self.followed.add)

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(self.limit, 0)

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[None]:
        await self.room.wait()
        self.batches.append((topic, partition, bytes(batch._build())))
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]

    def records(self, topic: str, partition: int) -> list[tuple[bytes, bytes]]:
        found = []
        for name, number, raw in self.batches:
            if (name, number) == (topic, partition):
                batch = MemoryRecords(raw).next_batch()
                found += [(record.key, record.value) for record in batch]
        return found

    def acknowledge(self) -> None:
        for future in self.futures:
            if not future.done():
                future.set_result(None)


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def outbox(tmp_path: Path, client: Client) -> Outbox:
    app: Any = create_app(Settings(home=tmp_path, partitions=4), "127.0.0.1:1")
    app.producer._producer = client

    async def producer() -> Any:
        return app.producer

    app.maybe_start_producer = producer
    return Outbox(app)


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_records_of_a_partition_keep_their_order_across_batches(outbox: Outbox, client: Client) -> None:
    client.room.set()
    sent: dict[int, list[tuple[bytes, bytes]]] = {number: [] for number in range(4)}
    for number in range(400):
        record = f"company-{number % 7}".encode(), f"{number}".encode() * 9
        outbox.put(MENTIONS, *record)
        sent[partition_of(record[0], 4)].append(record)
    outbox.put_everywhere(MENTIONS, b"to every partition")
    for records in sent.values():
        records.append((b"", b"to every partition"))
    delivery = asyncio.create_task(outbox.delivered())
    await turns()
    assert {number: client.records(MENTIONS.name, number) for number in range(4)} == sent
    assert len(client.batches) > 4, "some were cut"
    assert all(len(raw) <= LIMIT for _, _, raw in client.batches)
    assert client.followed == {MENTIONS.name}
    client.acknowledge()
    await delivery


async def test_a_record_larger_than_a_batch_goes_alone(outbox: Outbox, client: Client) -> None:
    client.room.set()
    for value in (b"a", b"b" * 2 * LIMIT, b"c"):
        outbox.put(REJECTS, b"k", value)
    delivery = asyncio.create_task(outbox.delivered())
    await turns()
    assert [value for _, value in client.records(REJECTS.name, partition_of(b"k", 4))] == [
        b"a",
        b"b" * 2 * LIMIT,
        b"c",
    ]
    assert len(client.batches) == 3
    client.acknowledge()
    await delivery


async def test_nothing_is_delivered_before_the_last_acknowledgement(outbox: Outbox, client: Client) -> None:
    client.room.set()
    outbox.put_everywhere(MENTIONS, b"v")
    delivery = asyncio.create_task(outbox.delivered())
    await turns()
    client.futures[0].set_result(None)
    await turns()
    assert not delivery.done()
    client.acknowledge()
    await delivery
    await outbox.delivered()  # nothing is left
    assert len(client.batches) == 4


async def test_a_batch_that_kafka_refuses_is_heard_of(outbox: Outbox, client: Client) -> None:
    client.room.set()
    outbox.put(MENTIONS, b"k", b"v")
    delivery = asyncio.create_task(outbox.delivered())
    await turns()
    client.futures[0].set_exception(ConnectionError("no broker"))
    with pytest.raises(ConnectionError, match="no broker"):
        await delivery


async def test_a_full_producer_holds_the_batch_back(outbox: Outbox, client: Client) -> None:
    outbox.put(MENTIONS, b"k", b"v")
    delivery = asyncio.create_task(outbox.delivered())
    await turns()
    assert not delivery.done()
    assert client.batches == []
    client.room.set()
    await turns()
    client.acknowledge()
    await delivery
    assert client.records(MENTIONS.name, 0) == [(b"k", b"v")]


def test_the_producer_takes_batches_that_kafka_takes(tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path), "127.0.0.1:1")
    settings: SimpleNamespace = app.conf
    assert settings.producer_max_batch_size == PRODUCER_BATCH < settings.producer_max_request_size
