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
from schemas.mention import Mention, Retraction
from schemas.reputation import Reputation
from schemas.topics import POSTS
from streams.log_reader import Reach, log_reader
from streams.partitions import partition_of
from streams.proving.correcting import Corrected
from streams.proving.rejudging import ALONE, CURRENT, Advance, records_in, rejudging
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Range:
    """Instants from `start` to `end`, `step` apart (epoch milliseconds)."""

    start: int
    end: int
    step: int

    def instants(self) -> range:
        return range(self.start, self.end + 1, self.step)


def bounds(bootstrap: str) -> list[Reach]:
    """What posts.v1 holds now."""
    with log_reader(bootstrap) as reader:
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
    allowance = MeasureSettings().allowance
    states = States(partitions, company)
    instants = iter(when.instants())
    due = next(instants, None)
    clock = 0
    for rejudged in found:
        latest = rejudged.received + allowance
        dated = (record.event_time for record in rejudged.records if isinstance(record, Mention))
        clock = max([clock, *(min(time, latest) for time in dated)])
        while due is not None and clock > due:
            yield from states.figures(due)
            due = next(instants, None)
        if due is None:
            return
        for record in rejudged.records:
            states.take(record)
    while due is not None:
        yield from states.figures(due)
        due = next(instants, None)


class States:
    """Every partition of mentions.v1, or only that of one company."""

    def __init__(self, partitions: int, company: str | None) -> None:
        wanted = range(partitions) if company is None else (partition_of(company, partitions),)
        self._partitions = partitions
        self._company = company
        self._states = {number: Recount(MeasureSettings()) for number in wanted}

    def take(self, record: Mention | Retraction) -> None:
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
