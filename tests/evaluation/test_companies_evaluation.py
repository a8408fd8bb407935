"""The bars on company match: ambiguous names in the written sets, and real posts where they are at hand."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import pytest
from evaluation.companies_score import rows_of, score

from agents.naming.companies import CompanyMatcher
from schemas.post import Entities, Post, Source
from streams.watchlist.reading import load_watchlist

SHARED = Path(os.environ.get("VIGIE_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
AIRLINES = {
    "United": "united-airlines",
    "US Airways": "us-airways",
    "American": "american-airlines",
    "Southwest": "southwest-airlines",
    "Delta": "jetblue",  # the column says Delta, the posts are addressed to @JetBlue
    "Virgin America": "virgin-america",
}


@pytest.mark.parametrize("part", ["dev", "heldout", "second"])
def test_ambiguous_names_are_told_apart(part: str) -> None:
    rows = rows_of(part)
    assert len(rows) >= 100
    found = score(load_watchlist(), rows)
    assert found.precision >= 0.90, found.false
    assert found.recall >= 0.80, found.missed


@pytest.mark.evaluation
def test_each_airline_post_is_matched_with_its_airline() -> None:
    path = SHARED / "data" / "en_airline_posts.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    matcher = CompanyMatcher(load_watchlist())
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [
        {match.company for match in matcher.match(Post(r["id"], "twitter", r["text"], 0, Source("file")))}
        for r in rows
    ]
    right = sum(AIRLINES[row["airline"]] in ids for row, ids in zip(rows, found, strict=True))
    assert right >= 0.999 * len(rows)


@pytest.mark.evaluation
def test_each_insurer_of_the_reviews_is_on_the_shipped_watchlist() -> None:
    path = SHARED / "data" / "fr_insurance_posts.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    matcher = CompanyMatcher(load_watchlist())
    with gzip.open(path, "rt", encoding="utf-8") as file:
        names = {row["company"] for row in csv.DictReader(file)}
    for name in names:
        entities = Entities(mentions=(name,))
        assert matcher.match(Post("r:1", "file", "", 0, Source("file"), kind="review", entities=entities)), (
            name
        )
