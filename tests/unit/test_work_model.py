"""The trained models of work talk: packed integers equal the plain sum, fields weigh, tables are checked."""

from __future__ import annotations

import io

import numpy as np
import pytest
from worded import words as read_words

from agents.disclosing.fields import Fields
from agents.disclosing.register_of_work import Said, WorkTalk, shipped_talk
from agents.disclosing.work_hashes import ANY, COLUMNS, HashedModel, is_private, shipped_first_look
from agents.disclosing.work_words import MOST, Words, WorkModel
from agents.feeling.sentiment import shipped_models
from agents.text.canvas import spaced
from agents.text.weights import Adder, PostReader
from schemas.judged import DISCLOSURE_KINDS, Language, Role

FIELDS = Fields('[fields]\nplace = "ward staff_room"\ntime = "nights"\nI = "i my"\nsport = "coach"\n')
HEAD = "columns\tmissions\tsensitive\nbias\t-10\t5\nunit\t1000\t3000\n"


def words(text: str) -> Words:
    return Words(text, spaced(text))


def points(model: WorkModel, text: str) -> tuple[int, ...]:
    read = words(text)
    tally = model.tally(read)
    found = model.points(tally, read)
    assert found[0] == model.first(tally, read)
    return found


def test_the_packed_sum_is_the_plain_sum() -> None:
    model = WorkModel(HEAD + "ward\t10\t-20\nshift\t-5\t2047\nward shift\t-2047\t7\n", FIELDS)
    # three features of four different words: each weight counts half
    assert points(model, "ward shift ward a b") == (
        -10 + (10 - 5 - 2047) * 1_000 // 2_000,
        5 + (-20 + 2047 + 7) * 3_000 // 2_000,
    )


def test_a_field_two_fields_and_a_mark_weigh_whatever_the_length() -> None:
    table = HEAD + "[place]\t100\t0\n[place] [time]\t30\t1\n[?]\t4\t0\n[work 2]\t1000\t0\n[nobody]\t0\t-500\n"
    model = WorkModel(table, FIELDS)
    assert points(model, "the ward at nights?") == (-10 + 100 + 30 + 4 + 1000, 5 + 1 - 500)
    assert points(model, "my ward at nights " + "la " * 100) == (-10 + 100 + 30 + 1000, 5 + 1)
    assert points(model, "staff, my room") == (-10, 5)
    assert points(model, "Staff-room i") == (-10 + 100, 5)


def test_no_words_give_the_bias_and_what_is_known_of_none() -> None:
    assert points(WorkModel(HEAD, FIELDS), " ") == (-10, 5)


def test_a_long_text_does_not_overflow_a_column() -> None:
    names = [f"w{n}" for n in range(3_000)]
    model = WorkModel(HEAD + "".join(f"{name}\t2047\t-2047\n" for name in names), FIELDS)
    length = 54_772  # a thousandth of the root of 3,000
    assert points(model, " ".join(names)) == (
        -10 + 3_000 * 2_047 * 1_000 // length,
        5 + -3_000 * 2_047 * 3_000 // length,
    )
    with pytest.raises(ValueError, match="at most"):
        WorkModel(HEAD + "".join(f"x{n}\t1\t1\n" for n in range(MOST + 1)), FIELDS)


def test_what_speaks_for_a_kind_is_told_with_the_word_of_a_field() -> None:
    model = WorkModel(HEAD + "client\t20\t0\nsun\t-9\t0\n[place]\t35\t0\n", FIELDS)
    assert model.shares(words("client sun ward rain"), "missions") == (("[place] ward", 35), ("client", 10))


def test_the_passage_is_the_sentence_that_speaks_most() -> None:
    model = WorkModel(HEAD + "client\t20\t0\n[place]\t35\t0\n", FIELDS)
    said = Said(WorkTalk(FIELDS, model, model), "Sun. On the ward. A client!")
    assert said.passage("missions", ()) == (5, 16)
    assert said.passage("missions", [(160, (0, 3))]) == (0, 3)
    assert said.passage("missions", [(60, (0, 3))]) == (0, 16)  # the neighbour speaks at least half as much
    assert Said(None, "Sun. Rain").passage("missions", ()) == (0, 3)


@pytest.mark.parametrize("table", ["", "bias\t1\n", HEAD + "ward\t1\n", "unit\t1\nbias\t1\n"])
def test_a_table_that_is_none_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="work model"):
        WorkModel(table, FIELDS)


@pytest.mark.parametrize("code", ["en", "fr"])
def test_both_languages_have_models(code: str) -> None:
    talk = shipped_talk(code)
    assert talk is not None
    assert talk.work.columns == ("any", *DISCLOSURE_KINDS)
    said = Said(talk, "work")
    assert set(said.evidence) == {*DISCLOSURE_KINDS, "any"}
    assert set(said.speaker) == {*Role.__args__, "explicit"}
    assert shipped_talk("de") is None


def test_both_looks_have_the_same_say_and_a_settled_matter_is_not_looked_at_again() -> None:
    model = WorkModel("columns\tany\tmissions\nbias\t-10\t6\nunit\t1\t1\n", FIELDS)
    talk = WorkTalk(FIELDS, model, WorkModel("columns\temployee\nbias\t40\nunit\t1\n", FIELDS))
    look = [30, 0, 8, *range(100, 112)]
    both = Said(talk, "Sun", look)
    assert both.whole == (30 - 10) // 2
    assert both.evidence == {"any": 10, "missions": 7}
    assert both.speaker == {"employee": (look[COLUMNS.index("employee")] + 40) // 2}
    settled = Said(talk, "Sun", [-500, 0, 8, *range(100, 112)])
    assert settled.whole == -500
    assert settled.evidence == dict(zip(COLUMNS[:7], (-500, 0, 8, 100, 101, 102, 103), strict=True))
    assert settled.speaker["explicit"] == 111
    assert settled.shares("missions") == ()


@pytest.mark.parametrize("code", ["en", "fr"])
def test_a_first_look_is_the_same_alone_and_in_the_pass_of_sentiment(code: str) -> None:
    look = shipped_first_look()
    texts = ["I work nights at the plant", "je bosse de nuit à l'usine", "quel beau temps", "", "lovely day"]
    languages = [Language(code, 9_000)] * len(texts)
    reader = PostReader({code: [shipped_models()[code].weights, look.models[code].weights]})
    found = look.at_all(reader.read(read_words(*texts), languages), len(texts), model=1)
    assert found == [look.at(text, code) for text in texts]
    assert [len(row) for row in found] == [len(COLUMNS), len(COLUMNS), len(COLUMNS), 0, len(COLUMNS)]
    at_work, sunny = (0, 4) if code == "en" else (1, 2)
    assert found[at_work][COLUMNS.index(ANY)] > found[sunny][COLUMNS.index(ANY)]
    assert look.at("work", "de") == []


def test_no_private_word_weighs_in_a_first_look() -> None:
    model = shipped_first_look().models["en"]
    adder = Adder("en", [model.weights])
    batch, _ = adder.cells(read_words("cancer prison pregnant religion union nurse"))
    silent = [not adder._words[row].any() for row in batch.words.tolist()]
    assert silent == [True, True, True, True, True, False, False]  # the last: the mark that closes the post
    assert is_private("#depression")


def test_no_pair_with_a_private_word_weighs_in_a_first_look() -> None:
    adder = Adder("en", [shipped_models()["en"].weights, shipped_first_look().models["en"].weights])
    batch, cells = adder.cells(read_words("my union chose", "nurse in prison"))
    alone = adder._words[batch.words, batch.negated]
    weighs = [
        bool((row != 0).any()) for row in (cells - alone)[:, 6:]
    ]  # the pair of each token with the one before
    #                 my    union  chose  END   nurse in    prison END
    assert weighs == [True, False, False, True, True, True, False, False]
    assert (
        ((cells - alone)[[1, 2, 6, 7], :6] != 0).any(axis=1).all()
    )  # to sentiment they are words like others


def test_a_hashed_model_of_another_shape_is_refused() -> None:
    file = io.BytesIO()
    np.savez(file, buckets=np.zeros((4, 2), dtype=np.int8), scale=np.zeros(2), bias=np.zeros(2))
    with pytest.raises(ValueError, match="buckets"):
        HashedModel(file.getvalue())
