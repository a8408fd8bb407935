"""What was shown, for good: records of reputation.v1, each naming the one before it, and seals of posts.v1.

The chain's only memory is the log itself: when partitions have moved or the worker has started, the last
record of each subject is read back from it. So a crash can leave no second memory that disagrees.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.reputation import Reputation, decode, encode
from schemas.seal import Seal, encode_seal
from schemas.topics import REPUTATION, SEALS
from streams.chain import digest_of, last_records
from streams.log_reader import log_reader
from streams.outbox import Outbox
from streams.partitions import partition_of
from streams.security import PLAINTEXT, Security

AT_LEAST_EVERY = 3600.0  # seconds: figures that do not change are recorded this often

Tails = Callable[[Mapping[int, set[str]]], dict[str, bytes]]


@dataclass(slots=True)
class _Head:
    """The last record of a subject: its hash, what it showed, and when it was written (steady seconds)."""

    digest: str
    shown: Reputation
    written: float


class Recorder:
    """Writes of one worker; `tails` gives the last records of subjects by partition of reputation.v1."""

    def __init__(
        self, app: Any, partitions: int, tails: Tails, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbox = Outbox(app)
        self._partitions = partitions
        self._tails = tails
        self._steady = steady
        self._heads: dict[str, _Head] = {}
        self._looked_for: set[str] = set()
        self._sealed: dict[str, Seal] = {}
        self._turn = asyncio.Lock()
        self._era = 0

    def forget(self) -> None:
        """Partitions are moving: another worker may go on with the chains."""
        self._era += 1
        self._heads.clear()
        self._looked_for.clear()

    async def record(
        self, reputations: Iterable[Reputation], versions: Mapping[str, str], seals: Iterable[Seal]
    ) -> None:
        """Write what differs from the last record, and what was last recorded long ago; `versions` are those
        of this worker's judge."""
        async with self._turn:
            era = self._era
            due = list(reputations)
            await self._find_heads({name_of(reputation) for reputation in due} - self._looked_for)
            for reputation in due:
                if era != self._era:
                    break
                self._write(replace(reputation, versions={**versions, **reputation.versions}))
            for seal in seals:
                if self._sealed.get(seal.partition) != seal:
                    self._outbox.put(SEALS, seal.partition.encode(), encode_seal(seal))
                    self._sealed[seal.partition] = seal
            await self._outbox.delivered()

    def _write(self, reputation: Reputation) -> None:
        name, now = name_of(reputation), self._steady()
        head, shown = self._heads.get(name), timeless(reputation)
        if head is not None and head.shown == shown and now - head.written < AT_LEAST_EVERY:
            return
        value = encode(replace(reputation, previous=head.digest if head else None))
        self._heads[name] = _Head(digest_of(value), shown, now)
        self._outbox.put(REPUTATION, reputation.company.encode(), value)

    async def _find_heads(self, names: set[str]) -> None:
        if not names:
            return
        era = self._era
        by_partition: dict[int, set[str]] = defaultdict(set)
        for name in names:
            by_partition[partition_of(name.partition("#")[0], self._partitions)].add(name)
        found = await asyncio.to_thread(self._tails, by_partition)
        if era == self._era:
            self._looked_for |= names
            for name, raw in found.items():
                self._heads[name] = _Head(digest_of(raw), timeless(decode(raw)), self._steady())


def name_of(reputation: Reputation) -> str:
    """The subject of a chain."""
    return f"{reputation.company}#{reputation.person}" if reputation.person else reputation.company


def timeless(reputation: Reputation) -> Reputation:
    """The figures without what passes by itself: two that are equal so show the same."""
    baseline = reputation.baseline and replace(reputation.baseline, end=0)
    windows = tuple(replace(window, start=0, end=0) for window in reputation.windows)
    return replace(
        reputation, at=0, watermark=0, offset=0, previous=None, origins=(), baseline=baseline, windows=windows
    )


def tails_of(bootstrap: str, security: Security = PLAINTEXT) -> Tails:
    """Reads the ends of reputation.v1 on the Kafka at `bootstrap`."""

    def read(wanted: Mapping[int, set[str]]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        with log_reader(bootstrap, security) as reader:
            for reach in reader.reaches(REPUTATION.name):
                found |= last_records(reader, reach, wanted.get(reach.partition, ()))
        return found

    return read
