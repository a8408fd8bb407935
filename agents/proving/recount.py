"""Figures again, from records of posts.v1 judged again: what `measure` does, without a table behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agents.measure import Measure, MeasureSettings
from agents.standing.evidence import Moved
from schemas.mention import Mention, MentionRecord
from schemas.reputation import Origin, Reputation

BATCH = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Rejudged:
    """What one record of posts.v1 led to, in order; compared by when and where Kafka received it."""

    received: int
    partition: int
    offset: int
    records: tuple[MentionRecord, ...]
    gone: int | None = None  # the number of the key that would open it and is not there


class Recount:
    """One partition of mentions.v1, filled by hand."""

    def __init__(self, settings: MeasureSettings) -> None:
        self._measure = Measure(settings)
        self._folded = 0
        self._waiting: list[MentionRecord] = []

    def take(self, records: Iterable[MentionRecord]) -> None:
        self._waiting.extend(records)
        if len(self._waiting) >= BATCH:
            self._fold()

    def figures(self, at: int) -> list[Reputation]:
        """Of everything taken so far, as of event time `at`."""
        self._fold()
        return self._measure.figures(at)

    def moved(self, subject: str, at: int) -> tuple[Moved, ...]:
        """What moved the subject's 24-hour score most as of `at`."""
        self._fold()
        return self._measure.moved(subject, at)

    @property
    def sealed(self) -> int:
        """The last day (of the epoch) that is sealed, -1 for none."""
        self._fold()
        return self._measure.totals.sealed

    def _fold(self) -> None:
        if self._waiting:
            numbered = list(enumerate(self._waiting, self._folded))
            self._measure.fold(numbered, now=0)  # every mention tells when its post was received
            self._folded += len(numbered)
            self._waiting = []


class Frontier:
    """Takes from one partition of posts.v1 exactly what a record's origin says that it rests on."""

    def __init__(self, found: Iterator[Rejudged]) -> None:
        self._found = found
        self._next = next(found, None)
        self._given: set[str] = set()  # companies of the record at the frontier that were given out

    def up_to(self, origin: Origin) -> list[Rejudged]:
        """What lies between the last frontier and this one, of the record at the edge only what is in."""
        given: list[Rejudged] = []
        while self._next is not None and self._next.offset < origin.offset:
            given.append(self._part(self._next, None))
            self._next, self._given = next(self._found, None), set()
        if self._next is not None and self._next.offset == origin.offset:
            given.append(self._part(self._next, set(origin.companies)))
            self._given |= set(origin.companies)
        return [part for part in given if part.records]

    def _part(self, found: Rejudged, companies: set[str] | None) -> Rejudged:
        kept = tuple(
            record
            for record in found.records
            if (name := name_of(record)) not in self._given and (companies is None or name in companies)
        )
        return Rejudged(found.received, found.partition, found.offset, kept)


def name_of(record: MentionRecord) -> str:
    """As `Origin.companies` has it."""
    return record.company if isinstance(record, Mention) else ""
