"""Sending what must not be lost: nothing counts as sent before Kafka acknowledged it.

Records are gathered by partition and handed over as whole batches: one future for each, where the client
would else make one for every record, and wait for the broker whenever its small buffer is full.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from schemas.topics import Topic
from streams.partitions import partition_of


class Outbox:
    """Records on their way to Kafka; `delivered()` before the batch that led to them is done.

    Records of one partition keep the order in which they were put. The topics have the partitions that
    the app is set to.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._partitions: int = app.conf.topic_partitions  # Faust looks a setting up anew each time, for 3 µs
        self._waiting: defaultdict[tuple[str, int], list[tuple[bytes, bytes]]] = defaultdict(list)

    def put(self, topic: Topic, key: bytes, value: bytes) -> None:
        """Add a record to the partition of its key."""
        self._waiting[topic.name, partition_of(key, self._partitions)].append((key, value))

    def put_everywhere(self, topic: Topic, value: bytes) -> None:
        """Add a record to every partition, under no key's name."""
        for partition in range(self._partitions):
            self._waiting[topic.name, partition].append((b"", value))

    async def delivered(self) -> None:
        """Send what was put, and wait for every acknowledgement; raises what a failed send raised."""
        await asyncio.gather(*await self._handed_over())

    async def on_its_way(self) -> list[Any]:
        """Send what was put; returns once it has left for Kafka, with a future for each acknowledgement."""
        sent = await self._handed_over()
        if sent:
            producer = await self._app.maybe_start_producer()
            await producer.drained()
        return sent

    async def _handed_over(self) -> list[Any]:
        waiting, self._waiting = self._waiting, defaultdict(list)
        sent: list[Any] = []
        if waiting:
            producer = await self._app.maybe_start_producer()
            for (topic, partition), records in waiting.items():
                sent += await producer.send_records(topic, partition, records)
        return sent
