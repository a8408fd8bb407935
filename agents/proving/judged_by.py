"""By which versions was each offset of posts.v1 judged, as far as a published record tells?

A record's runs give the outermost offsets of each version. Runs that overlap at their ends mean that a
judge started anew with other versions and judged some posts twice; a run within another, that
versions were changed and changed back. Where no run reaches, nothing was found to concern the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.reputation import Run


@dataclass(frozen=True, slots=True)
class Stretch:
    """Offsets `start` (included) to `end` (excluded) and the versions that judged them; () where no post
    was found to concern the figures, so that only retractions matter."""

    start: int
    end: int
    rules: tuple[str, ...]


def stretches(runs: Sequence[Run], start: int, end: int, last: str | None) -> list[Stretch]:
    """`start` to `end` in stretches; `last` is the version in force when the record was written: posts after
    the last run were judged by it if that run was."""
    reached = [*runs]
    if reached and last == (final := max(reached, key=lambda run: run.last)).rules:
        reached[reached.index(final)] = Run(final.first, max(final.last, end - 1), final.rules)
    edges = {run.first for run in reached} | {run.last + 1 for run in reached}
    marks = sorted({start, end, *(edge for edge in edges if start < edge < end)})
    made: list[Stretch] = []
    for low, high in pairwise(marks):
        rules = _judging(reached, low)
        if made and made[-1].rules == rules:
            made[-1] = Stretch(made[-1].start, high, rules)
        else:
            made.append(Stretch(low, high, rules))
    return made


def _judging(runs: Sequence[Run], offset: int) -> tuple[str, ...]:
    covering = [run for run in runs if run.first <= offset <= run.last]
    inner = [run for run in covering if not any(_within(other, run) for other in covering)]
    return tuple(sorted({run.rules for run in inner}))


def _within(inner: Run, outer: Run) -> bool:
    return outer.first < inner.first and inner.last < outer.last


def overlapping(runs: Sequence[Run]) -> bool:
    """Whether some offsets lie in two runs, so that which version judged them is an inference."""
    ordered = sorted(runs)
    return any(after.first <= before.last for before, after in pairwise(ordered))
