"""Disclosure tags: the protocol's own examples and hard cases, in both languages."""

from __future__ import annotations

import re

import pytest

from agents.disclosing.disclosure import DisclosureTagger, Matches, shipped_rules
from agents.disclosing.explanation import explain
from schemas.judged import Disclosure, Language
from schemas.post import Author, Post, Source

TAGGER = DisclosureTagger(shipped_rules(), lambda said: ["brixtel"] if "brixtel" in said.lower() else [])


def post(text: str, platform: str = "twitter", bio: str | None = None) -> Post:
    return Post("x:1", platform, text, 0, Source("test"), author=Author(bio=bio))


def matches(text: str, *names: str) -> Matches:
    return [
        (name.lower(), [match.span() for match in re.finditer(name, text)]) for name in names if name in text
    ]


def tags(
    text: str, code: str, *names: str, platform: str = "twitter", bio: str | None = None
) -> list[Disclosure]:
    return list(TAGGER.tag(post(text, platform, bio), Language(code, 9_000), matches(text, *names)))


@pytest.mark.parametrize(
    ("code", "text", "kind", "explicit", "within"),
    [
        ("en", "Monday is my first day at Thales", "employer", True, "my first day at Thales"),
        ("fr", "10 ans chez Orange, je pars", "employer", True, "10 ans chez Orange"),
        ("fr", "on migre tout le SI de la Poste ce week-end", "missions", False, "on migre tout le SI"),
        (
            "en",
            "after 8 years of SAP rollouts I can tell you it is the data",
            "expertise",
            True,
            "8 years of SAP rollouts",
        ),
        ("fr", "certifié AWS, dispo pour en parler", "expertise", True, "certifié AWS"),
        (
            "fr",
            "encore 60 h cette semaine, sous-effectif total",
            "working-conditions",
            False,
            "60 h cette semaine",
        ),
        ("en", "My boss is a nightmare", "working-conditions", True, "My boss is a nightmare"),
        ("fr", "Super, encore un dimanche au bureau", "working-conditions", True, "dimanche au bureau"),
        (
            "fr",
            "Dans ma boîte on a droit à 2 jours de télétravail",
            "working-conditions",
            True,
            "2 jours de télétravail",
        ),
        ("fr", "pot de départ de Julie à l'agence", "daily-life", False, "pot de départ de Julie"),
        ("en", "third meeting about meetings today", "daily-life", False, "third meeting about meetings"),
        ("en", "they told us half the site closes in March", "sensitive", False, "half the site closes"),
        ("fr", "on vient de perdre le contrat Renault", "sensitive", False, "perdre le contrat Renault"),
        (
            "fr",
            "J'ai travaillé 5 ans en banque, croyez-moi…",
            "expertise",
            True,
            "J'ai travaillé 5 ans en banque",
        ),
    ],
)
def test_the_protocol_s_examples(code: str, text: str, kind: str, explicit: bool, within: str) -> None:  # noqa: FBT001
    found = {tag.kind: tag for tag in tags(text, code, "Thales", "Orange", "Poste", "Renault")}
    assert kind in found
    tag = found[kind]  # type: ignore[index]
    assert tag.explicit is explicit
    start = text.index(within)
    assert tag.span[0] < start + len(within)
    assert start < tag.span[1], text[tag.span[0] : tag.span[1]]
    assert 5_000 <= tag.confidence <= 9_500


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "I love Orange"),
        ("fr", "Orange embauche 300 personnes"),
        ("en", "I use Excel all day"),
        ("en", "Air France staff on strike again, stuck at CDG"),
        ("fr", "Une heure de queue à La Poste, un seul guichet ouvert"),
        ("en", "my team won 3-0 tonight, what a shift from the keeper"),
        ("fr", "j'ai un exposé à rendre demain et mon groupe n'a rien fait"),
        ("en", "Norvalis to cut 180 jobs, Reuters reports"),
        ("fr", "Norvalis supprime 180 postes, selon Les Échos"),
        ("en", "I would kill to work at Google one day"),
        ("fr", "j'aimerais tellement bosser chez Google"),
        ("en", "a refund after three weeks on hold, never again"),
        ("fr", "Client depuis 15 ans, on me résilie sans explication"),
        ("en", ""),
        ("fr", "😀😀"),
    ],
)
def test_what_is_no_disclosure(code: str, text: str) -> None:
    assert tags(text, code, "Orange", "Air France", "Norvalis", "Google") == []


def test_other_languages_are_left_alone() -> None:
    assert tags("Mein Chef ist ein Albtraum. My boss is a nightmare", "other") == []


def test_an_employer_review_is_working_conditions_and_implicit_unless_the_tie_is_said() -> None:
    (bare,) = tags("flexible hours, poor pay", "en", platform="glassdoor")
    assert (bare.kind, bare.explicit) == ("working-conditions", False)
    (verdict,) = tags("a really rewarding experience", "en", platform="glassdoor")
    assert verdict.kind == "working-conditions"
    assert tags("None at all", "en", platform="glassdoor") == []
    assert tags("a really rewarding experience", "en") == []


def test_at_most_one_tag_a_kind_in_the_order_of_the_kinds() -> None:
    text = "I work at Brixtel, my boss yelled at us, the canteen is closed and they told us to keep quiet"
    kinds = [tag.kind for tag in tags(text, "en", "Brixtel")]
    assert len(kinds) == len(set(kinds)) >= 3
    order = ["employer", "missions", "expertise", "working-conditions", "daily-life", "sensitive"]
    assert kinds == sorted(kinds, key=order.index)


def test_spans_are_code_points_of_the_text() -> None:
    text = "😀😀 « Ça y est » : ma démission est posée !"
    (tag,) = tags(text, "fr")
    assert text[tag.span[0] : tag.span[1]] == "ma démission est posée"


def test_the_company_is_the_named_one_else_the_bio_s_else_none() -> None:
    text = "I work at Thales and Norvalis is our client"
    assert {tag.company for tag in tags(text, "en", "Thales", "Norvalis") if tag.kind == "employer"} == {
        "thales"
    }
    (own,) = tags("My boss is a nightmare", "en", bio="dev at Brixtel")
    assert own.company == "brixtel"
    (none,) = tags("My boss is a nightmare", "en", bio="coffee lover")
    assert none.company is None


def test_a_benefit_told_by_a_customer_is_not_laid_at_the_insurer_s_door() -> None:
    text = "Mutuelle imposée par mon entreprise, remboursements très lents chez Alliance"
    (tag,) = tags(text, "fr", "Alliance")
    assert (tag.kind, tag.company) == ("working-conditions", None)


def test_a_bio_makes_a_tie_but_no_disclosure() -> None:
    assert tags("That film was terrible", "en", bio="dev @Brixtel") == []
    bio = "nurse, Brixtel clinics"
    assert [tag.kind for tag in tags("No break since 6am, again", "en", bio=bio)] == ["working-conditions"]


def test_an_explanation_names_rules_and_what_was_lacking() -> None:
    text = "my novel, its deadline and a cat"
    told = explain(TAGGER, post(text), Language("en", 9_000), [])
    (kind,) = told.kinds
    assert kind.disclosure is None
    assert kind.evidence
    assert kind.evidence[0].passage in text
    assert any("points of evidence" in reason for reason in kind.lacking)
    assert any("tie" in reason for reason in kind.lacking), kind.lacking
    tagged = explain(TAGGER, post("My boss is a nightmare"), Language("en", 9_000), []).kinds
    assert any(kind.disclosure is not None and kind.lacking == () for kind in tagged)
