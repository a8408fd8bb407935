"""Faust tables whose writes can be awaited, and the per-partition states that live in them.

Faust sends a table's changelog in the background and its flush may return early; a commit could then
precede the write that it rests on. Here every write's future is kept until `durable()` saw it done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from faust.tables.table import Table

State = TypeVar("State")


class DurableTable(Table[str, bytes]):
    """A table of bytes keyed `partition/name`, so that partitions never share a key in one worker's store."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._undelivered: list[Any] = []

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        delivery = super().send_changelog(*args, **kwargs)
        self._undelivered.append(delivery)
        return delivery

    def partition_for_key(self, key: str) -> int:
        """The key says it. Faust would ask which partition is in work and compare partition counts by
        its consumer's metadata, which does not know a changelog yet that was made a moment ago."""
        return int(key.partition("/")[0])

    def unconfirmed(self) -> list[Any]:
        """A future for each write since this was last asked; done when Kafka acknowledged it."""
        pending, self._undelivered = self._undelivered, []
        return pending

    async def durable(self) -> None:
        """Wait until Kafka acknowledged every write so far; raises what a failed one raised."""
        await asyncio.gather(*self.unconfirmed())

    def write(self, partition: int, writes: Mapping[str, bytes | None]) -> None:
        """Set and delete (None) keys of one partition; only inside stream iteration."""
        for name, value in writes.items():
            key = f"{partition}/{name}"
            if value is None:
                self.pop(key, None)
            else:
                self[key] = value

    def rows(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """(name, value) of one partition, as recovered from the changelog."""
        start = f"{partition}/"
        for key, value in self.items():
            if key.startswith(start):
                yield key[len(start) :], value

    def partitions_held(self) -> set[int]:
        """The partitions of which the local store has keys."""
        return {int(key.partition("/")[0]) for key in self.data}

    def forget(self, partition: int) -> None:
        """Drop a partition that moved away from the local store; its changelog stays."""
        start = f"{partition}/"
        for key in [key for key in self.data if key.startswith(start)]:
            del self.data[key]


class PartitionStates(Generic[State]):
    """State by partition, made from the table when it is recovered, let go when partitions move."""

    def __init__(self, table: DurableTable, make: Callable[[Iterator[tuple[str, bytes]]], State]) -> None:
        self.table = table
        self._make = make
        self._era = 0
        self.held: dict[int, State] = {}

    def of(self, partition: int) -> State:
        if partition not in self.held:
            self.held[partition] = self._make(self.table.rows(partition))
        return self.held[partition]

    def let_go(self) -> None:
        """Before a rebalance: whatever comes back is made anew from the recovered table, for another
        worker may have written to it meanwhile, even where this one seems never to have lost it."""
        self._era += 1
        self.held.clear()

    async def take(self, partitions: set[int]) -> None:
        """After recovery: states of exactly these partitions; the store forgets what others now write.

        The loop goes on between two partitions, for a large state takes seconds; ends early where
        partitions began to move meanwhile."""
        era = self._era
        for partition in self.held.keys() - partitions:
            del self.held[partition]
        for partition in self.table.partitions_held() - partitions:
            self.table.forget(partition)
        for partition in sorted(partitions):
            if era != self._era:
                return
            self.of(partition)
            await asyncio.sleep(0)
