"""What is remembered of words stays bounded, and forgetting changes no answer."""

from __future__ import annotations

import pytest

from agents.disclosing import gate
from agents.disclosing.disclosure import shipped_rules
from agents.text import signature, tokens
from agents.text.signature import canonical
from agents.text.tokens import tokenize

TEXTS = [f"Écoeuré, ma chef n{n}x a crié au bureau #équipe{n} sooo{n} mal, été {n}" for n in range(300)]


def test_tokens_and_canonical_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [(tokenize(text).folded, canonical(tokenize(text))) for text in TEXTS]
    monkeypatch.setattr(tokens, "_MOST_KEPT", 20)
    monkeypatch.setattr(signature, "_MOST_KEPT", 20)
    tokens._FOLDED.clear()
    signature._CANONICAL.clear()
    for text, wanted in zip(TEXTS, expected, strict=True):
        found = tokenize(text)
        assert (found.folded, canonical(found)) == wanted
        assert len(tokens._FOLDED) <= 20
        assert len(signature._CANONICAL) <= 20


def test_a_monstrous_word_is_not_kept() -> None:
    before = set(tokens._FOLDED), set(signature._CANONICAL)
    canonical(tokenize("éa" * 3_000))
    assert (set(tokens._FOLDED), set(signature._CANONICAL)) == before


def test_the_gate_of_disclosure_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    (book,) = (book for book in shipped_rules().values() if book.language == "fr")
    expected = [book.surface(text).awake for text in TEXTS]
    assert any(map(any, expected))
    monkeypatch.setattr(gate, "MOST_KEPT", 20)
    book._gate._words.clear()
    for text, wanted in zip(TEXTS, expected, strict=True):
        assert book.surface(text).awake == wanted
        assert len(book._gate._words) <= 20
    book.surface("x" * 5_000)
    assert max(map(len, book._gate._words)) < 100


def test_a_long_text_wakes_what_its_sentences_wake() -> None:
    (book,) = (book for book in shipped_rules().values() if book.language == "en")
    far = "It was a fine day for all of us there. " * 10
    apart = f"My boss. {far} He yelled."
    together = f"{far} My boss yelled. {far}"
    hits = [book.kinds.find(book.surface(text), lambda _start, _end: False) for text in (apart, together)]
    yelled = [
        [hit for hit in found if "yelled" in text[hit.start : hit.end]]
        for found, text in zip(hits, (apart, together), strict=True)
    ]
    assert not yelled[0]
    assert [together[hit.start : hit.end] for hit in yelled[1]] == ["My boss yelled"]
