"""Whatever a record of posts.v1 says of a box, opening it gives a post, what is left of one, or a reason."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.post import Author, Post, Source
from schemas.reject import Invalid
from schemas.sealed import Gone, Sealed, decode_record
from streams.sealing.keys import KeyStore
from streams.sealing.vault import Vault

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
posts = st.builds(
    Post,
    key=st.builds("{}:{}".format, st.sampled_from(["twitter", "bluesky"]), words),
    platform=words,
    text=words,
    created_at=st.integers(1_500_000_000_000, 1_900_000_000_000),
    source=st.builds(Source, words),
    author=st.builds(Author, id=st.none() | words, handle=st.none() | words, name=st.none() | words),
    in_reply_to=st.none() | words,
    version=st.integers(1, 2**31 - 1),
)
odd = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | words | st.lists(words, max_size=2) | st.sampled_from(["2026-05-28T20:26:40Z", "twitter:1", "author", ""])
)  # fmt: skip


@pytest.fixture(scope="module")
def vault() -> Iterator[Vault]:
    with tempfile.TemporaryDirectory() as place:
        store = KeyStore(Path(place) / "keys.sqlite")
        made = Vault(store)
        made.records([Post("twitter:0", "twitter", "", 1_500_000_000_000, Source("t"))])
        yield made
        store.close()


@given(posts)
def test_a_post_comes_out_of_its_box_as_it_went_in(vault: Vault, post: Post) -> None:
    ((key, raw),) = (found for found in vault.records([post]) if found)
    opened = vault.post(raw)
    assert opened is not None
    assert (opened.key, opened.text, opened.author, opened.version) == (
        key,
        post.text,
        post.author,
        post.version,
    )


@given(
    posts,
    st.dictionaries(st.sampled_from(["key", "platform", "kind", "created_at", "version"]), odd),
    odd,
    odd,
)
def test_a_record_that_only_looks_sealed_harms_nobody(
    vault: Vault, post: Post, changes: dict[str, object], by: object, box: object
) -> None:
    ((_, raw),) = (found for found in vault.records([post]) if found)
    whole = orjson.loads(raw)
    for sealed in (whole["sealed"], {"by": by, "box": box}, {**whole["sealed"], "by": by}, by):
        found = decode_record(orjson.dumps({**whole, **changes, "sealed": sealed}))
        if isinstance(found, Sealed):
            assert all(isinstance(one, Post | Gone | Invalid) for one in vault.open([found]))
        else:
            assert isinstance(found, Invalid)
