"""Real posts, where they are at hand: every row of the shared sets enters with few words said."""

import os
from collections import Counter
from pathlib import Path

import pytest

from streams.sources.contract import Upsert
from streams.sources.fields import FieldMap
from streams.sources.file import FileSource

SHARED = Path(os.environ.get("VIGIE_SHARED") or Path(__file__).parents[2].parent / "shared") / "data"


@pytest.mark.evaluation
@pytest.mark.parametrize(
    ("name", "maps", "rows", "kind", "companies"),
    [
        ("en_airline_posts.csv.gz", ["platform==twitter"], 14_640, "post", 0),
        ("fr_insurance_posts.csv.gz", ["platform==reviews"], 15_142, "review", 37),
        ("fr_xlmt_train.jsonl.gz", ["created_at==2026-11-02"], 1_816, "post", 0),
    ],
)
async def test_every_row_enters(name: str, maps: list[str], rows: int, kind: str, companies: int) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    found = [event async for event in FileSource(str(path), FieldMap.parse(maps)).events(None)]
    posts = [event.post for event in found if isinstance(event, Upsert)]
    assert Counter(post.kind for post in posts) == {kind: rows}
    assert len({post.key for post in posts}) == rows
    assert len({name for post in posts for name in post.entities.mentions}) == companies
