"""`vigie what-if`: the same posts under two sets of rules, side by side, and where the outcome differs.

The log is read once; every post is judged by both. Nothing of the live watch is touched, nor is anything kept.
"""

from __future__ import annotations

import heapq
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agents.judge import Judge
from agents.proving.comparison import Difference, differences_of
from agents.proving.judged_by import Stretch
from agents.proving.recount import Rejudged
from schemas.mention import Mention
from schemas.reputation import Reputation
from schemas.topics import POSTS
from streams.judges import load_judge
from streams.log_reader import Reach
from streams.proving.rejudging import ALONE, Advance, Rejudging, records_in, rejudging
from streams.proving.replay import Range, Recounting
from streams.recorder import name_of
from streams.settings import Settings, SettingsError
from streams.versions import keep_versions, kept_judge

_BESIDE = ("origin", "versions", "received", "author")  # of no judgement


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One subject at one instant (epoch ms): `published` is under the first rules, `recomputed` under the others."""

    company: str
    person: str | None
    at: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class PostChange:
    """One company in one post, with what is otherwise; None on the side that does not find the company in it."""

    key: str
    version: int
    place: str  # topic/partition@offset
    company: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(slots=True)
class WhatIf:
    """`posts` holds the first `most` of `changed` changes; `judged` posts concerned a company on either side."""

    before: dict[str, str]
    after: dict[str, str]
    most: int
    figures: list[FigureChange] = field(default_factory=list)
    compared: int = 0
    posts: list[PostChange] = field(default_factory=list)
    changed: int = 0
    judged: int = 0


def what_if(
    settings: Settings,
    other: Settings,
    reaches: Sequence[Reach],
    when: Range,
    company: str | None,
    *,
    advance: Advance,
    processes: int = 2,
    version: str = "",
    most: int = 200,
) -> WhatIf:
    """What `other` would change against `settings`, or against the kept version called `version`.
    `settings.broker` must be set; raises SettingsError where both judge alike."""
    with TemporaryDirectory(prefix="vigie-what-if-") as place:
        here = replace(settings, home=Path(place), keys=settings.keys or settings.home / "keys.sqlite")
        first, second = _both(settings, here, other, version)
        found = WhatIf(first.versions, second.versions, most)
        count = 1 if records_in(reaches) <= ALONE else processes
        with rejudging(here, settings.broker or "", count) as again:
            rules = (first.version, second.version)
            again.lend(rules[0], first)
            again.lend(rules[1], second)
            rejudged = _rejudged(again, reaches, rules, advance)
            _compare(rejudged, rules, when, settings.partitions, company, found)
    return found


def _both(settings: Settings, here: Settings, other: Settings, version: str) -> tuple[Judge, Judge]:
    """The judges, with their files where every process finds them."""
    if version:
        shutil.copytree(settings.home / "versions", here.home / "versions")
        first = kept_judge(here, version)
    else:
        first = load_judge(settings)
        keep_versions(here, first)
    second = load_judge(other)
    keep_versions(replace(other, home=here.home), second)
    if first.version == second.version:
        raise SettingsError(
            f"both judge alike (version {first.version}): name another --watchlist or --credibility"
        )
    return first, second


def _rejudged(
    again: Rejudging, reaches: Sequence[Reach], rules: tuple[str, str], advance: Advance
) -> Iterator[Rejudged]:
    parts = [
        again.partition(POSTS.name, reach.partition, [Stretch(reach.start, reach.end, rules)], advance)
        for reach in reaches
    ]
    return heapq.merge(*parts)


def _compare(
    rejudged: Iterator[Rejudged],
    rules: tuple[str, str],
    when: Range,
    partitions: int,
    company: str | None,
    found: WhatIf,
) -> None:
    runs = [Recounting(when, partitions, company) for _ in rules]
    waiting: list[dict[tuple[int, str], Reputation]] = [{}, {}]
    for both in rejudged:
        sides = [_side(both, name) for name in rules]
        _compare_post(sides, company, found)
        for number, (run, side) in enumerate(zip(runs, sides, strict=True)):
            _pair(number, run.take(side), waiting, found)
        if all(run.done for run in runs):
            break
    for number, run in enumerate(runs):
        _pair(number, run.rest(), waiting, found)
    for number, alone in enumerate(waiting):  # a company that is watched on one side only
        for one in alone.values():
            nothing = (Difference("", "none", "figures") if number else Difference("", "figures", "none"),)
            found.compared += 1
            found.figures.append(FigureChange(one.company, one.person, one.at, nothing))
    found.figures.sort(key=lambda change: (change.at, change.company, change.person or ""))


def _side(both: Rejudged, rules: str) -> Rejudged:
    """What one of the judges made of the record; retractions are of both."""
    mine = tuple(one for one in both.records if not isinstance(one, Mention) or one.versions == rules)
    return replace(both, records=mine)


def _pair(
    number: int,
    figures: Iterator[Reputation],
    waiting: list[dict[tuple[int, str], Reputation]],
    found: WhatIf,
) -> None:
    for one in figures:
        key = (one.at, name_of(one))
        twin = waiting[1 - number].pop(key, None)
        if twin is None:
            waiting[number][key] = one
            continue
        before, after = (twin, one) if number else (one, twin)
        found.compared += 1
        if differences := tuple(_differences(before, after)):
            found.figures.append(FigureChange(one.company, one.person, one.at, differences))


def _differences(before: Reputation, after: Reputation) -> Iterator[Difference]:
    """Which rules judged differs by design, and is said once."""
    for difference in differences_of(before, after):
        if not difference.field.endswith(".rules"):
            yield difference


def _compare_post(sides: Sequence[Rejudged], company: str | None, found: WhatIf) -> None:
    before, after = (
        {
            one.company: one
            for one in side.records
            if isinstance(one, Mention) and company in {None, one.company}
        }
        for side in sides
    )
    found.judged += bool(before or after)
    for name in sorted(before.keys() | after.keys()):
        was, would_be = _plain(before.get(name)), _plain(after.get(name))
        if was == would_be:
            continue
        found.changed += 1
        if len(found.posts) < found.most:
            one = before.get(name) or after[name]
            place = f"{one.origin.topic}/{one.origin.partition}@{one.origin.offset}"
            found.posts.append(PostChange(one.post, one.version, place, name, *_told_apart(was, would_be)))


def _plain(mention: Mention | None) -> dict[str, Any] | None:
    if mention is None:
        return None
    return {name: value for name, value in asdict(mention).items() if name not in _BESIDE}


def _told_apart(
    before: dict[str, Any] | None, after: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Only the fields that differ, where both sides are there."""
    if before is None or after is None:
        return before, after
    names = [name for name in before if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}
