"""The short way to a post and the careful one come to the same, or the short one says nothing."""

from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.limits import KEY_LIMIT, PLATFORM_LIMIT, SOURCE_LIMIT
from schemas.post import KINDS
from schemas.usual_post import usual_post

CORPUS = Path(__file__).parents[2] / "deploy" / "corpus.jsonl"
times = st.sampled_from(
    [
        "2026-05-28T20:26:40Z", "2026-05-28T22:26:40.123456+02:00", "2026-05-28", "2026-02-30T00:00:00Z",
        "1989-12-31T23:59:59Z", "",
    ]
)  # fmt: skip
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | times
odd = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | words
    | st.lists(words, max_size=2) | st.dictionaries(words, words, max_size=2)
)  # fmt: skip
wholes = st.integers(-1, 10)


def part(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A part of a post with some of its fields, now and then one that is not as it should be."""
    right = st.fixed_dictionaries({}, optional=fields)
    names = st.sampled_from([*fields, "other"])
    return right | st.builds(lambda one, name, value: {**one, name: value}, right, names, odd)


authors = part(
    **dict.fromkeys(["id", "handle", "name", "bio", "declared_employer", "employer_source"], words),
    **dict.fromkeys(["followers", "posts"], wholes),
    verified=st.booleans(),
    created_at=times,
)
lists = st.lists(words, max_size=2)
optional = {
    **dict.fromkeys(["url", "lang", "in_reply_to", "repost_of", "conversation", "supersedes"], words),
    "kind": st.sampled_from([*KINDS, "", "poem"]),
    "fetched_at": times,
    "author": authors,
    "metrics": part(**dict.fromkeys(["likes", "shares", "replies", "views"], wholes), observed_at=times),
    "entities": part(mentions=lists, hashtags=lists, cashtags=lists, urls=lists),
    "rating": st.floats(0, 5) | st.integers(0, 5),
    "visibility": st.sampled_from(["public", "", "followers"]),
    "version": st.sampled_from([1, 2, 0, 2**31 - 1, 2**31]),
    "deleted": st.booleans(),
}
keys = st.sampled_from(["twitter:1", "1", "", f"t:{'1' * (KEY_LIMIT - 2)}", f"t:{'1' * KEY_LIMIT}"])
platforms = st.sampled_from(["twitter", "", "p" * PLATFORM_LIMIT, "p" * (PLATFORM_LIMIT + 1)])
names = st.sampled_from(["test", "", "n" * SOURCE_LIMIT, "n" * (SOURCE_LIMIT + 1)])
sources = st.builds(lambda name, rest: {"name": name, **rest}, names, part(route=words, cursor=words))
required = {"key": keys, "platform": platforms, "text": words, "created_at": times, "source": sources}
whole = st.fixed_dictionaries(required, optional=optional)
documents = whole | st.builds(
    lambda one, name, value: {**one, name: value},
    whole,
    st.sampled_from([*required, *optional, "other"]),
    odd,
)


def careful(document: dict[str, Any]) -> Any:
    try:
        return codec._record(document)
    except codec._Invalid as stop:
        return stop.invalid


@given(documents)
@settings(max_examples=600)
def test_what_the_short_way_finds_the_careful_one_finds(document: dict[str, Any]) -> None:
    short = usual_post(document)
    if short is not None:
        # by how they are written: 1, 1.0 and True are equal
        assert repr(short) == repr(careful(document))


def test_the_short_way_finds_every_ordinary_post() -> None:
    for line in CORPUS.read_bytes().splitlines():
        document = orjson.loads(line)
        if "deleted" in document:
            continue
        assert repr(usual_post(document)) == repr(careful(document))


def test_the_short_way_finds_a_post_that_has_everything() -> None:
    document = {
        "key": "twitter:1", "platform": "twitter", "text": "Très bien", "created_at": "2026-05-28T20:26:40Z",
        "kind": "comment", "fetched_at": "2026-05-28T20:26:41.5Z", "url": "https://x.example",
        "lang": "fr", "in_reply_to": "twitter:0", "repost_of": "twitter:2", "conversation": "twitter:0",
        "rating": 4.0, "version": 3, "supersedes": "twitter:1",
        "source": {"name": "test", "route": "file", "cursor": "7"},
        "author": {
            "id": "7", "handle": "lea", "name": "Léa", "bio": "à Nîmes", "verified": True, "followers": 3,
            "declared_employer": "Nordelle", "employer_source": "bio", "created_at": "2015-01-01T00:00:00Z",
            "posts": 9,
        },
        "metrics": {"likes": 1, "shares": 2, "replies": 3, "views": 4, "observed_at": "2026-05-29T00:00:00Z"},
        "entities": {"mentions": ["a"], "hashtags": ["b"], "cashtags": ["C"], "urls": ["d"]},
    }  # fmt: skip
    short = usual_post(document)
    assert short is not None
    assert short == careful(document)
