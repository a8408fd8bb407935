"""Identification of any string: total, bounded, and the same however posts are grouped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import language
from agents.language import LanguageIdentifier
from agents.text.tokens import tokenize

IDENTIFIER = LanguageIdentifier()
WORDS = st.sampled_from(
    ["le", "the", "und", "pas", "not", "été", "ÉTÉ", "@a", "#b", "👍", "\ud800", "日本", "l'", "İ"]
)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=()), max_size=80), st.lists(WORDS).map(" ".join))
SAID = st.sampled_from([None, "", "fr", "EN", "en-US", "es", "xx", "und"])


@given(st.lists(st.tuples(TEXTS, SAID), max_size=8))
def test_a_batch_is_its_posts_one_by_one(posts: list[tuple[str, str | None]]) -> None:
    tokens, said = [tokenize(text) for text, _ in posts], [word for _, word in posts]
    together = IDENTIFIER.identify_many(tokens, said)
    assert together == [IDENTIFIER.identify(t, w) for t, w in zip(tokens, said, strict=True)]
    assert all(found.code in {"fr", "en", "other"} and 0 <= found.confidence <= 10_000 for found in together)


def test_forgetting_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_CACHED_WORDS", 3)
    small = LanguageIdentifier()
    texts = [tokenize(f"voici le mot {word} encore") for word in ("alpha", "bravo", "charlie", "delta")] * 2
    assert [small.identify(t) for t in texts] == [IDENTIFIER.identify(t) for t in texts]
    assert len(small._words) <= 3 + 5


def test_a_huge_post() -> None:
    assert IDENTIFIER.identify(tokenize("le chat est là " * 7_000)).code == "fr"
    assert IDENTIFIER.identify(tokenize("x" * 100_000)).confidence <= 10_000
