"""How many voices, and how loud is the loudest? Exact counts by author, kept under addition and removal.

Effective number of authors: the inverse Simpson index (sum n)^2 / sum n^2 (Simpson 1949; Hill's number of
order 2, Hill 1973): as many equally active authors would show the same concentration.
"""

from __future__ import annotations


class Authors:
    """A multiset of authors: `counts`, and what can be told of them without reading them all."""

    __slots__ = ("_holders", "counts", "largest", "squares", "total")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self._holders: dict[int, int] = {}  # how many authors have n mentions
        self.total = 0
        self.squares = 0
        self.largest = 0

    def add(self, author: int) -> None:
        before = self.counts.get(author, 0)
        self.counts[author] = before + 1
        self.total += 1
        self.squares += 2 * before + 1
        self._rename(before, before + 1)
        if before == self.largest:
            self.largest = before + 1

    def remove(self, author: int) -> None:
        before = self.counts[author]
        if before == 1:
            del self.counts[author]
        else:
            self.counts[author] = before - 1
        self.total -= 1
        self.squares -= 2 * before - 1
        self._rename(before, before - 1)
        if before == self.largest and before not in self._holders:
            self.largest = before - 1

    def merge(self, other: Authors) -> None:
        """Add everyone in `other`."""
        for author, count in other.counts.items():
            for _ in range(count):
                self.add(author)

    def _rename(self, before: int, after: int) -> None:
        holders = self._holders
        if before:
            if holders[before] == 1:
                del holders[before]
            else:
                holders[before] -= 1
        if after:
            holders[after] = holders.get(after, 0) + 1
