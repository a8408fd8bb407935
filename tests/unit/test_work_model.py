"""The trained model of work talk: packed integers equal the plain sum, bounds hold, tables are checked."""

from __future__ import annotations

import pytest

from agents.disclosing.register_of_work import CEILING, FLOOR, MOST, WorkModel, shipped_model
from schemas.judged import DISCLOSURE_KINDS

HEAD = "bias\t-10\t-5\t0\t5\t10\t15\nunit\t1000\t1000\t1000\t1000\t2000\t3000\n"


def test_the_packed_sum_is_the_plain_sum() -> None:
    model = WorkModel(HEAD + "ward\t10\t-20\t30\t-127\t127\t0\nshift\t-5\t5\t0\t127\t-127\t2\n")
    # two known words of four different ones: each weight counts half
    assert model.evidence("ward shift ward a b") == {
        "employer": max(FLOOR, -10 + 5 * 1000 // 2000),
        "missions": max(FLOOR, -5 + -15 * 1000 // 2000),
        "expertise": 30 * 1000 // 2000,
        "working-conditions": 5,
        "daily-life": 10,
        "sensitive": 15 + 2 * 3000 // 2000,
    }


def test_evidence_stays_within_its_bounds_and_no_words_give_none() -> None:
    model = WorkModel(HEAD + "yes" + "\t127" * 6 + "\nno" + "\t-127" * 6 + "\n")
    assert set(model.evidence("yes").values()) == {CEILING}
    assert set(model.evidence("no").values()) == {FLOOR}
    assert model.evidence("  ") == {}


def test_a_long_text_does_not_overflow_a_field() -> None:
    words = [f"w{n}" for n in range(MOST)]
    model = WorkModel(HEAD + "".join(f"{word}" + "\t127" * 6 + "\n" for word in words))
    assert set(model.evidence(" ".join(words)).values()) == {CEILING}
    with pytest.raises(ValueError, match="at most"):
        WorkModel(HEAD + "".join(f"x{n}" + "\t1" * 6 + "\n" for n in range(MOST + 1)))


def test_the_words_that_speak_for_a_kind_are_told() -> None:
    model = WorkModel(HEAD + "ward\t0\t9\t0\t0\t0\t0\nclient\t0\t20\t0\t0\t0\t0\nsun\t0\t-9\t0\t0\t0\t0\n")
    assert model.shares("client sun ward", "missions") == (("client", 20), ("ward", 9))


@pytest.mark.parametrize("table", ["", "bias\t1\n", HEAD + "ward\t1\n", "unit\t1\nbias\t1\n"])
def test_a_table_that_is_none_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="work model"):
        WorkModel(table)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_both_languages_have_a_model(code: str) -> None:
    model = shipped_model(code)
    assert model is not None
    assert set(model.evidence("work")) == set(DISCLOSURE_KINDS)
    assert shipped_model("de") is None
