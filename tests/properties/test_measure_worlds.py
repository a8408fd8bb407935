"""Whatever order, batches, repeats, restarts: the figures are those of the definitions."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from oracle import World
from worlds import COMPANIES, START, Record, apply, batches, feed, records

from agents.measure import Measure, MeasureSettings
from schemas.mention import Mention
from schemas.reputation import DAY, HOUR, Reputation, encode


def figures(measure: Measure, at: int) -> list[bytes]:
    """Published bytes, without the position in the log, which repeats do move."""
    return [encode(replace(record, offset=0)) for record in measure.figures(at)]


def check(world: World, found: list[Reputation], at: int) -> None:
    assert {r.company if r.person is None else f"{r.company}#{r.person}" for r in found} == world.subjects()
    for record in found:
        subject = record.company if record.person is None else f"{record.company}#{record.person}"
        assert record.windows == world.windows(subject, at)
        assert record.evidence == world.evidence(subject, at)
        assert record.baseline == world.baseline(subject, at)
        assert record.late == world.late[record.company]
        assert record.newest == world.newest[record.company]


@pytest.mark.parametrize("seed", range(200))
def test_figures_are_the_oracles(seed: int) -> None:
    rng = Random(seed)
    arrived = records(seed, rng.randint(1, 60), span=rng.choice((HOUR, DAY, 20 * DAY)), late=seed % 2 == 0)
    split: dict[int, list[Record]] = {0: [], 1: []}
    for record in arrived:
        for partition, share in split.items():
            if not isinstance(record, Mention) or COMPANIES.index(record.company) % 2 == partition:
                share.append(record)
    for partition in split.values():
        world, measure = World(), Measure(MeasureSettings())
        for record in partition:
            world.take(record)
        feed(measure, partition, rng)
        assert measure.watermark == world.watermark
        for at in (world.watermark, world.watermark + HOUR, world.watermark + rng.randrange(40 * DAY)):
            check(world, measure.figures(at), at)


@pytest.mark.parametrize("seed", range(40))
def test_order_repeats_and_batches_do_not_matter(seed: int) -> None:
    rng = Random(seed)
    arrived = records(seed)
    shuffled = [*arrived, *rng.sample(arrived, len(arrived) // 2)]
    rng.shuffle(shuffled)
    one, other = Measure(MeasureSettings()), Measure(MeasureSettings())
    feed(one, arrived, rng)
    feed(other, shuffled, rng)
    for at in (START + 3 * DAY, START + 9 * DAY):
        assert figures(one, at) == figures(other, at)


@pytest.mark.parametrize("seed", range(60))
def test_a_crash_anywhere_is_forgotten(seed: int) -> None:
    """Only a prefix of a batch's writes reached the log; the batch comes again after the restart."""
    rng = Random(seed)
    arrived = records(seed, 40, span=rng.choice((3 * DAY, 60 * DAY)), late=seed % 2 == 0)
    whole, broken = Measure(MeasureSettings()), Measure(MeasureSettings())
    table: dict[str, bytes] = {}
    for batch in batches(rng, list(enumerate(arrived))):
        whole.fold(batch, START + 100 * DAY)
        writes = list(broken.fold(batch, START + 100 * DAY).items())
        survived = rng.randint(0, len(writes))
        apply(table, dict(writes[:survived]))
        if survived < len(writes) or rng.random() < 0.3:
            broken = Measure(MeasureSettings())
            items = list(table.items())
            rng.shuffle(items)
            broken.restore(items)
            apply(table, broken.fold(batch, START + 100 * DAY))
        at = whole.watermark + rng.randrange(DAY)
        assert figures(broken, at) == figures(whole, at)
        assert broken.totals == whole.totals
