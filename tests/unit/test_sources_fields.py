"""Rows of any CSV or JSONL become posts."""

import pytest

from schemas.post import Deletion, Post, Source
from schemas.reject import Invalid
from streams.sources.fields import FieldMap, FieldMapError, map_row
from streams.sources.times import moment

ORIGIN = Source("file", "posts.csv", "2")
NOON = 1_790_164_800_000  # 2026-09-23T12:00:00Z


def test_common_names_are_guessed() -> None:
    row = {"ID": "7", "Body": "Très déçue.", "Date": "2026-09-23T12:00:00Z", "User": "lea_b", "likes": "3"}
    post = map_row(row, FieldMap(), ORIGIN)
    assert isinstance(post, Post)
    assert (post.key, post.text, post.created_at) == ("file:7", "Très déçue.", NOON)
    assert (post.author.handle, post.metrics.likes, post.kind) == ("lea_b", 3, "post")


def test_a_map_outranks_guesses_and_constants_need_no_column() -> None:
    fields = FieldMap.parse(["text=words", "platform==twitter", "author.handle=who.name", "kind==comment"])
    row = {"text": "no", "words": "yes", "id": 9, "date": "2026-09-23 12:00", "who": {"name": "ana"}}
    post = map_row(row, fields, ORIGIN)
    assert isinstance(post, Post)
    assert (post.key, post.text, post.author.handle, post.kind) == ("twitter:9", "yes", "ana", "comment")


def test_a_rating_makes_a_review_of_the_company_named() -> None:
    row = {
        "id": "r1",
        "date": "2026-09-23",
        "avis": "Remboursé vite",
        "note": "4,5",
        "entreprise": "Mutuelle Orme",
    }
    post = map_row(row, FieldMap(), ORIGIN)
    assert isinstance(post, Post)
    assert (post.kind, post.rating, post.entities.mentions) == ("review", 4.5, ("Mutuelle Orme",))


def test_a_row_without_an_id_has_the_same_key_each_time_and_another_than_its_neighbour() -> None:
    row = {"text": "bonjour", "date": "2026-09-23"}
    first, again = (map_row(row, FieldMap(), origin) for origin in (ORIGIN, Source("file", "b.csv", "5")))
    other = map_row({**row, "text": "bonsoir"}, FieldMap(), ORIGIN)
    assert isinstance(first, Post)
    assert isinstance(again, Post)
    assert isinstance(other, Post)
    assert first.key == again.key != other.key


def test_guessed_rubbish_is_left_out_but_mapped_rubbish_is_refused() -> None:
    row = {"text": "ok", "date": "2026-09-23", "likes": "many"}
    post = map_row(row, FieldMap(), ORIGIN)
    assert isinstance(post, Post)
    assert post.metrics.likes is None
    assert map_row(row, FieldMap.parse(["metrics.likes=likes"]), ORIGIN) == Invalid(
        "bad-value", "metrics.likes: 'many'"
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "x"}, "missing-field"),
        ({"date": "2026-09-23"}, "missing-field"),
        ({"text": "x", "date": "soon"}, "bad-time"),
        ({"text": "x", "date": "0000-01-01"}, "bad-time"),
        ({"text": "x", "date": "2026-09-23", "visibility": "friends"}, "not-public"),
        ({"text": "x\ud800", "date": "2026-09-23"}, "not-utf8"),
    ],
)
def test_what_cannot_be_a_post_says_why(row: dict[str, str], reason: str) -> None:
    outcome = map_row(row, FieldMap(), ORIGIN)
    assert isinstance(outcome, Invalid)
    assert outcome.reason == reason


def test_a_deleted_row_is_a_deletion() -> None:
    row = {"id": "7", "deleted": True, "date": "2026-09-23T12:00:00Z"}
    assert map_row(row, FieldMap.parse(["platform==twitter"]), ORIGIN) == Deletion("twitter:7", NOON)


def test_a_date_form_is_the_only_one_tried() -> None:
    fields = FieldMap.parse(["created_at=jour@%d/%m/%Y"])
    post = map_row({"text": "x", "jour": "03/02/2026"}, fields, ORIGIN)
    assert isinstance(post, Post)
    assert post.created_at == moment("2026-02-03")
    assert isinstance(map_row({"text": "x", "jour": "2026-02-03"}, fields, ORIGIN), Invalid)


@pytest.mark.parametrize("spec", ["text", "text=", "words=text", "=text", "text=="])
def test_a_map_that_says_nothing_is_refused(spec: str) -> None:
    with pytest.raises(FieldMapError):
        FieldMap.parse([spec])


@pytest.mark.parametrize(
    "value",
    [
        "2026-09-23T12:00:00Z", "2026-09-23T14:00:00+02:00", "2026-09-23 12:00:00 UTC",
        "2026-09-23 07:00:00 -0500",
        "Wed, 23 Sep 2026 12:00:00 GMT", "Wed, 23 Sep 2026 14:00:00 +0200",
        "Wed Sep 23 12:00:00 +0000 2026",
        NOON, NOON // 1000, str(NOON), str(NOON // 1000), float(NOON // 1000), NOON * 1000,
        "2026-09-23T12:00:00.000Z",
    ],
)  # fmt: skip
def test_every_form_of_a_date_is_the_same_instant(value: object) -> None:
    assert moment(value) == NOON


@pytest.mark.parametrize(
    "value", ["", "9999-12-31", "1969-07-20", None, True, float("nan"), "NaN", 1e300, "1e5", {}, "23/09"]
)
def test_no_instant_is_none(value: object) -> None:
    assert moment(value) is None
