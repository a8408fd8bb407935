"""Any text is either a watchlist or refused with a line for each problem: nothing else escapes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from schemas.watchlist import Watchlist, WatchlistError, parse_watchlist

GOOD = """[[company]]
id = "orange"
name = "Orange"
handles = { twitter = ["orange"] }
domains = ["orange.fr"]

[[person]]
id = "p"
company = "orange"
basis = "consent"
handles = { twitter = ["p"] }
"""
CUT = st.integers(0, len(GOOD))
VALUES = st.sampled_from(
    [
        "3",
        "true",
        "[]",
        "[1]",
        '""',
        '"é"',
        "{}",
        "{ a = 1 }",
        '["", "x"]',
        "1979-05-27",
        "[[",
        "nan",
        '["@a"]',
    ]
)


def check(text: str) -> None:
    problems: tuple[str, ...] = ()
    result: Watchlist | None = None
    try:
        result = parse_watchlist(text, "w.toml")
    except WatchlistError as error:
        problems = error.problems
    assert (result is None) == bool(problems)
    for line in problems:
        found = re.match(r"w\.toml:(\d+): .", line)
        assert found
        assert 1 <= int(found[1]) <= max(1, len(text.splitlines()))


@given(st.text(st.characters()))
def test_any_text(text: str) -> None:
    check(text)


@given(CUT, CUT, st.text(max_size=5))
def test_a_watchlist_cut_and_mended(start: int, end: int, put: str) -> None:
    check(GOOD[:start] + put + GOOD[end:])


@given(st.sampled_from(re.findall(r"(?m)^\w+ = (.*)$", GOOD)), VALUES)
def test_any_value_in_any_place(old: str, new: str) -> None:
    check(GOOD.replace(old, new, 1))


def test_deep_nesting() -> None:
    check("a = " + "[" * 50_000)
