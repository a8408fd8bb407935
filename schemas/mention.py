"""One company in one post: the value of `mentions.v1`, keyed by company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from schemas.judged import (
    DisclosureKind,
    EvidenceKind,
    Interaction,
    Label,
    Register,
    Role,
    Span,
)


@dataclass(frozen=True, slots=True, order=True)
class Coordinates:
    """Where a record lies in Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class MentionDisclosure:
    """A disclosure that bears on the mention's company (or on none that is named)."""

    kind: DisclosureKind
    explicit: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Mention:
    """What `measure` needs of one post about one company.

    (`post`, `version`, `company`) identifies it, so a reader can drop repeats. `event_time` is in
    epoch milliseconds, `score` in 1/10,000, `weight` (credibility alone) in 1/1,000, `confidence` in
    1/10,000. `author` is a keyed hash (hex) or None. `scored` is False for languages left unscored.
    """

    post: str
    version: int
    company: str
    platform: str
    kind: str
    event_time: int
    origin: Coordinates
    evidence: EvidenceKind
    confidence: int
    label: Label
    score: int
    scored: bool
    language: str
    role: Role
    credibility: str
    weight: int
    register: Register
    interaction: Interaction
    disclosures: tuple[MentionDisclosure, ...]
    author: str | None
    signature: str | None
    repost_of: str | None
    versions: str  # hash of Judged.versions
    persons: tuple[str, ...] = ()  # opted-in persons whom the post also concerns, watchlist ids
    received: int | None = None  # when Kafka received the post (epoch ms): bounds clocks that run ahead


@dataclass(frozen=True, slots=True)
class Retraction:
    """Whatever versions of `post` below `below` contributed anywhere is void.

    Sent to every partition of `mentions.v1` for an edit (`below` = its version) and a deletion
    (`below` is None: all versions, now and later), for `judge` cannot know which companies an
    older version named.
    """

    post: str
    below: int | None
    at: int
    origin: Coordinates


@dataclass(frozen=True, slots=True)
class AuthorRetraction:
    """Whatever an author wrote up to `at` (epoch milliseconds) is void, whether it came before or comes after.

    Sent to every partition of `mentions.v1`. `author` is the root of the keys that `Mention.author` holds.
    """

    author: str
    at: int
    origin: Coordinates


MentionRecord = Mention | Retraction | AuthorRetraction


def encode_mention(record: MentionRecord) -> bytes:
    """Wire form: the fields as they are named, integers as they are."""
    return orjson.dumps(record)


def decode_mention(raw: bytes) -> MentionRecord:
    """What `encode_mention` wrote; raises ValueError or KeyError for anything else (only `judge` writes
    this topic, so other bytes there are our own fault and must be heard)."""
    wire: dict[str, Any] = orjson.loads(raw)
    wire["origin"] = Coordinates(**wire["origin"])
    if "company" not in wire:
        return Retraction(**wire) if "post" in wire else AuthorRetraction(**wire)
    wire["disclosures"] = tuple(
        MentionDisclosure(found["kind"], found["explicit"], (found["span"][0], found["span"][1]))
        for found in wire["disclosures"]
    )
    wire["persons"] = tuple(wire.get("persons", ()))
    return Mention(**wire)
