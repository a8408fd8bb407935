"""One company in one post: the value of `mentions.v1`, keyed by company."""

from __future__ import annotations

from dataclasses import fields
from operator import itemgetter
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
from schemas.record import record


@record
class Coordinates:
    """Where a record lies in Kafka."""

    topic: str
    partition: int
    offset: int


@record
class MentionDisclosure:
    """A disclosure that bears on the mention's company (or on none that is named)."""

    kind: DisclosureKind
    explicit: bool
    span: Span


@record
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


@record
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


@record
class AuthorRetraction:
    """Whatever an author wrote up to `at` (epoch milliseconds) is void, whether it came before or comes after.

    Sent to every partition of `mentions.v1`. `author` is the root of the keys that `Mention.author` holds.
    """

    author: str
    at: int
    origin: Coordinates


MentionRecord = Mention | Retraction | AuthorRetraction
_FIELDS = itemgetter(*(one.name for one in fields(Mention)))


def encode_mention(record: MentionRecord) -> bytes:
    """Wire form: the fields as they are named, integers as they are."""
    # orjson asks a dataclass for each field by name; spelled out it is a third less
    return orjson.dumps(_wire(record) if isinstance(record, Mention) else record)


def decode_mention(raw: bytes) -> MentionRecord:
    """What `encode_mention` wrote; raises ValueError, TypeError or KeyError for anything else (only `judge`
    writes this topic, so other bytes there are our own fault and must be heard)."""
    wire: dict[str, Any] = orjson.loads(raw)
    origin = wire["origin"]
    wire["origin"] = Coordinates(origin["topic"], origin["partition"], origin["offset"])
    if "company" not in wire:
        return Retraction(**wire) if "post" in wire else AuthorRetraction(**wire)
    wire["disclosures"] = tuple(map(_disclosure, wire["disclosures"]))
    wire["persons"] = tuple(wire.get("persons", ()))  # absent from records of before there were any
    wire.setdefault("received", None)
    return Mention(*_FIELDS(wire))


def _disclosure(found: dict[str, Any]) -> MentionDisclosure:
    first, last = found["span"]
    return MentionDisclosure(found["kind"], found["explicit"], (first, last))


def _wire(mention: Mention) -> dict[str, Any]:
    origin = mention.origin
    return {
        "post": mention.post,
        "version": mention.version,
        "company": mention.company,
        "platform": mention.platform,
        "kind": mention.kind,
        "event_time": mention.event_time,
        "origin": {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset},
        "evidence": mention.evidence,
        "confidence": mention.confidence,
        "label": mention.label,
        "score": mention.score,
        "scored": mention.scored,
        "language": mention.language,
        "role": mention.role,
        "credibility": mention.credibility,
        "weight": mention.weight,
        "register": mention.register,
        "interaction": mention.interaction,
        "disclosures": [
            {"kind": found.kind, "explicit": found.explicit, "span": found.span}
            for found in mention.disclosures
        ],
        "author": mention.author,
        "signature": mention.signature,
        "repost_of": mention.repost_of,
        "versions": mention.versions,
        "persons": mention.persons,
        "received": mention.received,
    }
