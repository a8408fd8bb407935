"""Marking, hiding and cutting a post's text; words, numbers and times in two languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.judged import DISCLOSURE_KINDS, LABELS, ROLES
from schemas.post import KINDS, Author, Entities, Post, Source
from schemas.reputation import WINDOWS
from streams.pages.curves import around, curve
from streams.pages.marking import HEAD, HIDDEN, WHOLE, pieces
from streams.pages.rendering import weblink
from streams.pages.words import LANGUAGES, Words, preferred, texts

PAGES = Path(__file__).parents[2] / "streams" / "pages"


def post(text: str, **fields: object) -> Post:
    return Post(key="x:1", platform="x", text=text, created_at=0, source=Source("made"), **fields)  # type: ignore[arg-type]


def shown(found: Post, *spans: tuple[str, bool, int, int]) -> str:
    return "".join(piece.text for piece in pieces(found, spans, {"orange"}))


@given(
    st.text(max_size=60),
    st.lists(
        st.tuples(st.sampled_from(DISCLOSURE_KINDS), st.booleans(), st.integers(0, 70), st.integers(0, 70))
    ),
)
def test_pieces_put_together_are_the_text_and_marks_cover_their_spans(
    text: str, spans: list[tuple[str, bool, int, int]]
) -> None:
    found = pieces(post(text), spans, {"orange"})
    if not any(piece.hidden for piece in found):
        assert "".join(piece.text for piece in found) == text
        for kind, explicit, low, high in spans:
            marked = "".join(piece.text for piece in found if (kind, explicit) in piece.marks)
            wanted = text[low:high]
            assert not wanted or wanted in marked or marked.count(wanted[:1])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("merci @jeanne_d et @Orange !", f"merci @{HIDDEN} et @Orange !"),
        ("see @a.b@mastodon.example.", f"see @{HIDDEN}."),
        ("write to jo.doe+x@mail.example now", f"write to {HIDDEN} now"),
        ("au 06 12 34 56 78 ou +33612345678.", f"au {HIDDEN} ou {HIDDEN}."),
        ("https://reseau.example/jeanne/1 vu", "https://reseau.example/… vu"),
        ("Jeanne Dupont, de DUPONT-SA", f"{HIDDEN}, de DUPONT-SA"),
        ("in 2026-11-02 13:00 there were 1 234 567 of 12", "in 2026-11-02 13:00 there were 1 234 567 of 12"),
    ],
)
def test_whoever_is_named_in_a_text_is_hidden_but_for_the_watched(text: str, says: str) -> None:
    author = Author(handle="jd_75", name="Jeanne Dupont")
    assert shown(post(text, author=author, entities=Entities(mentions=("Orange",)))) == says


def test_a_span_that_begins_within_a_name_shows_nothing_of_it() -> None:
    found = pieces(post("dit @jeanne_dupont au bureau"), [("employer", True, 9, 28)], ())
    assert "".join(piece.text for piece in found) == f"dit @{HIDDEN} au bureau"


def test_a_long_text_is_cut_but_for_its_beginning_and_its_marks() -> None:
    text = "a" * 50_000 + "ici" + "b" * 50_000
    found = pieces(post(text), [("sensitive", False, 50_000, 50_003)], ())
    assert sum(len(piece.text) for piece in found) < WHOLE
    assert found[0].text == "a" * HEAD
    assert [piece.text for piece in found if piece.marks] == ["ici"]
    assert sum(piece.cut for piece in found) == 2


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?y=1", True), ("http://a.example", True), ("javascript:alert(1)", False),
        ("data:text/html,x", False), ("//a.example/x", False), (" https://a.example", False), ("https://", False),
        ("https://a.example/\nx", False), ("https://[", False), (None, False),
    ],
)  # fmt: skip
def test_only_web_addresses_are_linked(url: str | None, link: bool) -> None:  # noqa: FBT001 - a table
    assert (weblink(url) is not None) == link


def test_every_text_is_there_in_both_languages_with_the_same_gaps() -> None:
    for key, words in texts().items():
        assert set(words) == set(LANGUAGES), key
        gaps = [set(re.findall(r"\{(\w+)\}", words[language])) for language in LANGUAGES]
        assert gaps[0] == gaps[1], key


def test_templates_use_texts_that_exist() -> None:
    known = texts()
    for template in (PAGES / "templates").glob("*.html"):
        for key in re.findall(r"\bt\(\"([a-z0-9.\-]+)\"[,)]", template.read_text("utf-8")):
            assert key in known, f"{template.name}: {key}"


def test_closed_lists_have_names() -> None:
    listed = {
        "label": (*LABELS, "unscored"), "role": ROLES, "disclosed": DISCLOSURE_KINDS, "posted": KINDS,
        "window": WINDOWS, "short": WINDOWS, "mode": ("explicit", "implicit"), "spoken": ("fr", "en", "other"),
    }  # fmt: skip
    for group, values in listed.items():
        assert {f"{group}.{value}" for value in values} <= texts().keys()


def test_numbers_and_times_are_written_as_each_language_does() -> None:
    english, french = Words("en"), Words("fr")
    assert (english.whole(12_345), french.whole(12_345)) == ("12,345", "12 345")
    assert (english.decimal(-1.25, 2), french.decimal(-1.25, 2)) == ("−1.25", "−1,25")
    assert (english.instant(1_793_620_800_000), french.instant(1_793_620_800_000)) == (
        "2 Nov 2026, 12:00 UTC", "2 nov. 2026, 12:00 UTC",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "language"),
    [("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("en-GB,fr;q=0.9", "en"), ("de,fr;q=0.2,en;q=0.1", "fr"), ("", "en"),
     ("fr;q=0,en;q=0.1", "en"), ("fr;q=x", "en"), ("*", "en")],
)  # fmt: skip
def test_the_language_is_the_one_that_is_preferred(header: str, language: str) -> None:
    assert preferred(header) == language


def test_a_curve_breaks_where_nothing_was_published_and_leaves_out_what_is_unsure() -> None:
    hour = 3_600_000
    points = [(at * hour, 5_000, 4_000, 6_000, at != 2) for at in (0, 1, 2, 3, 20, 21)]
    drawn = curve(points, 100, 50)
    assert drawn is not None
    assert drawn.line.count("M") == 3
    assert drawn.band.count("M") == 2
    assert drawn.last == (100.0, 25.0)
    assert around(points) == (40, 60)
    assert curve([], 100, 50) is None
