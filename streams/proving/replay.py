"""`vigie replay`: the figures of a time that has passed, from posts.v1 alone, as a live worker had them.

Scanned is the whole of posts.v1 as it stands at the start: figures rest on windows of 28 days and on the
long run before them, posts may come late or be backfilled, and edits come when they come; so no
time of receipt can say where to begin. The clock is that of the stream: the newest event time so far. The
figures of an instant are taken when the clock first passes it; what is dated before but came after
is late, in a live watch too. Once the clock has passed the last instant the scan stops.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields

from agents.measure import MeasureSettings
from agents.proving.judged_by import Stretch
from agents.proving.recount import Recount, Rejudged
from schemas.mention import Mention, MentionRecord
from schemas.reputation import Reputation
from schemas.topics import POSTS
from streams.log_reader import Reach, log_reader
from streams.partitions import partition_of
from streams.proving.correcting import Corrected
from streams.proving.rejudging import ALONE, CURRENT, Advance, records_in, rejudging
from streams.security import PLAINTEXT, Security
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Range:
    """Instants from `start` to `end`, `step` apart (epoch milliseconds)."""

    start: int
    end: int
    step: int

    def instants(self) -> range:
        return range(self.start, self.end + 1, self.step)


def bounds(bootstrap: str, security: Security = PLAINTEXT) -> list[Reach]:
    """What posts.v1 holds now."""
    with log_reader(bootstrap, security) as reader:
        return reader.reaches(POSTS.name)


def replay(
    settings: Settings,
    reaches: Sequence[Reach],
    when: Range,
    company: str | None,
    *,
    advance: Advance,
    processes: int = 2,
    version: str = CURRENT,
    said: Corrected | None = None,
) -> Iterator[Reputation]:
    """The figures of every company (or of one) at every instant of `when`, in order of instant, partition
    and company. `settings.broker` must be set; `version` names a kept judge instead of the settings' own,
    `said` what people corrected, which the figures' versions then name."""
    count = 1 if records_in(reaches) <= ALONE else processes
    with rejudging(settings, settings.broker or "", count) as again:
        parts = [
            again.partition(
                POSTS.name, reach.partition, [Stretch(reach.start, reach.end, (version,))], advance
            )
            for reach in reaches
        ]
        merged: Iterable[Rejudged] = heapq.merge(*parts)
        if said is None or not said.version:
            yield from recounted(merged, when, settings.partitions, company)
            return
        for found in recounted(map(said.of, merged), when, settings.partitions, company):
            yield with_fields(found, versions={**found.versions, "corrections": said.version})


def recounted(
    found: Iterable[Rejudged], when: Range, partitions: int, company: str | None
) -> Iterator[Reputation]:
    """Figures at every instant, from what was judged, in order of receipt."""
    run = Recounting(when, partitions, company)
    for rejudged in found:
        yield from run.take(rejudged)
        if run.done:
            return
    yield from run.rest()


class Recounting:
    """What was judged, taken in one record at a time, and the figures of each instant that the clock passes."""

    def __init__(self, when: Range, partitions: int, company: str | None) -> None:
        self._states = States(partitions, company)
        self._instants = iter(when.instants())
        self._due = next(self._instants, None)
        self._clock = 0
        self._allowance = MeasureSettings().allowance

    @property
    def done(self) -> bool:
        """Every instant is passed."""
        return self._due is None

    def take(self, rejudged: Rejudged) -> Iterator[Reputation]:
        """The figures that are due before `rejudged` comes in."""
        latest = rejudged.received + self._allowance
        dated = (record.event_time for record in rejudged.records if isinstance(record, Mention))
        self._clock = max([self._clock, *(min(time, latest) for time in dated)])
        while self._due is not None and self._clock > self._due:
            yield from self._states.figures(self._due)
            self._due = next(self._instants, None)
        if self._due is not None:
            for record in rejudged.records:
                self._states.take(record)

    def rest(self) -> Iterator[Reputation]:
        """The figures that are still due when nothing comes any more."""
        while self._due is not None:
            yield from self._states.figures(self._due)
            self._due = next(self._instants, None)


class States:
    """Every partition of mentions.v1, or only that of one company."""

    def __init__(self, partitions: int, company: str | None) -> None:
        wanted = range(partitions) if company is None else (partition_of(company, partitions),)
        self._partitions = partitions
        self._company = company
        self._states = {number: Recount(MeasureSettings()) for number in wanted}

    def take(self, record: MentionRecord) -> None:
        if isinstance(record, Mention):
            place = partition_of(record.company, self._partitions)
            if place in self._states:
                self._states[place].take((record,))
            return
        for state in self._states.values():
            state.take((record,))

    def figures(self, at: int) -> Iterator[Reputation]:
        """In order of partition and subject."""
        for state in self._states.values():
            for reputation in state.figures(at):
                if self._company in {None, reputation.company}:
                    yield reputation
