"""No tag or inference of a person's health, politics, religion, union, sexual life or crime."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.resources import files
from typing import get_args

import pytest

from agents.disclosing.disclosure import DisclosureTagger, shipped_rules
from agents.disclosing.fields import read_fields
from agents.disclosing.register_of_work import Said, shipped_talk
from agents.disclosing.speaker import Profile, SpeakerProfiler
from agents.disclosing.weighing import THRESHOLD
from schemas.judged import Disclosure, DisclosureKind, Language, Role
from schemas.post import Post, Source

TAGGER = DisclosureTagger(shipped_rules())
SENSITIVE = (
    "union", "syndicat", "cgt", "religio", "church", "muslim", "catholi", "politic", "health", "cancer",
    "depress",
    "gay", "lesb", "hiv", "crim", "convict", "séropositif", "enceinte", "pregnan",
)  # fmt: skip


def kinds(text: str, code: str) -> set[str]:
    post = Post("x:1", "twitter", text, 0, Source("test"))
    return {tag.kind for tag in TAGGER.tag(post, Language(code, 9_000), [])}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("fr", "Je suis délégué CGT chez Brixtel"),
        ("en", "I'm a union rep at Brixtel"),
        ("fr", "Élu CFDT au CSE de Brixtel depuis 2019"),
    ],
)
def test_a_union_role_gives_at_most_what_it_tells_of_the_company(code: str, text: str) -> None:
    post = Post("x:1", "twitter", text, 0, Source("test"))
    reading = TAGGER.read(post, Language(code, 9_000), [])
    assert {tag.kind for tag in reading.disclosures} <= {"employer", "working-conditions"}
    profile = SpeakerProfiler().profile(post, reading, [])
    assert profile.role in get_args(Role)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "I was diagnosed with depression last year"),
        ("fr", "En burn-out depuis janvier, je ne dors plus"),
        ("en", "We go to church every Sunday"),
        ("fr", "Je suis gay et fier"),
        ("fr", "J'ai voté à gauche toute ma vie"),
        ("en", "I spent two years in prison"),
        ("fr", "J'ai passé trois ans en prison"),
        ("en", "bullied by my neighbour for being gay"),
        ("en", "my patient husband prays with me every night"),
        ("fr", "mon mari est malade depuis deux ans"),
        ("en", "I've been a believer for ten years"),
        ("fr", "J'ai fait toute ma vie le ramadan"),
        ("en", "my boyfriend got arrested on Monday"),
        ("fr", "ma femme est enceinte de huit mois"),
    ],
)
def test_what_concerns_only_the_person_is_not_tagged(code: str, text: str) -> None:
    assert kinds(text, code) == set()


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize("name", ["work", "role"])
def test_the_trained_models_have_no_weight_on_such_a_word(name: str, code: str) -> None:
    table = files("agents").joinpath("models", f"{name}_{code}.tsv").read_text("utf-8")
    words = [word for line in table.splitlines()[3:] for word in line.split("\t")[0].split(" ")]
    assert len(words) > 1_000
    assert not [word for word in words if word.startswith(SENSITIVE)]


@pytest.mark.parametrize("code", ["en", "fr"])
def test_no_semantic_field_has_such_a_word(code: str) -> None:
    _, entries = read_fields(files("agents").joinpath("lexicons", f"fields_{code}.toml").read_text("utf-8"))
    assert not [word for entry in entries for word in entry if word.startswith(SENSITIVE)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "short staffed again on the ward tonight, two of us on"),
        ("fr", "sous-effectif cette nuit au service, on est deux"),
    ],
)
def test_no_model_decides_where_private_things_are_said(code: str, text: str) -> None:
    talk = shipped_talk(code)
    said = Said(talk, text)
    assert not said.private
    assert said.whole > 0
    private = {"en": " and I was diagnosed with cancer", "fr": " et je suis malade"}[code]
    assert Said(talk, text + private).private


@pytest.mark.parametrize(
    "private",
    [
        "cancer",
        "#cancer",
        "can\u00adcer",
        "_prison_",
        "union rep",
        "religious",
        "transgender",
        "casier judiciaire",
    ],
)
def test_a_tag_of_the_models_alone_does_not_stand_beside_a_private_word(private: str) -> None:
    text = "filed from a corridor at 4.57 standing up, copy desk already in my ear"
    post, english = Post("x:1", "twitter", text, 0, Source("test")), Language("en", 9_000)
    read = TAGGER.read(post, english, [])
    assert read.disclosures
    assert not any(hit.rule.weight >= THRESHOLD for hit in read.hits)
    beside = Post("x:1", "twitter", f"{text} {private}", 0, Source("test"))
    assert not TAGGER.tag(beside, english, [])


def test_no_kind_role_or_field_could_hold_such_a_thing() -> None:
    held = [*get_args(DisclosureKind), *get_args(Role)]
    held += [field.name for record in (Disclosure, Profile) for field in fields(record)]
    assert not [name for name in held for word in SENSITIVE if word in name]
    # a disclosure is offsets, never words of the post
    assert {field.name for field in fields(Disclosure)} == {
        "kind",
        "explicit",
        "span",
        "confidence",
        "company",
    }


def test_no_rule_of_a_kind_looks_for_such_a_thing() -> None:
    wanted = tuple(
        word for word in SENSITIVE if word not in ("health", "politic")
    )  # health plans, office politics
    for book in shipped_rules().values():
        for rule, phrase in book.kinds.phrases:
            words = re.split(r"[^a-zà-ÿ]+", phrase.source.lower())
            assert not [word for word in words if word.startswith(wanted)], (rule.name, phrase.source)
