"""Which table values stand for the ledger? Appends a segment a batch, merges runs, rolls up the sealed.

Sixteen neighbours of one level make one of the next while it stays under a quarter of a megabyte, so
an entry is written twice to four times in its life and values stay few.
All writes are returned in order, and any prefix of them is a state that `restore` reads rightly.
"""

from __future__ import annotations

from collections.abc import Iterable

from agents.measuring.contributions import Names, post_of, time_of
from agents.measuring.ledger import Ledger
from agents.measuring.segments import (
    BASE,
    Range,
    Segment,
    Stored,
    coalesce,
    newest_day,
    overlap,
    read,
    tiling,
    write_base,
    write_segment,
)
from agents.measuring.tally import Tally
from agents.measuring.withdrawals import Withdrawals
from schemas.reputation import DAY

FAN = 16
MERGED_LIMIT = 256 * 1024
Writes = dict[str, bytes | None]


class Archive:
    """Live segments in order of their ranges, and the base."""

    def __init__(self, ledger: Ledger, withdrawals: Withdrawals, names: Names) -> None:
        self._ledger = ledger
        self._withdrawals = withdrawals
        self._names = names
        self.segments: list[Segment] = []
        self.swallowed: tuple[Range, ...] = ()
        self.base = Tally()
        self._base_size = 0
        self._leftover: list[str] = []

    @property
    def last(self) -> int:
        """The last offset that is in any value, -1 if there is none."""
        ends = [last for _, last in self.swallowed] + [segment.last for segment in self.segments]
        return max(ends, default=-1)

    @property
    def size(self) -> int:
        """Bytes of the live segments' values."""
        return sum(segment.size for segment in self.segments)

    @property
    def missing(self) -> tuple[Range, ...]:
        """The gaps between all that is held, from offset 0 on: there are none unless a value was lost."""
        reached, gaps = -1, []
        held = [*self.swallowed, *((segment.first, segment.last) for segment in self.segments)]
        for first, last in sorted(held):
            if first > reached + 1:
                gaps.append((reached + 1, first - 1))
            reached = max(reached, last)
        return tuple(gaps)

    def remove(self, keys: Iterable[str]) -> None:
        """Have the next `append` remove these values."""
        self._leftover += keys

    def append(
        self, covers: Range, tally: Tally, posts: Iterable[str], authors: Iterable[str], sealed: int
    ) -> Writes:
        """The writes for one batch, which touched `posts` and withdrawn `authors`: leftovers of a crash out, the
        batch in, then what upkeep is due."""
        writes: Writes = dict.fromkeys(self._leftover)
        self._leftover = []
        segment = Segment(*covers, 0, tally, tuple(posts), tuple(authors), -1)
        writes[segment.key] = self._written(segment)
        self.segments.append(segment)
        while self._merge_last(writes):
            pass
        # a base is worth writing once it frees as much as it takes
        over = sum(part.size for part in self.segments if part.newest_day <= sealed)
        if over and over >= self._base_size:
            self._roll(writes, sealed)
        return writes

    def restore(self, items: Iterable[tuple[str, bytes]]) -> Tally:
        """Fill the ledger with what the table held, in any order; returns everything counted so far."""
        stored = {key: (read(value), len(value)) for key, value in items}
        if BASE in stored:
            base, self._base_size = stored.pop(BASE)
            self.base, self.swallowed = base.tally, base.ranges
        accepted = self._accept(stored)
        total = Tally()
        total.merge(self.base)
        for part, _, _ in accepted:
            total.merge(part.tally)
        for part, covers, size in accepted:
            posts, authors = self._load(part, total.sealed)
            newest = newest_day(map(time_of, part.bodies), part.barriers.values(), part.authors.values())
            self.segments.append(Segment(*covers, part.level, part.tally, posts, authors, newest, size))
        return total

    def _accept(self, stored: dict[str, tuple[Stored, int]]) -> list[tuple[Stored, Range, int]]:
        """Live segments in order; what a wider one or the base has taken in is left over, and so is what a
        worker wrote that had lost the partition: it overlaps with its successor's."""
        keys = {part.ranges[0]: key for key, (part, _) in stored.items()}
        free = [one for one in keys if not any(overlap(one, taken) for taken in self.swallowed)]
        live = tiling(free)
        self._leftover += [key for covers, key in keys.items() if covers not in set(live)]
        return [(stored[keys[covers]][0], covers, stored[keys[covers]][1]) for covers in live]

    def _load(self, part: Stored, sealed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Join a segment's entries to the ledger; the posts and the withdrawn authors that it touched."""
        for name in part.names:
            self._names.id_of(name)
        posts: dict[str, None] = {}
        for post, barrier in part.barriers.items():
            if barrier.time // DAY > sealed:
                posts[post] = None
                self._ledger.restore_barrier(post, barrier)
        for body in part.bodies:
            if time_of(body) // DAY > sealed:
                post = post_of(body)
                posts[post] = None
                self._ledger.join(post, body)
        authors = {author: until for author, until in part.authors.items() if until // DAY > sealed}
        for author, until in authors.items():
            self._withdrawals.join(author, until)
        return tuple(posts), tuple(authors)

    def _written(self, segment: Segment) -> bytes:
        return write_segment(segment, self._ledger, self._withdrawals, self._names)

    def _merge_last(self, writes: Writes) -> bool:
        """Replace the last FAN segments by one if they are of one level and small together."""
        parts = self.segments[-FAN:]
        level = parts[-1].level
        small = sum(part.size for part in parts) <= MERGED_LIMIT
        if len(parts) < FAN or not small or any(part.level != level for part in parts):
            return False
        tally = Tally()
        for part in parts:
            tally.merge(part.tally)
        posts = dict.fromkeys(post for part in parts for post in part.posts)
        authors = dict.fromkeys(author for part in parts for author in part.authors)
        merged = Segment(parts[0].first, parts[-1].last, level + 1, tally, tuple(posts), tuple(authors), -1)
        writes[merged.key] = self._written(merged)
        writes.update(dict.fromkeys(part.key for part in parts))
        self.segments[-FAN:] = [merged]
        return True

    def _roll(self, writes: Writes, sealed: int) -> None:
        """Take segments whose every day is sealed into the base; entries still due stay where they are."""
        over = [part for part in self.segments if part.newest_day <= sealed]
        self.segments = [part for part in self.segments if part.newest_day > sealed]
        for part in over:
            self.base.merge(part.tally)
        live = [(part.first, part.last) for part in self.segments]
        self.swallowed = coalesce([*self.swallowed, *((part.first, part.last) for part in over)], live)
        value = write_base(self.swallowed, self.base)
        writes[BASE], self._base_size = value, len(value)
        writes.update(dict.fromkeys(part.key for part in over))
