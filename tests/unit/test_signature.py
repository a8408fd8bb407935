"""Near-duplicate signatures."""

from __future__ import annotations

import pytest
from worded import words

from agents.text.signature import Signer

SIGNER = Signer()


def signature(text: str) -> str | None:
    return SIGNER.sign(words(text))[0]


BASE = "Les salariés de Brixtel en ont assez des heures sup"


@pytest.mark.parametrize(
    "variant",
    [
        "RT @someone: Les salariés de Brixtel en ont assez des heures sup",
        "LES SALARIES DE BRIXTEL EN ONT ASSEZ DES HEURES SUP !!!",
        "Les salariés de Brixtel en ont assez des heures sup https://t.co/abc",
        "@ana @bob Les salariés de Brixtel, en ont assez des heures sup 😡 #brixtel #marre",
        "Les salariés de Brixtel en ont asseeeez des heures sup via @journal",
        "Les 300 salariés de Brixtel en ont assez des heures sup (2/3)",
    ],
)
def test_the_same_words_share_a_signature(variant: str) -> None:
    assert signature(variant) == signature(BASE)


def test_other_words_do_not() -> None:
    assert signature(BASE) != signature("Les salariés de Brixtel en ont assez des heures")
    assert signature("we lost the account") != signature("the account we lost")


@pytest.mark.parametrize("text", ["", "ok", "so true", "@a @b https://x.y #tag", "12 34 56 78", "😀😀😀"])
def test_too_little_to_compare_is_none(text: str) -> None:
    assert signature(text) is None


def test_a_hashtag_within_the_sentence_is_a_word() -> None:
    assert signature("I love #Brixtel so much") == signature("I love Brixtel so much")
