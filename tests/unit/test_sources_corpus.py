"""The sample corpus is what its generator writes, and what its card says."""

import importlib.util
from collections import Counter
from pathlib import Path

from schemas.codec import decode_post, encode_post
from schemas.post import Deletion, Post
from schemas.watchlist import parse_watchlist
from streams.sources.times import moment

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "deploy" / "corpus.jsonl"


def records() -> list[Post | Deletion]:
    found = [decode_post(line) for line in CORPUS.read_bytes().splitlines()]
    clean = [record for record in found if isinstance(record, Post | Deletion)]
    assert len(clean) == len(found)
    return clean


def test_the_generator_writes_the_same_bytes_again() -> None:
    spec = importlib.util.spec_from_file_location("make_corpus", ROOT / "tests" / "corpus" / "make_corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.corpus() == CORPUS.read_bytes()


def test_it_holds_what_the_card_says() -> None:
    lines = CORPUS.read_bytes().splitlines()
    found = records()
    assert 2_500 <= len(found) <= 4_000
    assert sum(map(len, lines)) < 1_500_000
    assert [encode_post(record) for record in found] == lines
    posts = [record for record in found if isinstance(record, Post)]
    assert {post.source.name for post in posts} == {"vigie-sample"}
    assert {post.kind for post in posts} == {
        "post",
        "comment",
        "repost",
        "quote",
        "review",
        "article",
        "video",
    }
    assert len({post.platform for post in posts}) == 13
    first, last = moment("2026-11-02T08:00:00Z"), moment("2026-11-02T16:00:00Z")
    assert first is not None
    assert last is not None
    assert all(first <= post.created_at < last for post in posts)
    assert sum(post.version == 2 for post in posts) > 20
    assert sum(isinstance(record, Deletion) for record in found) > 20
    said = {post.key for post in posts}
    answered = {key for post in posts for key in (post.in_reply_to, post.repost_of) if key is not None}
    assert answered <= said


def test_the_dip_is_telvane_s_outage() -> None:
    start, end = moment("2026-11-02T13:00:00Z"), moment("2026-11-02T14:30:00Z")
    assert start is not None
    assert end is not None
    by_half_hour = Counter(
        (post.created_at - start) // 1_800_000
        for post in records()
        if isinstance(post, Post) and "telvane" in post.text.lower()
    )
    inside = [by_half_hour[index] for index in range(3)]
    outside = [by_half_hour[index] for index in range(-10, 0)]
    assert min(inside) > 1.5 * max(outside)


def test_every_company_of_its_watchlist_is_named() -> None:
    text = (ROOT / "deploy" / "corpus-watchlist.toml").read_text(encoding="utf-8")
    companies = parse_watchlist(text, "corpus-watchlist.toml").companies
    texts = [record.text.lower() for record in records() if isinstance(record, Post)]
    for company in companies:
        assert sum(company.name.lower() in text for text in texts) > 80, company.id
    assert len(companies) == 6
