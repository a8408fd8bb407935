"""posts.v1 judged again, in the order in which Kafka received it, by as many processes as pay.

The log is cut into pieces of offsets; a piece is read and judged in one process and comes back whole, so
what comes out depends neither on how many processes there are nor on how they take turns.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from agents.judge import Judge
from agents.measuring.fenced_count import FencedCount
from agents.proving.judged_by import Stretch
from agents.proving.recount import Rejudged
from agents.steps import verdict_of
from schemas.judged import Credibility, Judged, Language, Sentiment, Speaker
from schemas.mention import Mention, MentionRecord
from schemas.post import Post
from streams.judges import load_judge
from streams.log_reader import LogReader, Reach
from streams.partitions import partition_of
from streams.sealing.vault import Vault, open_vault
from streams.settings import Settings
from streams.versions import kept_judge

PIECE = 2_000  # offsets
AHEAD = 2  # pieces of each partition that are in work or waiting
ALONE = 4_000  # offsets up to which a second process costs more than it brings
_SECRET = b"recount"  # figures depend only on which authors are the same

CURRENT = ""  # stands for the judge that the settings describe

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Offsets of one partition to be judged under `rules`; `only`: the partition of mentions.v1, of
    `partitions`, whose mentions are wanted (None: all)."""

    reach: Reach
    rules: tuple[str, ...]
    partitions: int
    only: int | None


@dataclass(slots=True)
class Bench:
    """One process's means: a reader, and judges by version, each made when first needed."""

    settings: Settings
    reader: LogReader
    judges: dict[str, Judge] = field(default_factory=dict)
    vault: Vault | None = None

    def judge(self, version: str) -> Judge:
        if version not in self.judges:
            made = load_judge(self.settings) if version == CURRENT else kept_judge(self.settings, version)
            self.judges[version] = made
        return self.judges[version]

    def rejudge(self, piece: Piece) -> list[Rejudged]:
        batch = list(self.reader.read(piece.reach))
        if not batch:
            return []
        found: dict[int, dict[MentionRecord, None]] = {record.offset: {} for record in batch}
        judges = [self.judge(version) for version in piece.rules] or [cast("Judge", _Nobody())]
        gone: dict[int, int] = {}
        self.vault = self.vault or open_vault(self.settings)
        for judge in judges:
            verdict = verdict_of(batch, judge, FencedCount(), _SECRET, self.vault.open)
            gone |= {offset: erased.by for offset, erased in verdict.gone}
            for record in verdict.records:
                if _wanted(record, piece):
                    found[record.origin.offset][record] = None
        return [
            Rejudged(
                record.timestamp,
                record.partition,
                record.offset,
                tuple(found[record.offset]),
                gone.get(record.offset),
            )
            for record in batch
            if found[record.offset] or record.offset in gone
        ]


class Rejudging:
    """Judges pieces here, or in `processes` others."""

    def __init__(self, settings: Settings, bench: Bench, pool: ProcessPoolExecutor | None) -> None:
        self._settings = settings
        self._bench = bench
        self._pool = pool

    def lend(self, version: str, judge: Judge) -> None:
        """Spare this process from loading a judge that is loaded already."""
        self._bench.judges[version] = judge

    def partition(
        self, topic: str, number: int, parts: Sequence[Stretch], advance: Advance, *, only: int | None = None
    ) -> Iterator[Rejudged]:
        """Everything that partition `number` led to, in order of offsets; `advance` is told of offsets done."""
        pieces = (
            Piece(
                Reach(topic, number, low, min(low + PIECE, part.end)),
                part.rules,
                self._settings.partitions,
                only,
            )
            for part in parts
            for low in range(part.start, part.end, PIECE)
        )
        for piece, found in self._judged(pieces):
            advance(piece.reach.end - piece.reach.start)
            yield from found

    def _judged(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, list[Rejudged]]]:
        if self._pool is None:
            for piece in pieces:
                yield piece, self._bench.rejudge(piece)
            return
        waiting: deque[tuple[Piece, Future[list[Rejudged]]]] = deque()
        for piece in pieces:
            waiting.append((piece, self._pool.submit(_rejudge, piece)))
            if len(waiting) > AHEAD:
                done, result = waiting.popleft()
                yield done, result.result()
        for done, result in waiting:
            yield done, result.result()


@contextmanager
def rejudging(settings: Settings, bootstrap: str, processes: int) -> Iterator[Rejudging]:
    """Judges at the ready; they end with the context."""
    reader = LogReader(bootstrap, settings.security)
    bench = Bench(settings, reader)
    pool = None
    if processes > 1:
        spawn = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(processes, spawn, _prepare, (settings, bootstrap))
    try:
        yield Rejudging(settings, bench, pool)
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
        reader.close()


class _Nobody:
    """Stands for a judge where only retractions matter: finds no company in any post."""

    version = ""

    def judge(self, posts: Sequence[Post]) -> list[Judged]:
        speaker = Speaker("amateur", Credibility("", 0))
        nothing = Sentiment("neutral", 0)
        language = Language("other", 0)
        return [
            Judged(post.key, language, nothing, speaker, "public-talk", "alone", (), (), None, {})
            for post in posts
        ]


def _wanted(record: MentionRecord, piece: Piece) -> bool:
    if piece.only is None or not isinstance(record, Mention):
        return True
    return partition_of(record.company, piece.partitions) == piece.only


_bench: list[Bench] = []  # of a pool's process


def _prepare(settings: Settings, bootstrap: str) -> None:
    _bench.append(Bench(settings, LogReader(bootstrap, settings.security)))


def _rejudge(piece: Piece) -> list[Rejudged]:
    return _bench[0].rejudge(piece)


def records_in(reaches: Sequence[Reach]) -> int:
    """Offsets in all of `reaches`."""
    return sum(max(0, reach.end - reach.start) for reach in reaches)
