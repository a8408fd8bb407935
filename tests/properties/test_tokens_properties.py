"""Tokens of any string: right places, nothing lost, linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.text.tokens import tokenize
from agents.text.words import END, WordTable

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
POST_TEXT = st.text(
    st.sampled_from("aeéİßﬁœ\u200b'’-_.,:;!?()@#$%/0123 \n\t👍🏽\u200d\ufe0f🇫🇷e\u0301\ud800lLqu"),
    max_size=120,
)


@given(st.one_of(ANY_TEXT, POST_TEXT))
def test_places_are_exact(text: str) -> None:
    tokens = tokenize(text)
    assert len(tokens.surface) == len(tokens.folded) == len(tokens.starts) == len(tokens.ends) == len(tokens)
    assert [text[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)] == tokens.surface
    edges = [edge for place in zip(tokens.starts, tokens.ends, strict=True) for edge in place]
    assert edges == sorted(edges)
    assert all(s < e for s, e in zip(tokens.starts, tokens.ends, strict=True))


@given(st.one_of(ANY_TEXT, POST_TEXT))
def test_only_space_and_inner_hyphens_are_left_out(text: str) -> None:
    tokens = tokenize(text)
    kept = "".join(tokens.surface).replace("-", "")
    assert kept == "".join(text.split()).replace("-", "")
    assert not any(character.isspace() for token in tokens.surface for character in token)


@given(st.lists(st.one_of(ANY_TEXT, POST_TEXT), max_size=4))
def test_a_table_reads_what_tokens_say(texts: list[str]) -> None:
    table = WordTable()
    words = table.read(texts)
    assert [[table.surface[row] for row in rows] for rows in words.posts()] == [
        tokenize(text).surface for text in texts
    ]
    assert [[table.folded[row] for row in rows] for rows in words.posts()] == [
        tokenize(text).folded for text in texts
    ]
    assert words.rows.tolist() == words.flat
    assert words.sizes.tolist() == [len(tokenize(text)) + 1 for text in texts]
    assert words.flat.count(END) == len(words) == len(texts)
    assert list(table.of(map(tokenize, texts)).posts()) == list(words.posts())
    assert list(words.only(range(len(texts))).posts()) == list(words.posts())


@given(st.one_of(ANY_TEXT, POST_TEXT), st.one_of(ANY_TEXT, POST_TEXT))
def test_a_line_reads_the_same_wherever_it_stands(first: str, second: str) -> None:
    joined = tokenize(f"{first}\n{second}")
    assert joined.folded == tokenize(first).folded + tokenize(second).folded


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "a-",
        "@a.",
        "a@",
        "l'",
        ":)",
        "👨\u200d",
        "e\u0301",
        "www.",
        "1,",
        "((",
        "\ud800",
        "a'",
        "-",
        "$a",
    ],
)
def test_time_is_linear(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (20_000, 100_000))
    times = [min(_spent(text) for _ in range(3)) for text in (short, long)]
    # Five times the text: a quadratic reading would take twenty-five times as long.
    assert times[1] < 14 * times[0] + 0.05


def _spent(text: str) -> float:
    """The process's own time, for the machine has others to serve."""
    started = time.process_time()
    tokenize(text)
    return time.process_time() - started
