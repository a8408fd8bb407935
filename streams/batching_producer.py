"""Faust's producer, as the stream needs it: it sends under the worker's lease only, and whole batches where there are many
records."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Any

from faust.transport.drivers import aiokafka as driver

from streams.lease import fenced
from streams.patience import patient


class BatchingProducer(driver.Producer):
    """Faust's aiokafka producer, which sends under the app's lease only, and can send many records as the
    few batches that Kafka stores."""

    app: Any

    async def on_start(self) -> None:
        await super().on_start()
        fenced(self._ensure_producer(), self.app.lease)
        patient(self._ensure_producer().client)

    async def send(self, topic: str, *args: Any, **kwargs: Any) -> Any:
        self._follow(topic)
        return await super().send(topic, *args, **kwargs)

    def _follow(self, topic: str) -> None:
        """Have the client ask for this topic's leaders from now on. It knows those of its start without
        asking for them again, and forgets them when it first asks for another: a record on its way
        would then wait for a leader that nobody looks for."""
        self._ensure_producer().client.add_topic(topic)

    async def send_records(
        self, topic: str, partition: int, records: Iterable[tuple[bytes, bytes]]
    ) -> list[Awaitable[Any]]:
        """Queue (key, value) pairs for one partition, in order; a future for each batch, done when Kafka
        acknowledged it. Waits where an earlier batch of the partition is not on its way yet."""
        self._follow(topic)
        producer = self._ensure_producer()
        batch, sent = producer.create_batch(), []
        for key, value in records:
            if batch.append(timestamp=None, key=key, value=value) is None:  # full
                sent.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(timestamp=None, key=key, value=value)  # a first record always finds room
        sent.append(await producer.send_batch(batch, topic, partition=partition))
        return sent

    async def drained(self) -> None:
        """Return once everything that is queued now has left for Kafka: whoever then keeps the loop busy does
        not keep it waiting."""
        accumulator = self._ensure_producer()._message_accumulator  # noqa: SLF001 - told nowhere else
        for queued in [batch for batches in accumulator._batches.values() for batch in batches]:  # noqa: SLF001
            await queued.wait_drain()
