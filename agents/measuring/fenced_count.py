"""How many records there were, each counted once however often it is delivered.

A count carries its fence: for each origin (topic, partition) the highest offset counted. Within an
origin offsets only grow, so a record at or below the fence was counted before. Of many origins those that
were silent longest are forgotten, so that the state stays bounded: each stream of standard input is one
of its own, and none comes twice. With it goes a chained digest of what was counted, for any later change
of the log to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import orjson

from schemas.seal import Seal, link

ORIGINS = 1_000  # whose fences are kept


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
        self.fence.pop(origin, None)
        self.fence[origin] = offset  # at the end: it spoke last
        if len(self.fence) > ORIGINS:
            del self.fence[next(iter(self.fence))]
        self.counts.update(names)
        return True

    def link(self, partition: str, offset: int, timestamp: int, value: bytes | None) -> None:
        """Chain a record of `partition` (`topic/partition`) to those before it; only where `add` counted it."""
        first, before = (self.seal.first, self.seal.digest) if self.seal else (offset, "")
        self.seal = Seal(partition, first, offset, link(before, offset, timestamp, value))

    def state(self) -> bytes:
        """The same records in the same order give the same bytes; `fence` is in the order of last use."""
        kept: dict[str, object] = {"counts": dict(sorted(self.counts.items())), "fence": self.fence}
        if self.seal is not None:
            kept["seal"] = self.seal
        return orjson.dumps(kept)
