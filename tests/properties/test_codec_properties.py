"""The codec is total: any bytes are a record or a reason, and what was a record is one again after encoding."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import decode_post, encode_post
from schemas.instants import instant, rfc3339
from schemas.post import PostRecord
from schemas.reject import REASONS, Invalid, encode_reject, reject_of

NAMES = (
    "key", "platform", "kind", "text", "created_at", "fetched_at", "url", "lang", "author", "in_reply_to", "repost_of",
    "conversation", "metrics", "rating", "entities", "visibility", "version", "supersedes", "source", "deleted", "at",
    "id", "handle", "verified", "followers", "likes", "observed_at", "mentions", "hashtags", "name", "route", "cursor",
)  # fmt: skip
WORDS = (
    "twitter:1",
    "twitter",
    "2026-05-28T20:26:40Z",
    "2026-05-28T22:26:40.123456+02:00",
    "public",
    "review",
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(WORDS)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)
loose = st.dictionaries(st.sampled_from(NAMES), values, max_size=14)
near = st.builds(
    lambda start, rest: {**start, **rest},
    st.just(
        {
            "key": "twitter:1",
            "platform": "twitter",
            "text": "Été à Nîmes",
            "created_at": WORDS[2],
            "source": {"name": "t"},
        }
    ),
    st.dictionaries(st.sampled_from(NAMES), values, max_size=3),
)


withdrawn = st.builds(
    lambda start, rest: {**start, **rest},
    st.just(
        {
            "key": "twitter:@7", "platform": "twitter", "kind": "author", "deleted": True, "at": WORDS[2],
            "author": {"id": "7"},
        }
    ),
    st.dictionaries(st.sampled_from(("author", "platform", "at", "key")), values, max_size=1),
)  # fmt: skip


def check(raw: bytes) -> PostRecord | Invalid:
    found = decode_post(raw)
    if isinstance(found, Invalid):
        assert found.reason in REASONS
        assert found.detail
        assert orjson.loads(encode_reject(reject_of(raw, found, topic="t", partition=0, offset=1, at=2)))
    else:
        wire = encode_post(found)
        assert decode_post(wire) == found
        assert encode_post(found) == wire
    return found


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    check(raw)


@given(near | loose | withdrawn)
@settings(max_examples=400)
def test_any_json_that_looks_like_a_post(document: dict[str, object]) -> None:
    check(orjson.dumps(document))


@given(near, st.integers(0, 400), st.binary(max_size=3))
def test_a_post_with_bytes_struck_over(document: dict[str, object], at: int, noise: bytes) -> None:
    raw = orjson.dumps(document)
    check(raw[:at] + noise + raw[at + len(noise) :])


@given(st.integers(631_152_000_000, 4_102_444_799_999))
def test_instants_are_written_and_read_exactly(at: int) -> None:
    assert instant(rfc3339(at)) == at
