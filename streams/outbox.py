"""Sending what must not be lost: nothing counts as sent before Kafka acknowledged it."""

from __future__ import annotations

import asyncio
from typing import Any

from schemas.topics import Topic


class Outbox:
    """Records on their way to Kafka; `delivered()` before the batch that led to them is done."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._pending: list[Any] = []

    async def send(self, topic: Topic, key: bytes, value: bytes, partition: int | None = None) -> None:
        producer = await self._app.maybe_start_producer()
        self._pending.append(await producer.send(topic.name, key, value, partition, None, None))

    async def delivered(self) -> None:
        """Wait for every acknowledgement; raises what a failed send raised."""
        pending, self._pending = self._pending, []
        await asyncio.gather(*pending)
