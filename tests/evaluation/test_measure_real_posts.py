"""Real posts, judged by their own columns: every published figure is the oracle's, to the last digit."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from oracle import World
from worlds import feed, mention

from agents.measure import Measure, MeasureSettings
from schemas.mention import Coordinates, Mention
from schemas.reputation import DAY, HOUR

DATA = Path(os.environ.get("VIGIE_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
LABELS = {"neg": ("negative", -6_000), "neu": ("neutral", 0), "pos": ("positive", 6_000)}

pytestmark = [
    pytest.mark.evaluation,
    pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data here (set VIGIE_SHARED)"),
]


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def instant(text: str) -> int:
    """Epoch milliseconds of a day, or of an instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def judged(row: dict[str, str], number: int, company: str) -> Mention:
    """A stand-in judge: the label's column for a sentiment, the letters of the text for a signature."""
    label, score = LABELS[row["label"][:3]]
    letters = "".join(filter(str.isalnum, row["text"].lower()))
    return mention(
        f"file:{row['id']}",
        company.lower().replace(" ", "-"),
        instant(row["created_at"]),
        label=label,
        score=score + len(letters) % 1_000,
        weight=(500, 1_000, 1_500)[len(letters) % 3],
        author=sha256(row["author"].encode()).hexdigest() if row.get("author") else None,
        signature=sha256(letters.encode()).hexdigest(),
        origin=Coordinates("posts.v1", 0, number),
    )


def same(world: World, measure: Measure, at: int) -> int:
    """Compare all figures; how many windows there were."""
    found = measure.figures(at)
    assert {record.company for record in found} == world.subjects()
    for record in found:
        assert record.windows == world.windows(record.company, at)
        assert record.evidence == world.evidence(record.company, at)
        assert record.baseline == world.baseline(record.company, at)
        assert (record.late, record.newest) == (world.late[record.company], world.newest[record.company])
    return sum(len(record.windows) for record in found)


def test_airline_tweets() -> None:
    mentions = [judged(row, n, row["airline"]) for n, row in enumerate(rows("en_airline_posts.csv.gz"))]
    world, measure = World(), Measure(MeasureSettings())
    for one in mentions:
        world.take(one)
    feed(measure, mentions, Random(1))
    assert sum(sum(tally.mentions) for tally in measure.totals.subjects.values()) == len(mentions)
    assert measure.entries == len({one.post for one in mentions})
    for at in (measure.watermark, measure.watermark + 5 * HOUR, measure.watermark - 3 * DAY):
        assert same(world, measure, at) == 6 * 5


@pytest.mark.parametrize("in_order", [True, False])
def test_french_insurance_reviews(*, in_order: bool) -> None:
    """Eleven years: most days are sealed on the way; out of the file's order, most posts are late."""
    table = rows("fr_insurance_posts.csv.gz")
    if in_order:
        table.sort(key=lambda row: row["created_at"])
    mentions = [judged(row, n, row["company"]) for n, row in enumerate(table)]
    world, measure = World(), Measure(MeasureSettings())
    step = len(mentions) // 8 + 1
    for start in range(0, len(mentions), step):
        for one in mentions[start : start + step]:
            world.take(one)
        batch = list(enumerate(mentions))[start : start + step]
        measure.fold(batch, mentions[0].event_time + 40_000 * DAY)
        assert same(world, measure, measure.watermark + start % DAY) >= 5
    assert sum(sum(tally.mentions) for tally in measure.totals.subjects.values()) == len(mentions)
    late = sum(world.late.values())
    assert late == 0 if in_order else late > len(mentions) // 2
