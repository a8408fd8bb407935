"""Table writes of a worker that has lost its partition, landing behind its successor's: restored right, or
known to be wrong."""

from __future__ import annotations

from random import Random

import pytest
from worlds import START, mention

from agents.measure import Measure, MeasureSettings
from agents.measuring.segments import overlap, tiling
from schemas.mention import Mention
from schemas.reputation import HOUR

Table = dict[str, bytes]
Offered = list[tuple[int, Mention]]


def records(rng: Random, count: int) -> Offered:
    return [
        (
            offset,
            mention(
                f"twitter:{rng.randrange(count // 2)}",
                at=START + offset * HOUR * 4,
                version=rng.randint(1, 3),
            ),
        )
        for offset in range(count)
    ]


def restored(table: Table) -> Measure:
    measure = Measure(MeasureSettings())
    measure.restore(table.items())
    return measure


def apply(table: Table, writes: dict[str, bytes | None]) -> None:
    for name, value in writes.items():
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value


def fold(measure: Measure, offered: Offered, rng: Random, until: int) -> list[dict[str, bytes | None]]:
    """Fold what lies after the fence up to `until`, in batches of any size; the writes of each."""
    made = []
    while measure.fence + 1 < until:
        batch = offered[measure.fence + 1 : min(until, measure.fence + 1 + rng.randint(1, 9))]
        made.append(measure.fold(batch, START))
    return made


def shown(measure: Measure, at: int) -> tuple[object, ...]:
    return list(measure.figures(at)), measure.totals, measure.fence  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(60))
def test_a_predecessor_s_late_writes_change_nothing_or_show(seed: int) -> None:
    rng = Random(seed)
    offered = records(rng, 400)  # two months: days are sealed, and segments go to the base
    table: Table = {}
    first = Measure(MeasureSettings())
    for writes in fold(first, offered, rng, rng.randint(1, 390)):
        apply(table, writes)
    heir = restored(table)
    late = fold(first, offered, rng, min(400, first.fence + 1 + rng.randint(1, 20)))[: rng.randint(1, 2)]
    for writes in fold(heir, offered, rng, rng.randint(heir.fence + 1, 400)):
        apply(table, writes)
    for writes in late:
        apply(table, writes)

    last = restored(table)
    truth = Measure(MeasureSettings())
    fold(truth, offered, rng, last.fence + 1)
    at = START + 400 * HOUR * 4
    assert last.missing or shown(last, at) == shown(truth, at)
    for writes in fold(last, offered, rng, 400):
        apply(table, writes)
    fold(truth, offered, rng, 400)
    assert last.missing or shown(restored(table), at) == shown(truth, at), "and after its own next writes"


@pytest.mark.parametrize("seed", range(20))
def test_a_value_that_is_gone_is_missed(seed: int) -> None:
    rng = Random(seed)
    offered = records(rng, 300)
    table: Table = {}
    for writes in fold(Measure(MeasureSettings()), offered, rng, 300):
        apply(table, writes)
    assert restored(table).missing == ()
    inner = sorted(table)[: rng.randint(1, len(table) - 1)]  # as by delete-records: the oldest keys first
    for name in inner:
        del table[name]
    assert restored(table).missing


def test_the_tiling_covers_most_with_the_fewest() -> None:
    assert tiling([(0, 4), (5, 9), (0, 9), (10, 11)]) == [(0, 9), (10, 11)]
    assert tiling([(0, 4), (3, 6), (5, 9)]) == [(0, 4), (5, 9)]
    assert tiling([]) == []
    rng = Random(5)
    for _ in range(200):
        ranges = [
            (first, first + rng.randrange(6))
            for first in (rng.randrange(20) for _ in range(rng.randrange(9)))
        ]
        chosen = tiling(ranges)
        assert not any(overlap(a, b) for a in chosen for b in chosen if a != b)
        assert chosen == sorted(chosen)
        assert covered(chosen) == max(covered(some) for some in subsets(sorted(set(ranges))))


def covered(ranges: list[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in ranges)


def subsets(ranges: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Those without overlap."""
    if not ranges:
        return [[]]
    without = subsets(ranges[1:])
    return without + [
        [ranges[0], *some] for some in without if not any(overlap(ranges[0], one) for one in some)
    ]
