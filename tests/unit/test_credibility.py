"""Credibility: the table that the user edits, and what it says of sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.credibility import CLASSES, DAY, CredibilityError, CredibilityTable
from schemas.judged import Role
from schemas.post import Author, Kind, Post, Source

SHIPPED = (Path(__file__).parents[2] / "deploy" / "credibility.toml").read_text("utf-8")
TABLE = CredibilityTable(SHIPPED)
NOW = 1_800_000_000_000


def post(author: Author, platform: str = "twitter", url: str | None = None, kind: Kind = "post") -> Post:
    return Post("x:1", platform, "text", NOW, Source("test"), author=author, url=url, kind=kind)


@pytest.mark.parametrize(
    ("author", "role", "level"),
    [
        (Author(), "amateur", "ordinary"),
        (Author(handle="@LeMondeFR"), "amateur", "serious-information-site"),
        (Author(created_at=NOW - 2 * DAY, posts=400), "amateur", "suspect"),
        (Author(created_at=NOW - 10 * DAY), "amateur", "unproven"),
        (Author(followers=1, posts=2), "amateur", "unproven"),
        (
            Author(followers=1),
            "amateur",
            "ordinary",
        ),  # what a platform does not tell is not held against anyone
        (Author(verified=True), "amateur", "reliable-internet-user"),
        (Author(verified=True, followers=90_000), "professional", "recognised-expert"),
        (Author(created_at=NOW - 900 * DAY, followers=900, posts=900), "amateur", "reliable-internet-user"),
        (Author(), "organisation", "official-account"),
        (Author(declared_employer="Brixtel"), "employee", "reliable-internet-user"),
        (Author(created_at=NOW + DAY, posts=900), "amateur", "suspect"),  # a clock that is off: age 0
    ],
)
def test_classes(author: Author, role: Role, level: str) -> None:
    assert TABLE.credibility(post(author), role).level == level


def test_sites_are_known_by_domain_and_subdomain_only_where_the_post_is_an_article() -> None:
    url = "https://economie.lemonde.fr/a"
    assert (
        TABLE.credibility(post(Author(), "rss", url, "article"), "media").level == "serious-information-site"
    )
    assert TABLE.credibility(post(Author(), "twitter", url), "amateur").level == "ordinary"
    assert (
        TABLE.credibility(post(Author(), "rss", "https://notlemonde.fr/a", "article"), "media").level
        == "ordinary"
    )


def test_weights_are_integers_in_thousandths_with_ordinary_as_the_unit() -> None:
    weights = {level: TABLE._classes[level].weight for level in CLASSES}
    assert weights["ordinary"] == 1_000
    assert weights["suspect"] < weights["unproven"] < 1_000 < weights["reliable-internet-user"]
    assert weights["suspect"] > 0


def test_the_version_changes_with_any_edit_and_with_nothing_else() -> None:
    assert CredibilityTable(SHIPPED + "\n# a comment\n").version == TABLE.version
    assert CredibilityTable(SHIPPED.replace("suspect = 200", "suspect = 201")).version != TABLE.version
    assert CredibilityTable(SHIPPED.replace('"afpfr", ', "")).version != TABLE.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("suspect = 200", "suspect = 0"),
        ("suspect = 200", "suspect = 0.2"),
        ("suspect = 200", ""),
        ('otherwise = "ordinary"', 'otherwise = "saint"'),
        ("age_below = 7", "aeg_below = 7"),
        ("age_below = 7\nposts_per_day_above = 50", ""),
        ("[accounts.youtube]\nserious-information-site", "[accounts.youtube]\nsaint"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(old: str, new: str) -> None:
    assert old in SHIPPED
    with pytest.raises(CredibilityError):
        CredibilityTable(SHIPPED.replace(old, new))


def test_the_shipped_table_holds_french_and_english_media() -> None:
    for domain in ("lesechos.fr", "mediapart.fr", "reuters.com", "bbc.co.uk"):
        article = post(Author(), "rss", f"https://www.{domain}/x", "article")
        assert TABLE.credibility(article, "media").weight == 2_000
