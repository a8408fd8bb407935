"""A worker's lease on its partitions: when the consumer group last said that they are its own.

Kafka keeps no worker from writing for partitions that it has lost. A record that lay in the producer's buffer
while the process stood still, or that is sent again after a cut of the network, would land behind the new
owner's. So nothing leaves the producer once the lease may have run out: it waits for the group's next word.
If that is "unknown member", the process ends with all it had buffered, and begins anew.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from streams.pause import EXIT_STATUS, boot_time

log = logging.getLogger("vigie.lease")
_ASK_EVERY = 0.05  # seconds


def end_process() -> None:
    log.critical("the group has given this worker's partitions to others: ending, to begin anew")
    logging.shutdown()
    os._exit(EXIT_STATUS)


def end_unsent(status: int) -> None:
    """End at once where the lease has run out: what lies in the buffer may be another's to write by now."""
    log.warning(
        "Kafka does not answer: ending without what was not sent; whoever reads it next does it again"
    )
    logging.shutdown()
    os._exit(status)


class Lease:
    """`length` in seconds, less than the session's. Not taken at first, and no more once released: then nothing
    is held back. Told by the consumer's thread, asked by the producer's loop."""

    def __init__(
        self, length: float, now: Callable[[], float] = boot_time, end: Callable[[], None] = end_process
    ) -> None:
        self._length = length
        self._now = now
        self._end = end
        self._renewed: float | None = None

    @property
    def age(self) -> float | None:
        """Seconds since the group last confirmed it; None where there is none."""
        return None if self._renewed is None else self._now() - self._renewed

    def renew(self, at: float | None = None) -> None:
        """Partitions were assigned, or a heartbeat sent `at` (by `now`) was answered."""
        self._renewed = self._now() if at is None else at

    def release(self) -> None:
        """The worker leaves the group in order, when all it has to write is written."""
        self._renewed = None

    def lost(self) -> None:
        """The group does not know this member any more."""
        if self._renewed is not None:
            self._end()

    def holds(self) -> bool:
        age = self.age
        return age is None or age < self._length

    async def held(self) -> None:
        """Return once it holds."""
        while not self.holds():  # noqa: ASYNC110 - another thread tells it
            await asyncio.sleep(_ASK_EVERY)


def renewed_by_heartbeats(coordinator: Any, lease: Lease) -> None:
    """Have `coordinator` (aiokafka's, of the consumer group) tell `lease` what each heartbeat said."""
    beat: Callable[[], Awaitable[bool]] = coordinator._do_heartbeat  # noqa: SLF001 - told nowhere else

    async def told() -> bool:
        sent = boot_time()
        answered = await beat()
        if answered:
            lease.renew(sent)
        elif coordinator.generation < 0:  # aiokafka has reset it: an unknown member, or of an old generation
            lease.lost()
        return answered

    coordinator._do_heartbeat = told  # noqa: SLF001


def fenced(producer: Any, lease: Lease) -> None:
    """Have `producer` (aiokafka's) send nothing, first time or again, but under `lease`."""
    sender = producer._sender  # noqa: SLF001 - the one place through which records leave
    send: Callable[[int, Any], Awaitable[None]] = sender._send_produce_req  # noqa: SLF001

    async def under_lease(node: int, batches: Any) -> None:
        while True:
            await lease.held()
            await sender.client.ready(node)  # a connection may take long: the lease is looked at after it
            if lease.holds():
                break
        await send(node, batches)

    sender._send_produce_req = under_lease  # noqa: SLF001
