"""How many records there were, each counted once however often it is delivered.

A count carries its fence: for each origin (topic, partition) the highest offset counted. Within an
origin offsets only grow, so a record at or below the fence was counted before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import orjson


class FencedCount:
    """Counts by name, with the fence, for one partition of one topic."""

    __slots__ = ("counts", "fence")

    def __init__(self, state: bytes | None = None) -> None:
        kept = orjson.loads(state) if state else {"counts": {}, "fence": {}}
        self.counts: Counter[str] = Counter(kept["counts"])
        self.fence: dict[str, int] = kept["fence"]

    def add(self, origin: str, offset: int, names: Iterable[str]) -> bool:
        """Count `names` for the record at `offset` of `origin`; False if it was counted before."""
        if offset <= self.fence.get(origin, -1):
            return False
        self.fence[origin] = offset
        self.counts.update(names)
        return True

    def state(self) -> bytes:
        """Canonical bytes: the same counts give the same bytes."""
        return orjson.dumps({"counts": self.counts, "fence": self.fence}, option=orjson.OPT_SORT_KEYS)
