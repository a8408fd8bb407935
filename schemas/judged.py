"""A post after `judge`: what is said, of whom, by whom, and how far to believe it.

Judging looks at one post alone: the same post under the same versions gives the same bytes.
Scores and confidences are integers in 1/10,000 and weights in 1/1,000 (they are summed later);
the wire shows them as decimals. Spans are half-open offsets [start, end) in code points of `Post.text`.
"""

from __future__ import annotations

from typing import Any, Literal

import orjson

from schemas.record import record

Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
EvidenceKind = Literal["handle", "domain", "cashtag", "hashtag", "alias", "context"]
Role = Literal["employee", "former-employee", "candidate", "professional", "amateur", "organisation", "media"]
ROLES: tuple[Role, ...] = (
    "employee", "former-employee", "candidate", "professional", "amateur", "organisation", "media",
)  # fmt: skip
Register = Literal["private-talk", "public-talk"]
Interaction = Literal["alone", "reply", "third-party"]
DisclosureKind = Literal["employer", "missions", "expertise", "working-conditions", "daily-life", "sensitive"]
DISCLOSURE_KINDS: tuple[DisclosureKind, ...] = (
    "employer", "missions", "expertise", "working-conditions", "daily-life", "sensitive",
)  # fmt: skip
Span = tuple[int, int]


@record
class Language:
    """`code` is "fr", "en" or "other"; confidence in 1/10,000."""

    code: str
    confidence: int


@record
class Sentiment:
    """`score` in -10,000..10,000; `lexicon` names what scored it; None means unscored: no rule
    for that language, so the neutral label is no finding and `measure` leaves it out of the score."""

    label: Label
    score: int
    lexicon: str | None = None


@record
class CompanyMention:
    """The post is about `company`: the strongest evidence, its span in the text (None where the
    evidence is metadata), the feeling toward that company, and what the author is to it."""

    company: str
    evidence: EvidenceKind
    confidence: int
    span: Span | None
    sentiment: Sentiment
    role: Role = "amateur"


@record
class Disclosure:
    """A passage that shows the inside of an organisation; `company` is None where it names none."""

    kind: DisclosureKind
    explicit: bool
    span: Span
    confidence: int
    company: str | None


@record
class Credibility:
    """Class of the source and its weight in 1/1,000."""

    level: str  # "class" on the wire
    weight: int


@record
class Speaker:
    """Who speaks, toward the post's companies as a whole."""

    role: Role
    credibility: Credibility


@record
class Judged:
    """Everything that one post alone tells."""

    key: str
    language: Language
    sentiment: Sentiment
    author: Speaker
    register: Register
    interaction: Interaction
    mentions: tuple[CompanyMention, ...]
    disclosures: tuple[Disclosure, ...]
    signature: str | None
    versions: dict[str, str]
    persons: tuple[str, ...] = ()  # opted-in persons who wrote the post or are mentioned in it


def encode_judged(judged: Judged) -> bytes:
    """The wire form of design.md: decimals for scores and weights, sorted keys."""
    return orjson.dumps(
        {
            "key": judged.key,
            "language": {"code": judged.language.code, "confidence": judged.language.confidence / 10_000},
            "sentiment": {**_feeling(judged.sentiment), "lexicon": judged.sentiment.lexicon},
            "author": {
                "role": judged.author.role,
                "credibility": {
                    "class": judged.author.credibility.level,
                    "weight": judged.author.credibility.weight / 1000,
                },
            },
            "register": judged.register,
            "interaction": judged.interaction,
            "mentions": [
                {
                    "company": mention.company,
                    "evidence": mention.evidence,
                    "confidence": mention.confidence / 10_000,
                    "span": mention.span,
                    "sentiment": _feeling(mention.sentiment),
                    "role": mention.role,
                }
                for mention in judged.mentions
            ],
            "disclosures": [
                {
                    "kind": disclosure.kind,
                    "explicit": disclosure.explicit,
                    "span": disclosure.span,
                    "confidence": disclosure.confidence / 10_000,
                    "company": disclosure.company,
                }
                for disclosure in judged.disclosures
            ],
            "signature": judged.signature,
            "persons": judged.persons,
            "versions": judged.versions,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def _feeling(sentiment: Sentiment) -> dict[str, Any]:
    return {"label": sentiment.label, "score": sentiment.score / 10_000}
