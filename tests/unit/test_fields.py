"""Semantic fields: single words and words in a row, several fields for one, what a model may weigh in them."""

from __future__ import annotations

import pytest

from agents.disclosing.fields import Fields, FieldsError, read_fields
from agents.disclosing.work_words import Words, WorkModel

FIELDS = Fields(
    '[fields]\nplace = "ward back_of_house salle_d\'attente"\nkit = "till ward"\nI = "i"\nhome = "kids"\n'
)
MODEL = WorkModel("columns\tx\nbias\t0\nunit\t1\n", FIELDS)


def of(text: str) -> list[str]:
    return FIELDS.held(MODEL.tally(Words(text, text)).fields)


def test_words_and_words_in_a_row_are_found() -> None:
    assert of("i was back of house") == ["place", "I"]
    assert of("the ward") == ["place", "kit"]
    assert of("la salle d attente") == ["place"]
    assert of("back of the house") == []


def test_what_may_be_weighed() -> None:
    bits = MODEL.tally(Words("i ward kids", "i ward kids")).fields
    assert FIELDS.signs(bits) == [
        "[place]", "[kit]", "[I]", "[home]", "[place] [kit]", "[place] [I]", "[place] [home]", "[kit] [I]",
        "[kit] [home]", "[I] [home]", "[work 2]", "[apart 1]",
    ]  # fmt: skip
    assert FIELDS.signs(0) == ["[work 0]", "[apart 0]", "[nobody]"]


def test_the_words_of_a_field_are_told() -> None:
    assert list(FIELDS.entries(["my", "ward", "is", "back", "of", "house"], "place")) == [
        "ward",
        "back of house",
    ]


@pytest.mark.parametrize("toml", ["", "[fields]\n", '[fields]\nplace = ["ward"]\n'])
def test_a_file_without_fields_is_refused(toml: str) -> None:
    with pytest.raises(FieldsError):
        read_fields(toml)
