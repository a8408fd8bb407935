"""Company match: tiers of evidence, boundaries, spans."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.naming.companies import CompanyMatcher, Match
from schemas.post import Entities, Kind, Post, Source
from schemas.watchlist import Company, Person, Watchlist

ORANGE = Company(
    id="orange",
    name="Orange",
    aliases=("Orange SA", "Sosh"),
    handles={"twitter": ("orange", "Orange_conseil"), "facebook": ("OrangeFrance",)},
    domains=("orange.fr",),
    tickers=("ORA",),
    ambiguous=("orange",),
    context=("fibre", "forfait", "service client"),
    not_context=("jus", "Orange County"),
)
OTHERS = (
    Company("loreal", "L'Oréal", ("L'Oréal Paris",), domains=("loreal.com",)),
    Company("air-france", "Air France"),
    Company("canal-plus", "Canal+"),
    Company("att", "AT&T", tickers=("T",)),
    Company("apple", "苹果", ("Weiß",)),
    Company("orange-bank", "Orange Bank"),
)
MATCHER = CompanyMatcher(
    Watchlist((ORANGE, *OTHERS), (Person("ceo", "orange", "consent", {"twitter": ("boss",)}),))
)


def post(text: str, platform: str = "twitter", entities: Entities | None = None, kind: Kind = "post") -> Post:
    return Post(
        f"{platform}:1", platform, text, 0, Source("test"), kind=kind, entities=entities or Entities()
    )


def match(
    text: str, platform: str = "twitter", entities: Entities | None = None, kind: Kind = "post"
) -> list[Match]:
    return list(MATCHER.match(post(text, platform, entities, kind)))


def read(text: str, platform: str = "twitter") -> list[tuple[str, str, str]]:
    """(company, evidence, the text of the strongest span)."""
    return [(m.company, m.evidence, text[slice(*m.span)] if m.span else "") for m in match(text, platform)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Merci @orange !", ("orange", "handle", "@orange")),
        (".@Orange_Conseil bonjour", ("orange", "handle", "@Orange_Conseil")),
        ("voir https://boutique.orange.fr/mobile", ("orange", "domain", "orange.fr")),
        ("$ORA +2 %", ("orange", "cashtag", "$ORA")),
        ("Sosh, encore en panne", ("orange", "alias", "Sosh")),
        ("j'adore L’ORÉAL", ("loreal", "alias", "L’ORÉAL")),
        ("chez loreal.com", ("loreal", "domain", "loreal.com")),
        ("vol d'Air France", ("air-france", "alias", "Air France")),
        ("honte ! #BoycottAirFrance2026", ("air-france", "hashtag", "#BoycottAirFrance2026")),
        ("#AirFrance en retard", ("air-france", "hashtag", "#AirFrance")),
        ("Air\u00a0France's crew", ("air-france", "alias", "Air\u00a0France")),
        ("sur Canal+.", ("canal-plus", "alias", "Canal+")),
        ("my AT&T bill", ("att", "alias", "AT&T")),
        ("我喜欢苹果手机", ("apple", "alias", "苹果")),
        ("WEISS ist gut", ("apple", "alias", "WEISS")),
        ("L'Ore\u0301al, cœur", ("loreal", "alias", "L'Ore\u0301al")),
        ("ma fibre Orange en panne", ("orange", "context", "Orange")),
        ("ex-Sosh depuis 2 ans", ("orange", "alias", "Sosh")),
    ],
)
def test_a_form_is_found_with_its_evidence_and_its_span(text: str, expected: tuple[str, str, str]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "une orange pour la fibre",  # casing
        "Orange, quelle belle journée",  # no context
        "jus Orange, fibre et vitamines",  # veto
        "Orange County news: fibre is here",  # a phrase that is not the company
        "fibre Orange-Rouge",  # hyphen
        "fibreorange",
        "écrire à moi@orange.fr",
        "notorange.fr orange.fr.example.org my-orange.fr",
        "canal et AT T et air.france",
        "@orangeade @orange_fan me@orange",
        "#orangesanguine #FibreOrange #Airfrancestrike #SoshisBack",
        "$ORAX US$ORA",
        "Soshi Airs Frances",
    ],
)
def test_what_only_looks_like_a_form_is_left(text: str) -> None:
    assert read(text) == []


def test_another_tier_settles_ambiguous_forms_but_not_in_another_casing() -> None:
    text = "@orange le jus de Orange : une orange"
    (found,) = match(text)
    assert [text[slice(*span)] for span in found.spans] == ["@orange", "Orange"]
    assert (found.evidence, found.confidence) == ("handle", 9_900)


def test_a_longer_name_hides_the_shorter_within_it() -> None:
    assert read("le forfait fibre d'Orange Bank") == [("orange-bank", "alias", "Orange Bank")]


def test_a_handle_is_of_its_platform_and_weaker_elsewhere() -> None:
    assert match("@OrangeFrance", "facebook")[0].confidence == 9_900
    assert match("@OrangeFrance", "twitter")[0].confidence == 7_000
    assert match("@orange", "x")[0].confidence == 9_900
    assert match("@orange", "facebook") == []  # an everyday word, and not this platform's account
    assert match("@orange", "csv")[0].confidence == 9_900  # a platform without accounts of its own


def test_entities_count_and_need_no_span() -> None:
    entities = Entities(
        mentions=("orange",), urls=("https://www.loreal.com/x?y",), cashtags=("t",), hashtags=("airfrance",)
    )
    found = match("rien", entities=entities)
    assert [(m.company, m.evidence, m.span) for m in found] == [
        ("air-france", "hashtag", None),
        ("att", "cashtag", None),
        ("loreal", "domain", None),
        ("orange", "handle", None),
    ]
    assert match("@orange", entities=entities)[-1].span == (0, 7)


def test_a_review_is_about_the_company_it_is_filed_under() -> None:
    assert match("Très déçu", "trustpilot", Entities(mentions=("Orange",)))[0].evidence == "handle"
    assert (
        match("Très déçu", "csv", Entities(mentions=("air france",)), kind="review")[0].company
        == "air-france"
    )
    assert match("Très déçu", "facebook", Entities(mentions=("Orange",))) == []


def test_matches_are_sorted_and_one_a_company() -> None:
    found = match("Sosh, Air France, L'Oréal, Sosh, @orange")
    assert [m.company for m in found] == ["air-france", "loreal", "orange"]
    assert len(found[2].spans) == 3


def test_persons_are_found_by_account_alone() -> None:
    assert MATCHER.match_persons(post("merci @Boss.")) == ("ceo",)
    assert MATCHER.match_persons(post("merci @Boss", "facebook")) == ()
    assert MATCHER.match_persons(post("boss")) == ()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.facebook.com/OrangeFrance/posts/12?comment_id=3", ["orange"]),
        ("https://www.facebook.com/orangefrance/videos/9", ["orange"]),
        ("https://www.facebook.com/OrangeFrance", []),  # the page itself is no thread
        ("https://www.facebook.com/somebody/posts/12", []),
        ("https://www.facebook.com/somebody/OrangeFrance/12", []),
        ("OrangeFrance/posts/12", []),
        (None, []),
    ],
)
def test_under_the_page_of_a_company_its_ambiguous_name_is_its_own(url: str | None, found: list[str]) -> None:
    comment = replace(post("Rien à voir avec Orange ?", "facebook", kind="comment"), url=url)
    assert [match.company for match in MATCHER.match(comment)] == found


def test_a_page_alone_names_no_company() -> None:
    page = "https://www.facebook.com/OrangeFrance/posts/12"
    assert MATCHER.match(replace(post("Quelqu'un a la réponse ?", "facebook"), url=page)) == ()
