"""What the codec refuses, each reason by examples, and what it takes."""

from collections.abc import Callable

import orjson
import pytest

from schemas.codec import decode_post
from schemas.limits import RECORD_LIMIT, TEXT_LIMIT
from schemas.post import Deletion, Post
from schemas.reject import REASONS, Invalid

GOOD = {
    "key": "twitter:1", "platform": "twitter", "text": "Très bien", "created_at": "2026-05-28T20:26:40Z",
    "source": {"name": "test"},
}  # fmt: skip


def changed(**fields: object) -> bytes:
    return orjson.dumps({**GOOD, **fields})


def without(name: str) -> bytes:
    return orjson.dumps({key: value for key, value in GOOD.items() if key != name})


def nested(depth: int) -> bytes:
    return orjson.dumps(GOOD)[:-1] + b',"more":' + b"[" * depth + b"]" * depth + b"}"


CASES: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing", lambda: b"", "not-json"),
    ("not json", lambda: b"{not json", "not-json"),
    ("trailing bytes", lambda: orjson.dumps(GOOD) + b"}", "not-json"),
    ("NaN", lambda: changed(rating=0)[:-1].replace(b'"rating":0', b'"rating":NaN') + b"}", "not-json"),
    ("invalid UTF-8", lambda: changed(text="x").replace(b'"x"', b'"\xff\xfe"'), "not-utf8"),
    ("overlong UTF-8", lambda: changed(text="x").replace(b'"x"', b'"\xc0\x80"'), "not-utf8"),
    ("raw surrogate", lambda: changed(text="x").replace(b'"x"', b'"\xed\xa0\x80"'), "not-utf8"),
    ("escaped lone surrogate", lambda: changed(text="x").replace(b'"x"', b'"\\ud800"'), "not-utf8"),
    ("deep nesting", lambda: nested(100_000), "too-deep"),
    ("10 MB text", lambda: changed(text="é" * 5_000_000), "too-large"),
    ("a text over the limit", lambda: changed(text="a" * (TEXT_LIMIT + 1)), "too-large"),
    ("an endless key", lambda: changed(key="twitter:" + "1" * 600), "too-large"),
    ("a list", lambda: b"[]", "not-an-object"),
    ("a number", lambda: b"7", "not-an-object"),
    ("null", lambda: b"null", "not-an-object"),
    *[(f"no {name}", lambda name=name: without(name), "missing-field") for name in GOOD],
    ("no name of the source", lambda: changed(source={}), "missing-field"),
    ("text as a number", lambda: changed(text=7), "wrong-type"),
    ("text as a list", lambda: changed(text=["a"]), "wrong-type"),
    ("author as text", lambda: changed(author="me"), "wrong-type"),
    ("followers as text", lambda: changed(author={"followers": "many"}), "wrong-type"),
    ("a truth value as a count", lambda: changed(metrics={"likes": True}), "wrong-type"),
    ("hashtags as numbers", lambda: changed(entities={"hashtags": [1]}), "wrong-type"),
    ("rating as text", lambda: changed(rating="5"), "wrong-type"),
    ("time as a number", lambda: changed(created_at=1_780_000_000), "wrong-type"),
    ("version as a fraction", lambda: changed(version=1.5), "wrong-type"),
    ("version 0", lambda: changed(version=0), "bad-value"),
    ("an endless version", lambda: changed(version=2**31), "bad-value"),
    ("an unknown kind", lambda: changed(kind="poem"), "bad-value"),
    ("an empty key", lambda: changed(key=""), "bad-value"),
    ("a key without platform", lambda: changed(key="1"), "bad-value"),
    ("year 0", lambda: changed(created_at="0000-01-01T00:00:00Z"), "bad-time"),
    ("year 1", lambda: changed(created_at="0001-01-01T00:00:00+14:00"), "bad-time"),
    ("year 9999", lambda: changed(created_at="9999-12-31T23:59:59-14:00"), "bad-time"),
    ("no zone", lambda: changed(created_at="2026-05-28T20:26:40"), "bad-time"),
    ("a date alone", lambda: changed(created_at="2026-05-28"), "bad-time"),
    ("30 February", lambda: changed(created_at="2026-02-30T00:00:00Z"), "bad-time"),
    ("private", lambda: changed(visibility="followers"), "not-public"),
]


@pytest.mark.parametrize(("raw", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_it_is_refused_with_its_reason(raw: Callable[[], bytes], reason: str) -> None:
    found = decode_post(raw())
    assert isinstance(found, Invalid)
    assert found.reason == reason
    assert len(found.detail) < 300


def test_every_reason_of_the_codec_has_an_example() -> None:
    found_later = {"future", "unjudged", "unopened"}  # by `judge`, see test_steps.py and test_vault.py
    assert {reason for _, _, reason in CASES} == set(REASONS) - found_later


def test_nesting_that_a_post_may_have_is_no_fault() -> None:
    assert isinstance(decode_post(nested(200)), Post)


def test_the_limits_themselves_are_within() -> None:
    found = decode_post(changed(text="a" * TEXT_LIMIT))
    assert isinstance(found, Post)
    assert isinstance(decode_post(changed().rjust(RECORD_LIMIT)), Post)
    assert isinstance(decode_post(changed().rjust(RECORD_LIMIT + 1)), Invalid)


def test_numbers_beyond_a_double_do_not_come_in_as_infinity() -> None:
    found = decode_post(changed(rating=1).replace(b'"rating":1', b'"rating":1e999'))
    assert isinstance(found, Invalid)


def test_a_deletion_needs_key_and_time_alone() -> None:
    raw = b'{"key":"twitter:1","deleted":true,"at":"2026-05-28T20:26:40Z"}'
    assert decode_post(raw) == Deletion("twitter:1", 1_780_000_000_000)
    assert isinstance(decode_post(b'{"key":"twitter:1","deleted":true}'), Invalid)


def test_unknown_fields_are_let_through_unread() -> None:
    assert decode_post(changed(colour="blue", author={"shoe": 42})) == decode_post(changed())
