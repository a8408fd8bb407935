"""Every mapping is total: a payload with anything anywhere gives outcomes, never an exception."""

import copy
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from payloads import leaves

from schemas.codec import decode_post, encode_post
from schemas.post import AuthorDeletion, Deletion, Post, Source
from schemas.reject import Invalid
from streams.sources.mapping import Map
from streams.sources.opening import DOCUMENTS, LINES

TWINS = Path(__file__).parents[1] / "fixtures"
ORIGIN = Source("test")
FILES = [
    ("x-api", "x/stream.jsonl"),
    ("x-archive", "x/tweets.js"),
    ("facebook-export", "facebook/your_posts_1.json"),
    ("facebook-export", "facebook/comments.json"),
    ("viadeo", "viadeo/newsfeed.json"),
    ("youtube", "youtube/threads.json"),
    ("jetstream", "bluesky/events.jsonl"),
    ("hackernews", "hackernews/items.jsonl"),
    ("mastodon", "mastodon/events.jsonl"),
    ("telegram", "telegram/updates.json"),
    ("reddit", "reddit/listing.json"),
    ("facebook", "facebook/graph.json"),
    ("facebook-webhook", "facebook/webhook.json"),
    ("linkedin-webhook", "linkedin/notifications.json"),
    ("linkedin", "linkedin/posts.json"),
    ("feed", "rss/press.xml"),
    ("feed", "rss/atom.xml"),
    ("linkedin-shares", "linkedin/Shares.csv"),
    ("linkedin-comments", "linkedin/Comments.csv"),
    ("employer-reviews", "employer-reviews/reviews.csv"),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def twins(form: str, name: str) -> tuple[list[Any], Map]:
    file = TWINS / name
    if form in DOCUMENTS:
        return DOCUMENTS[form].items(file.read_bytes()), DOCUMENTS[form].mapping(file)
    if name.endswith(".csv"):
        return list(csv.DictReader(file.read_text("utf-8").splitlines(keepends=True))), LINES[form][0]
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()], LINES[form][0]


@pytest.mark.parametrize(("form", "name"), FILES)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_payload_with_anything_anywhere_gives_outcomes(form: str, name: str, data: st.DataObject) -> None:
    items, mapping = twins(form, name)
    payload = copy.deepcopy(data.draw(st.sampled_from(items)))
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(list(leaves(payload))))
        cut = data.draw(st.integers(1, len(way))) if way else 0
        place = payload
        for step in way[: cut - 1]:
            place = place[step]
        if way:
            place[way[cut - 1]] = data.draw(ANYTHING)
    if not isinstance(payload, dict):
        return
    for outcome in mapping(payload, ORIGIN):
        assert isinstance(outcome, Post | Deletion | AuthorDeletion | Invalid)
        if isinstance(outcome, Post | Deletion):
            assert decode_post(encode_post(outcome)) == outcome
