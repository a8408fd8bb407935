"""Records straight into and out of topics, without Vigie."""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def produce(bootstrap: str, topic: str, values: Iterable[bytes]) -> None:
    """Send each value with its own running number as key, and wait for all."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=20, max_request_size=20_000_000, enable_idempotence=True
    )
    await producer.start()
    try:
        for number, value in enumerate(values):
            await producer.send(topic, value, key=str(number).encode())
    finally:
        await producer.stop()


async def consume(bootstrap: str, topic: str, partitions: int = 4) -> list[tuple[bytes | None, bytes]]:
    """(key, value) of every record that the topic has now, partition by partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        found: list[tuple[bytes | None, bytes]] = []
        for partition, end in ends.items():
            while await consumer.position(partition) < end:
                records = await consumer.getmany(partition, timeout_ms=1_000)
                found += [(record.key, record.value) for record in records.get(partition, [])]
        return found
    finally:
        await consumer.stop()
