"""In what form does the ledger survive? One table value a batch: its entries, and all it counted.

A segment covers a range of mentions.v1 offsets and holds the contributions and barriers of every post
that the batch touched and the withdrawals of authors in it, as they stood after it, with the batch's tally.
Segments merge: ledger entries join, tallies add, ranges unite. So a run of small segments can be replaced by
one (written before the old ones are removed), and segments whose days are all sealed by the `base`, which keeps
only their tallies and the ranges it has swallowed. After a crash in between, what lies within a wider range, or
within the base's, is recognised and dropped.

Value: one format byte, 4 bytes of header length, a JSON header (a large one deflated), then entries
(2 bytes of length, body). A batch of 2,000 records stays under a megabyte whatever it holds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import compress, decompress

import orjson

from agents.measuring.contributions import Names, named_by
from agents.measuring.ledger import Barrier, Ledger
from agents.measuring.tally import Tally
from agents.measuring.withdrawals import Withdrawals
from schemas.reputation import DAY

BASE = "base"
_PLAIN, _DEFLATED = b"\x01", b"\x02"
_LARGE = 64 * 1024  # bytes of header
Range = tuple[int, int]  # first and last offset, both included


@dataclass(slots=True)
class Segment:
    """A range's tally, the posts and the withdrawn authors that it touched; `newest_day` is the last day it
    still matters for."""

    first: int
    last: int
    level: int
    tally: Tally
    posts: tuple[str, ...]
    authors: tuple[str, ...]
    newest_day: int
    size: int = 0

    @property
    def key(self) -> str:
        return f"segment/{self.first:016x}-{self.last:016x}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A decoded table value."""

    ranges: tuple[Range, ...]
    level: int
    tally: Tally
    names: tuple[str, ...]
    barriers: dict[str, Barrier]
    authors: dict[str, int]
    bodies: tuple[bytes, ...]


def write_segment(segment: Segment, ledger: Ledger, withdrawals: Withdrawals, names: Names) -> bytes:
    """The segment's table value, from what is held now; sets its newest day and size."""
    bodies = [body for post in segment.posts for body in ledger.of(post)]
    barriers = {post: ledger.barriers[post] for post in segment.posts if post in ledger.barriers}
    times = withdrawals.times
    authors = {author: times[author] for author in segment.authors if author in times}
    heads = list(map(named_by, bodies))
    segment.newest_day = newest_day([time for time, _, _ in heads], barriers.values(), authors.values())
    named = {subject for _, subject, _ in heads} | {circumstances for _, _, circumstances in heads}
    header = {
        "ranges": [(segment.first, segment.last)],
        "level": segment.level,
        "tally": segment.tally.to_json(),
        "names": sorted(names.text_of(name) for name in named),
        "barriers": {post: list(barrier) for post, barrier in barriers.items()},
        "authors": authors,
    }
    value = _pack(header, bodies)
    segment.size = len(value)
    return value


def newest_day(entries: Iterable[int], barriers: Iterable[Barrier], authors: Iterable[int]) -> int:
    """The last day on which something here still matters, -1 if nothing does; `entries` by their times."""
    times = [*entries, *(barrier.time for barrier in barriers), *authors]
    return max(times) // DAY if times else -1


def write_base(ranges: Iterable[Range], tally: Tally) -> bytes:
    header = {
        "ranges": list(ranges), "level": 0, "tally": tally.to_json(), "names": [], "barriers": {},
    }  # fmt: skip
    return _pack(header, [])


def read(value: bytes) -> Stored:
    """Inverse of the writers; ValueError for another format: our own corruption, to crash on."""
    if value[:1] not in (_PLAIN, _DEFLATED):
        raise ValueError(f"unknown segment format {value[:1]!r}")
    start = 5 + int.from_bytes(value[1:5], "little")
    head = value[5:start]
    header = orjson.loads(decompress(head) if value[:1] == _DEFLATED else head)
    return Stored(
        ranges=tuple((first, last) for first, last in header["ranges"]),
        level=header["level"],
        tally=Tally.from_json(header["tally"]),
        names=tuple(header["names"]),
        barriers={post: Barrier(*barrier) for post, barrier in header["barriers"].items()},
        authors=header.get("authors", {}),
        bodies=tuple(_entries(value, start)),
    )


def coalesce(ranges: Iterable[Range], live: Iterable[Range]) -> tuple[Range, ...]:
    """The same swallowed ranges, those between which no live segment lies united."""
    marked = sorted([(r, True) for r in ranges] + [(r, False) for r in live])
    merged: list[Range] = []
    open_run = False
    for (first, last), swallowed in marked:
        if swallowed and open_run:
            merged[-1] = (merged[-1][0], last)
        elif swallowed:
            merged.append((first, last))
        open_run = swallowed
    return tuple(merged)


def overlap(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def tiling(ranges: Iterable[Range]) -> list[Range]:
    """Those of `ranges` that cover most without overlapping, the fewest where several ways do; in order.

    The same records folded on the same state give the same tally, so any way that covers all is right.
    """
    ordered = sorted(set(ranges), key=lambda one: one[1])
    ends = [last for _, last in ordered]
    best: list[tuple[int, int]] = [(0, 0)]  # of the first n: offsets covered, less is more of pieces
    before: list[int] = []  # how many of those in front of each end before it begins
    for number, (first, last) in enumerate(ordered):
        free = bisect_left(ends, first, 0, number)
        before.append(free)
        covered, pieces = best[free]
        best.append(max(best[number], (covered + last - first + 1, pieces - 1)))
    chosen: list[Range] = []
    number = len(ordered)
    while number:
        if best[number] == best[number - 1]:
            number -= 1
        else:
            chosen.append(ordered[number - 1])
            number = before[number - 1]
    return chosen[::-1]


def _pack(header: dict[str, Any], bodies: list[bytes]) -> bytes:
    head = orjson.dumps(header, option=orjson.OPT_SORT_KEYS)
    layout = _PLAIN
    if len(head) > _LARGE:
        layout, head = _DEFLATED, compress(head)
    parts = [layout, len(head).to_bytes(4, "little"), head]
    for body in bodies:
        parts += (len(body).to_bytes(2, "little"), body)
    return b"".join(parts)


def _entries(value: bytes, start: int) -> Iterator[bytes]:
    end = len(value)
    while start < end:
        stop = start + 2 + int.from_bytes(value[start : start + 2], "little")
        yield value[start + 2 : stop]
        start = stop
