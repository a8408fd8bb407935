"""Who speaks: role toward each company, register, interaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.disclosing.disclosure import DisclosureTagger, Matches, shipped_rules
from agents.disclosing.speaker import Profile, SpeakerProfiler
from schemas.judged import Language
from schemas.post import Author, Entities, Post, Source

TAGGER = DisclosureTagger(shipped_rules())
PROFILER = SpeakerProfiler(employers=lambda said: ["brixtel"] if "Brixtel" in said else [])


def profile(text: str, code: str = "en", company: str | None = "Brixtel", **changes: object) -> Profile:
    post = replace(Post("x:1", "twitter", text, 0, Source("test")), **changes)  # type: ignore[arg-type]
    at = text.find(company) if company else -1
    found: Matches = [(company.lower(), [(at, at + len(company))] if at >= 0 else [])] if company else []
    return PROFILER.profile(post, TAGGER.read(post, Language(code, 9_000), found), found)


@pytest.mark.parametrize(
    ("code", "text", "role"),
    [
        ("en", "I work at Brixtel and we are understaffed", "employee"),
        ("fr", "Je bosse chez Brixtel depuis six mois", "employee"),
        ("en", "I used to work at Brixtel", "former-employee"),
        ("fr", "J'ai travaillé trois ans chez Brixtel", "former-employee"),
        ("en", "Interview at Brixtel on Monday", "candidate"),
        ("en", "As a structural engineer I would not trust that weld", "professional"),
        ("fr", "En tant qu'électricien, je refuse ce genre de chantier", "professional"),
        ("en", "Brixtel lost my parcel again", "amateur"),
        ("fr", "Ma femme bosse chez Brixtel", "amateur"),
        ("fr", "Brixtel recrute un comptable H/F à Nantes, postulez", "organisation"),
        ("en", "EXCLUSIVE: Brixtel managers told to cut staff, internal memo shows", "media"),
    ],
)
def test_roles(code: str, text: str, role: str) -> None:
    assert profile(text, code).role == role


def test_a_bio_counts_only_for_the_employer_that_it_names() -> None:
    bio = Author(bio="dev @Brixtel")
    assert profile("Brixtel released a new app", author=bio).roles == {"brixtel": "employee"}
    assert profile("Norvalis released a new app", company="Norvalis", author=bio).roles == {
        "norvalis": "amateur"
    }


def test_who_speaks_for_a_company_or_a_newsroom_is_told_by_the_account() -> None:
    assert profile("Hello!", author=Author(handle="brixtel")).role == "organisation"
    assert profile("Brixtel shares fall", platform="rss").role == "media"
    known = SpeakerProfiler(media=lambda post: post.author.handle == "lemondefr")
    post = Post("x:1", "twitter", "Brixtel", 0, Source("test"), author=Author(handle="lemondefr"))
    assert known.profile(post, TAGGER.read(post, Language("fr", 9_000), []), []).role == "media"


@pytest.mark.parametrize(
    ("text", "platform", "register"),
    [
        ("omg my shift is a joke lol", "twitter", "private-talk"),
        ("I'm happy to share that I have joined Brixtel", "linkedin", "public-talk"),
        ("According to the report, prices will rise https://example.org", "twitter", "public-talk"),
        ("@Brixtel where is my order", "twitter", "public-talk"),
    ],
)
def test_registers(text: str, platform: str, register: str) -> None:
    assert profile(text, platform=platform).register == register


def test_interactions() -> None:
    assert profile("just me").interaction == "alone"
    assert profile("yes", in_reply_to="x:0").interaction == "reply"
    assert profile("so true", kind="comment").interaction == "reply"
    assert profile("look", repost_of="x:0").interaction == "third-party"
    mentioned = profile("lunch with @ana", entities=Entities(mentions=("ana",)))
    assert mentioned.interaction == "third-party"
    assert profile("proud of @Brixtel today").interaction == "alone"
