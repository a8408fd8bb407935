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


async def consume(bootstrap: str, topic: str, *, group: str | None = None) -> list[tuple[bytes | None, bytes]]:
    """(key, value) of every record that the topic has now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        numbers = consumer.partitions_for_topic(topic) or set()
        if not numbers:
            await consumer.topics()
            numbers = consumer.partitions_for_topic(topic) or set()
        partitions = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[tuple[bytes | None, bytes]] = []
        for partition, end in ends.items():
            while await consumer.position(partition) < end:
                records = await consumer.getmany(partition, timeout_ms=1_000)
                found += [(record.key, record.value) for record in records.get(partition, [])]
        return found
    finally:
        await consumer.stop()
