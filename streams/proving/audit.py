"""`vigie audit`: what was published, worked out again from posts.v1 alone, with the offsets and the versions
that each record names.

A record of reputation.v1 tells how far each partition of posts.v1 is in it. The posts are read up to there
and no further, judged by the versions of then, and measured; the records before it tell in which steps
the partitions went on, so that days are sealed in much the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from agents.judge import Judge
from agents.measure import MeasureSettings
from agents.proving.comparison import Cause, Finding, compare
from agents.proving.judged_by import Stretch, overlapping, stretches
from agents.proving.recount import Frontier, Recount, Rejudged
from schemas.erasure import Erasure
from schemas.instants import rfc3339
from schemas.reputation import Origin, Reputation
from schemas.topics import POSTS
from streams.erasing.record import erasures
from streams.judges import load_judge
from streams.log_reader import Reach, log_reader
from streams.partitions import partition_of
from streams.proving.rejudging import ALONE, CURRENT, Advance, Rejudging, rejudging
from streams.proving.shelf import Published, Shelf, ascending, reached
from streams.proving.witnesses import Witnesses
from streams.recorder import name_of
from streams.settings import Settings
from streams.versions import VersionError, kept_judge


def audit(
    settings: Settings,
    shelf: Shelf,
    chosen: Sequence[Published],
    *,
    advance: Advance,
    processes: int = 2,
    witnesses: Witnesses | None = None,
) -> Iterator[Finding]:
    """A finding for each of `chosen`, records of one company; `settings.broker` must be set. `advance` is
    told of offsets of posts.v1 that are done, `witnesses` of the posts that the records name."""
    with log_reader(settings.broker or "", settings.security) as reader:
        reaches = {f"{reach.topic}/{reach.partition}": reach for reach in reader.reaches(POSTS.name)}
    erased = {number: erasure for erasure in erasures(settings) for number in erasure.keys}
    left = list(chosen)
    while left:
        ladder = ascending(left)
        audited = {one.offset for one in ladder}
        left = [one for one in left if one.offset not in audited]
        last = ladder[-1].reputation.origins
        count = 1 if sum(origin.offset + 1 for origin in last) <= ALONE else processes
        with rejudging(settings, settings.broker or "", count) as again:
            yield from Reading(settings, shelf, reaches, ladder, erased, witnesses).findings(again, advance)


def offsets_to_read(chosen: Sequence[Published]) -> int:
    """About how many offsets of posts.v1 an audit of `chosen` reads."""
    return sum(origin.offset + 1 for origin in chosen[-1].reputation.origins) if chosen else 0


class Reading:
    """One reading of posts.v1 with a stop at each record of `ladder`."""

    def __init__(
        self,
        settings: Settings,
        shelf: Shelf,
        reaches: dict[str, Reach],
        ladder: Sequence[Published],
        erased: dict[int, Erasure],
        witnesses: Witnesses | None = None,
    ) -> None:
        """`erased`: the erasures on record by the numbers of the keys that they destroyed."""
        self._witnesses = witnesses
        self._settings = settings
        self._shelf = shelf
        self._reaches = reaches
        self._ladder = ladder
        self._erased = erased
        self._gone: list[tuple[str, int, int]] = []  # partition, offset, number of the key
        last = ladder[-1].reputation
        rules = {run.rules for origin in last.origins for run in origin.runs}
        self._judges = {version: self._judge(version) for version in sorted(rules)}

    def findings(self, again: Rejudging, advance: Advance) -> Iterator[Finding]:
        for token, judge, _ in self._judges.values():
            again.lend(token, judge)
        last = self._ladder[-1].reputation
        frontiers = {
            origin.partition: Frontier(self._partition(again, origin, last, advance))
            for origin in last.origins
            if origin.partition in self._reaches
        }
        recount = Recount(MeasureSettings())
        for one in self._ladder:
            for step in self._shelf.steps:
                if step.offset < one.offset and reached(step.origins, one.reputation.origins):
                    self._go_to(step.origins, frontiers, recount)
            self._go_to(one.reputation.origins, frontiers, recount)
            found = {name_of(figures): figures for figures in recount.figures(one.reputation.at)}
            causes = [*self._tampering(one), *self._causes(one.reputation)]
            recomputed = found.get(name_of(one.reputation))
            if self._witnesses is not None:
                moved = recount.moved(name_of(one.reputation), one.reputation.at)
                self._witnesses.testify(one, moved)
            yield compare(one.reputation, recomputed, (one.partition, one.offset), causes)

    def _go_to(self, origins: Iterable[Origin], frontiers: dict[str, Frontier], recount: Recount) -> None:
        """Take in what lies up to `origins`, in order of receipt."""
        given = [
            found
            for origin in origins
            if origin.partition in frontiers
            for found in frontiers[origin.partition].up_to(origin)
        ]
        for found in sorted(given):
            recount.take(found.records)
            if self._witnesses is not None:
                self._witnesses.see(found.records)

    def _partition(
        self, again: Rejudging, origin: Origin, last: Reputation, advance: Advance
    ) -> Iterator[Rejudged]:
        reach = self._reaches[origin.partition]
        end = min(origin.offset + 1, reach.end)
        parts = [
            Stretch(part.start, part.end, tuple(sorted({self._judges[name][0] for name in part.rules})))
            for part in stretches(origin.runs, reach.start, end, last.versions.get("rules"))
        ]
        only = partition_of(last.company, self._settings.partitions)
        for found in again.partition(reach.topic, reach.partition, parts, advance, only=only):
            if found.gone is not None:
                self._gone.append((origin.partition, found.offset, found.gone))
            yield found

    def _judge(self, version: str) -> tuple[str, Judge, VersionError | None]:
        """What stands for `version`, with its judge, and what is wrong with the kept one."""
        try:
            return version, kept_judge(self._settings, version), None
        except VersionError as error:
            judge = load_judge(self._settings)
            wrong = error.altered or judge.version != version
            return CURRENT, judge, error if wrong else None

    def _tampering(self, one: Published) -> Iterator[Cause]:
        after = self._shelf.successor(one)
        breaks = {(gap.offset, gap.kind) for gap in self._shelf.breaks}
        if after is not None and (after.offset, "missing") in breaks:
            yield Cause(
                "tampering",
                f"the record after it (offset {after.offset}) names {after.reputation.previous} as the one before, "
                f"this one's hash is {one.digest}: this record was altered, or one between was removed",
            )
        for origin in one.reputation.origins:
            reach = self._reaches.get(origin.partition)
            if reach is None or reach.end <= origin.offset:
                end = f"ends at {reach.end}" if reach else "is not there"
                yield Cause(
                    "tampering", f"the record rests on {origin.partition} up to {origin.offset}, which {end}"
                )

    def _causes(self, published: Reputation) -> Iterator[Cause]:
        for version, (_, _, error) in self._judges.items():
            if error is not None and any(
                run.rules == version for origin in published.origins for run in origin.runs
            ):
                yield Cause("tampering" if error.altered else "versions", str(error))
        for origin in published.origins:
            if overlapping(origin.runs):
                yield Cause("judged-twice", f"some posts of {origin.partition} were judged by two versions")
            reach = self._reaches.get(origin.partition)
            if reach is not None and reach.start > 0:
                yield Cause("retention", f"{origin.partition} no longer holds what was before {reach.start}")
        yield from self._unreadable(published)

    def _unreadable(self, published: Reputation) -> Iterator[Cause]:
        """Posts that cannot be judged again, for their keys were destroyed, or are missing."""
        ends = {origin.partition: origin.offset for origin in published.origins}
        gone = [number for partition, offset, number in self._gone if offset <= ends.get(partition, -1)]
        posts = Counter(self._erased[number].id for number in gone if number in self._erased)
        told = {erasure.id: erasure for erasure in self._erased.values()}
        for id_, count in sorted(posts.items()):
            what = f"{count} posts of an author were" if told[id_].what == "author" else "a post was"
            yield Cause("erasure", f"{what} erased at {rfc3339(told[id_].at)} (erasure {id_})")
        if lost := sum(number not in self._erased for number in gone):
            yield Cause(
                "tampering", f"the keys of {lost} posts are missing, and no erasure on record took them"
            )
