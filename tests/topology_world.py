"""A topology without a broker: records as Kafka has them, a producer of the tests' own, Faust's test contexts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from made_posts import WATCHLIST

from agents.judge import Judge
from agents.measure import MeasureSettings
from schemas.topics import POSTS
from schemas.watchlist import parse_watchlist
from streams.app import create_app
from streams.judges import load_credibility
from streams.settings import Settings, read_settings
from streams.topology import Topology

NOW = 1_780_086_400_000
SECRET = b"s" * 32
PARTITIONS = 4


@dataclass(frozen=True)
class Lying:
    """A record where Kafka would have it."""

    value: bytes
    offset: int
    topic: str = POSTS.name
    partition: int = 0
    timestamp: int = NOW


def lying(values: Sequence[bytes], **place: Any) -> list[Lying]:
    return [Lying(value, offset, **place) for offset, value in enumerate(values)]


class Kafka:
    """A producer that acknowledges at once, and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes, int]] = []

    async def send_records(
        self, topic: str, partition: int, records: Sequence[tuple[bytes, bytes]]
    ) -> list[asyncio.Future[None]]:
        self.sent += [(topic, key, value, partition) for key, value in records]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return [future]

    async def drained(self) -> None:
        """All that was queued has left."""

    def of(self, topic: str) -> list[tuple[bytes, bytes, int]]:
        return [(key, value, partition) for name, key, value, partition in self.sent if name == topic]


class Write(asyncio.Future[None]):
    """A changelog write; Faust asks it for its message."""

    def __init__(self, partition: int) -> None:
        super().__init__()
        self.message = SimpleNamespace(partition=partition)


class World:
    """A topology on an app of its own, whose records and changelog go to `kafka`."""

    def __init__(self, home: Path, judge: Judge, before_write: Callable[[], None] = lambda: None) -> None:
        self.app = create_app(Settings(home=home, partitions=PARTITIONS), "127.0.0.1:1")
        self.kafka = Kafka()

        async def producer() -> Kafka:
            return self.kafka

        self.app.maybe_start_producer = producer
        self.topology = Topology(self.app, judge, MeasureSettings(), SECRET, before_write)
        self.changes: list[tuple[str, str, bytes | None]] = []
        for states in (self.topology.counts, self.topology.ledgers, self.topology.buried):
            self._watch(states.table)

    def _watch(self, table: Any) -> None:
        def change(partition: int, key: str, value: bytes | None, *_: object, **__: object) -> Any:
            self.changes.append((table.name, key, value))
            delivery = Write(partition)
            delivery.set_result(None)
            table._undelivered.append(delivery)
            return delivery

        table.send_changelog = change

    async def put(self, agent: str, *batches: Sequence[Lying]) -> None:
        """Hand batches to an agent; each is done when this returns."""
        async with self.app.agents[agent].test_context() as running:
            for batch in batches:
                await running.put(batch)


def made_judge() -> Judge:
    """A judge of the made posts' companies."""
    return Judge(parse_watchlist(WATCHLIST, "test"), load_credibility(read_settings({})))
