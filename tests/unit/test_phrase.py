"""The language of disclosure rules: what its phrases match, and what wakes them."""

from __future__ import annotations

import re

import pytest

from agents.disclosing.phrase import PhraseError, compile_phrase
from agents.text.canvas import canvas

CLASSES = {"boss": ("boss", "line_manager"), "number": ("two", "three")}
RANK = {word: place for place, word in enumerate(("the", "my", "a", "is", "at", "i", "for"))}


def found(phrase: str, text: str) -> list[str]:
    surface = canvas(text)
    words = surface.replace(".", " ")
    matches = []
    for made in compile_phrase(phrase, CLASSES, RANK):
        match = re.search(made.pattern, surface)
        if match:
            assert any(trigger in words for trigger in made.triggers), (
                "matched, yet nothing would have woken it"
            )
            assert all(any(need in words for need in needs) for needs in made.needs)
            matches.append(text[match.start() : match.end() - 1].strip())
    return matches


@pytest.mark.parametrize(
    ("phrase", "text", "matched"),
    [
        ("my <boss> .. yelled", "Again my line manager just yelled at us", "my line manager just yelled"),
        ("my <boss> .. yelled", "My boss left. He yelled", None),  # a gap never crosses a sentence
        ("NUM hours . week", "60 hours this week", "60 hours this week"),
        ("NUM hours", "three hours", "three hours"),
        ("i worked at the? NAME", "I worked at the BBC", "I worked at the BBC"),
        ("don't listen", "they dont listen", "dont listen"),
        ("don't listen", "they don’t listen", "don’t listen"),
        ("sous-effectif", "En SOUS-EFFECTIF total", "SOUS-EFFECTIF"),
        ("sous-effectif", "en sous effectif", "sous effectif"),
        ("à l'écoute", "managers a l ecoute", "a l ecoute"),
        ("overwork*", "so overworked!", "overworked"),
        ("*iste depuis NUM", "Fleuriste depuis 2003", "Fleuriste depuis 2003"),
        ("^ nurse here", "Hi. Nurse here, no.", "Nurse here"),
        ("^ nurse here", "a nurse here", None),
        ("resigned $", "I resigned.", "resigned"),
        ("resigned $", "I resigned myself", None),
        ("work_life balance", "good work-life balance", "work-life balance"),
        ("pay", "paypal", None),
    ],
)
def test_what_a_phrase_matches(phrase: str, text: str, matched: str | None) -> None:
    assert found(phrase, text) == ([matched] if matched else [])


@pytest.mark.parametrize("phrase", ["", ".. boss", "boss? left", "<unknown> left", "NUM NAME", "a|+"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(phrase, CLASSES, RANK)


def test_the_rarest_slot_wakes_the_phrase() -> None:
    (made,) = compile_phrase("my payslip is", CLASSES, RANK)
    assert made.triggers == (" payslip ",)


def test_plain_words_need_no_pattern() -> None:
    made = compile_phrase("payslip|pay_rise|overwork*", CLASSES, RANK)
    assert [phrase.literal for phrase in made] == [True, True, False]
    assert found("pay_rise", "no pay rise again") == ["pay rise"]
