"""What is remembered of words stays bounded, and forgetting changes no answer."""

from __future__ import annotations

import pytest

from agents.disclosing import gate
from agents.disclosing.disclosure import shipped_rules
from agents.text import words
from agents.text.marks import Marks
from agents.text.signature import Signer
from agents.text.tokens import tokenize
from agents.text.words import WordTable

TEXTS = [f"Écoeuré, ma chef n{n}x a crié au bureau #équipe{n} sooo{n} mal, été {n}" for n in range(300)]


def test_words_and_canonical_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [(tokenize(text).folded, Signer().canonical(WordTable().read([text]))) for text in TEXTS]
    monkeypatch.setattr(words, "MOST_KEPT", 20)
    table, signer = WordTable(), Signer()
    for text, wanted in zip(TEXTS, expected, strict=True):
        read = table.read([text])
        (rows,) = read.posts()
        assert ([table.folded[row] for row in rows], signer.canonical(read)) == wanted
        assert len(table.surface) <= 20 + len(rows)
    assert table.era > 50


def test_monstrous_words_make_a_table_forget() -> None:
    table = WordTable()
    for n in range(80):
        table.read([f"{n}" + "éa" * 30_000])
    assert sum(map(len, table.surface)) <= words.MOST_CHARACTERS + 60_001
    assert sum(map(len, table.spelt)) <= words.MOST_CHARACTERS + 60_001
    assert table.era > 1


def test_pieces_are_forgotten_without_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_KEPT", 20)
    table = WordTable()
    marks = Marks(lambda pieces: [piece.isupper() | piece.isdigit() << 1 for piece in pieces])
    for n in range(200):
        text = f"a{'!' * (n % 7)}b{'?' * (n % 5)} {'A' if n % 2 else 'd'} {n % 3 or 'e'}"
        assert marks.of(table.read([text, "", "d"])) == [n % 2 | (n % 3 > 0) << 1, 0, 0]
        assert len(table.spelt) <= 20 + 4
    assert table.piece_era > table.era == 1


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
