"""How many records there were, each counted once however often it is delivered.

A count carries its fence: for each origin (topic, partition) the highest offset counted. Within an
origin offsets only grow, so a record at or below the fence was counted before. Of many origins those that
were silent longest are forgotten, so that the state stays bounded: each stream of standard input is one
of its own, and none comes twice. With it goes a chained digest of what was counted, for any later change
of the log to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

import orjson

from schemas.seal import Seal, link

ORIGINS = 1_000  # whose fences are kept


class Read(Protocol):
    """A record as it lies in a topic; `timestamp` in epoch milliseconds."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def value(self) -> bytes | None: ...


class FencedCount:
    """Counts by name, with the fence, for one partition of one topic; `seal` where records were linked."""

    __slots__ = ("counts", "fence", "seal")

    def __init__(self, state: bytes | None = None) -> None:
        kept = orjson.loads(state) if state else {"counts": {}, "fence": {}}
        self.counts: Counter[str] = Counter(kept["counts"])
        self.fence: dict[str, int] = kept["fence"]
        self.seal: Seal | None = Seal(**kept["seal"]) if "seal" in kept else None

    def add(self, origin: str, offset: int, names: Iterable[str]) -> bool:
        """Count `names` for the record at `offset` of `origin`; False if it was counted before."""
        if offset <= self.fence.get(origin, -1):
            return False
        self._advance(origin, offset)
        for name in names:
            self.counts[name] += 1
        return True

    def read(self, partition: str, records: Sequence[Read], names: Sequence[tuple[str, ...]]) -> None:
        """Count the `names` of each of `records`, which follow each other in `partition` (`topic/partition`),
        under the origin "", and chain it to those before it; what was counted before is left out."""
        reached, seal = self.fence.get("", -1), self.seal
        first, digest = (seal.first, seal.digest) if seal else (-1, "")
        tally: dict[tuple[str, ...], int] = {}  # few kinds of names, many records
        for record, told in zip(records, names, strict=True):
            if record.offset <= reached:
                continue
            reached = record.offset
            first = reached if first < 0 else first
            digest = link(digest, reached, record.timestamp, record.value)
            tally[told] = tally.get(told, 0) + 1
        if not tally:
            return
        self._advance("", reached)
        for told, times in tally.items():
            for name in told:
                self.counts[name] += times
        self.seal = Seal(partition, first, reached, digest)

    def _advance(self, origin: str, offset: int) -> None:
        self.fence.pop(origin, None)
        self.fence[origin] = offset  # at the end: it spoke last
        if len(self.fence) > ORIGINS:
            del self.fence[next(iter(self.fence))]

    def state(self) -> bytes:
        """The same records in the same order give the same bytes; `fence` is in the order of last use."""
        kept: dict[str, object] = {"counts": dict(sorted(self.counts.items())), "fence": self.fence}
        if self.seal is not None:
            kept["seal"] = self.seal
        return orjson.dumps(kept)
