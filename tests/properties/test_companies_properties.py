"""Company match on any text: no crash, no wrong span, the same answer whatever the order of the watchlist."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.naming.companies import CompanyMatcher
from agents.text.folding import Folded, fold
from schemas.post import Entities, Post, Source
from schemas.watchlist import Company, Watchlist
from streams.watchlist.reading import load_watchlist

COMPANIES = (
    Company(
        "orange",
        "Orange",
        domains=("orange.fr",),
        tickers=("ORA",),
        ambiguous=("orange",),
        context=("fibre",),
    ),
    Company("loreal", "L'Oréal", handles={"twitter": ("Loreal",)}, aliases=("Œuvre & Co",)),
    Company("canal", "Canal+", aliases=("苹果", "Weiß")),
    Company("air-france", "Air France", aliases=("ﬁn İstanbul",)),
    Company("block", "Block", ambiguous=("block",), not_context=("Block party",)),
)


def run_together(text: str) -> str:
    """Letters and digits as they fold, as a hashtag has them; between Han letters folding puts spaces."""
    return "".join(filter(str.isalnum, fold(text)))


MATCHER = CompanyMatcher(Watchlist(COMPANIES))
FORMS = {
    fold(form)
    for company in COMPANIES
    for form in (
        company.name,
        *company.aliases,
        *company.domains,
        *company.tickers,
        *company.handles.get("twitter", ()),
    )
}
TAGS = {run_together(form) for c in COMPANIES for form in (c.name, *c.aliases)}
PIECES = [
    "Orange", "orange.fr", "L’Oréal", "L'Ore\u0301al", "#AirFrance", "Air\u00a0France", "Canal+", "苹果",
    "#GrèveAirFrance", "WEISS", "œuvre & co", "$ORA", "@loreal", "ﬁn İstanbul", "chez ", "fibre", "Block",
    "Block party",
    "https://www.", "\ud800", "\u200d", "\u0301", "👩‍👩‍👧", "ß", "-", ".", "'", "@", "#", " ", "\n",
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(st.characters()),  # lone surrogates included
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(), max_size=3))).map("".join),
)
PLAIN = ["L'Oréal", "Canal+", "Weiß", "Air France", "苹果", "Œuvre & Co"]


def post(text: str, platform: str = "twitter", entities: Entities | None = None) -> Post:
    return Post("p:1", platform, text, 0, Source("test"), entities=entities or Entities())


@given(ANY_TEXT, st.sampled_from(["twitter", "facebook", "file"]))
@example("#苹果", "twitter")
def test_each_span_holds_a_known_form(text: str, platform: str) -> None:
    for match in MATCHER.match(post(text, platform)):
        assert match.span in match.spans
        for start, end in match.spans:
            assert 0 <= start < end <= len(text)
            written = fold(text[start:end])
            assert (
                written in FORMS
                or (written[0] in "@$" and written[1:] in FORMS)
                or (written[0] == "#" and any(tag in run_together(written) for tag in TAGS))
            )


@given(
    ANY_TEXT,
    ANY_TEXT,
    st.sampled_from(PLAIN),
    st.sampled_from([" ", "\n", ", ", " « ", "!", "🍊", "(", "\u202f"]),
)
def test_a_name_between_separators_is_found_where_it_stands(
    before: str, after: str, name: str, apart: str
) -> None:
    text = f"{before} {apart}{name}{apart} {after}"
    start = len(before) + 1 + len(apart)
    spans = [span for match in MATCHER.match(post(text)) for span in match.spans]
    assert (start, start + len(name)) in spans


@given(ANY_TEXT)
@example("0\u2f00")  # a radical that decomposes to a letter of a script without spaces
@example("a\u337fa")  # a square that decomposes to four
def test_folding_keeps_every_place(text: str) -> None:
    folded = Folded(text)
    assert (
        folded.data.decode()
        == f" {''.join(fold(f'a{c}a')[1:-1] for c in text)} ".encode("utf-8", "replace").decode()
    )
    places = [folded.place(index) for index in range(len(text) + 1)]
    assert places == sorted(places)
    assert fold(fold(text)).split() == fold(text).split()


@given(ANY_TEXT, st.permutations(COMPANIES))
def test_the_order_of_the_watchlist_does_not_matter(text: str, companies: list[Company]) -> None:
    assert CompanyMatcher(Watchlist(tuple(companies))).match(post(text)) == MATCHER.match(post(text))


@given(st.lists(st.text(st.characters(), max_size=30), max_size=4))
def test_any_entities_are_read(marks: list[str]) -> None:
    entities = Entities(tuple(marks), tuple(marks), tuple(marks), tuple(marks))
    for match in MATCHER.match(post("", "trustpilot", entities)):
        assert match.span is None
        assert match.spans == ()


@pytest.mark.parametrize(
    "piece",
    ["Orange ", "chez Orange, ", "@orange ", "#Orange", "Block party ", "Orange-", "a.orange.fr",
     "http://Orange", "www.orange", "œOrange ", "é\u0301", "苹果", "Apple and Google or Orange, ", "l'",
     "\ud800", "orange.", "@"],
)  # fmt: skip
def test_time_is_linear_in_the_length(piece: str) -> None:
    matcher = CompanyMatcher(load_watchlist())

    def seconds(length: int) -> float:
        long = post((piece * length)[:length])
        best = 1e9
        for _ in range(3):
            begin = time.process_time()
            matcher.match(long)
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(100_000) < 40 * max(seconds(10_000), 1e-3)  # quadratic would be 100
