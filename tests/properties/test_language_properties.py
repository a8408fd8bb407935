"""Identification of any string: total, bounded, and the same however posts are grouped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worded import TABLE, words

from agents.language import LanguageIdentifier
from agents.text import words as word_tables

IDENTIFIER = LanguageIdentifier()
WORDS = st.sampled_from(
    ["le", "the", "und", "pas", "not", "été", "ÉTÉ", "@a", "#b", "👍", "\ud800", "日本", "l'", "İ"]
)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=()), max_size=80), st.lists(WORDS).map(" ".join))
SAID = st.sampled_from([None, "", "fr", "EN", "en-US", "es", "xx", "und"])


@given(st.lists(st.tuples(TEXTS, SAID), max_size=8))
def test_a_batch_is_its_posts_one_by_one(posts: list[tuple[str, str | None]]) -> None:
    together = IDENTIFIER.identify_many(words(*(text for text, _ in posts)), [word for _, word in posts])
    assert together == [IDENTIFIER.identify(words(text), word) for text, word in posts]
    assert all(found.code in {"fr", "en", "other"} and 0 <= found.confidence <= 10_000 for found in together)


def test_forgetting_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"voici le mot {word} encore" for word in ("alpha", "bravo", "charlie", "delta")] * 2
    expected = [IDENTIFIER.identify(words(text)) for text in texts]
    monkeypatch.setattr(word_tables, "MOST_KEPT", 3)
    before = TABLE.era
    assert [IDENTIFIER.identify(words(text)) for text in texts] == expected
    assert TABLE.era > before + 6


def test_a_huge_post() -> None:
    assert IDENTIFIER.identify(words("le chat est là " * 7_000)).code == "fr"
    assert IDENTIFIER.identify(words("x" * 100_000)).confidence <= 10_000
