"""bytes -> PostRecord | Invalid (total: it never raises), and PostRecord -> canonical bytes.

The wire is the JSON of design.md: RFC 3339 times, absent fields left out. Unknown fields are let
through unread, so that an older Vigie reads what a newer source writes.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import orjson

from schemas.instants import instant, rfc3339
from schemas.limits import (
    AUTHOR_LIMIT,
    KEY_LIMIT,
    LAST_VERSION,
    PLATFORM_LIMIT,
    RECORD_LIMIT,
    SOURCE_LIMIT,
    TEXT_LIMIT,
)
from schemas.post import (
    KINDS,
    Author,
    AuthorDeletion,
    Deletion,
    Engagement,
    Entities,
    Post,
    PostRecord,
    Source,
)
from schemas.reject import Invalid, Reason
from schemas.usual_post import NO_ENGAGEMENT, NO_ENTITIES, NOBODY, usual_post

T = TypeVar("T")
_NAMES = {part: [one.name for one in fields(part)] for part in (Source, Author, Engagement, Entities)}


class _Invalid(Exception):  # noqa: N818 - carries a value out of nested readers, is no error of ours
    def __init__(self, reason: Reason, detail: str) -> None:
        self.invalid = Invalid(reason, detail)


def decode_post(raw: bytes) -> PostRecord | Invalid:
    """The record that `raw` holds, or why it holds none."""
    document = read_document(raw)
    return document if isinstance(document, Invalid) else decode_document(document)


def read_document(raw: bytes) -> dict[str, Any] | Invalid:
    """The JSON object that `raw` is, not yet looked into."""
    if len(raw) > RECORD_LIMIT:
        return Invalid("too-large", f"{len(raw)} bytes; a record may have {RECORD_LIMIT}")
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return Invalid(*_why_not_json(raw, str(error)))
    if type(document) is not dict:
        return Invalid("not-an-object", f"a record is a JSON object, not {type(document).__name__}")
    return document


def decode_document(document: dict[str, Any]) -> PostRecord | Invalid:
    """The record that a JSON object is, or why it is none."""
    try:
        return usual_post(document) or _record(document)
    except _Invalid as stop:
        return stop.invalid


def encode_post(record: PostRecord) -> bytes:
    """Canonical wire form: sorted keys, nothing that equals its default."""
    if isinstance(record, Deletion):
        return orjson.dumps({"at": rfc3339(record.at), "deleted": True, "key": record.key})
    if isinstance(record, AuthorDeletion):
        return orjson.dumps(
            {
                "at": rfc3339(record.at),
                "author": {"id": record.author},
                "deleted": True,
                "key": record.key,
                "kind": "author",
                "platform": record.platform,
            }
        )
    return orjson.dumps(document_of(record), option=orjson.OPT_SORT_KEYS)


def document_of(record: Post) -> dict[str, Any]:
    """The JSON object that `encode_post` writes, in no order."""
    wire: dict[str, Any] = {
        "key": record.key,
        "platform": record.platform,
        "kind": record.kind,
        "text": record.text,
        "created_at": rfc3339(record.created_at),
        "source": _present(record.source),
        "version": record.version,
    }
    for name in ("url", "lang", "in_reply_to", "repost_of", "conversation", "rating", "supersedes"):
        if (value := getattr(record, name)) is not None:
            wire[name] = value
    if record.fetched_at is not None:
        wire["fetched_at"] = rfc3339(record.fetched_at)
    if record.visibility != "public":
        wire["visibility"] = record.visibility
    for name in ("author", "metrics", "entities"):
        if part := _present(getattr(record, name)):
            wire[name] = part
    return wire


def _present(part: Source | Author | Engagement | Entities) -> dict[str, Any]:
    wire: dict[str, Any] = {}
    for name in _NAMES[type(part)]:
        value = getattr(part, name)
        if value is None or value == ():
            continue
        wire[name] = rfc3339(value) if name in {"created_at", "observed_at"} else value
    return wire


def _why_not_json(raw: bytes, message: str) -> tuple[Reason, str]:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return "not-utf8", f"invalid UTF-8 at byte {error.start}: write the record as UTF-8"
    if "surrogate" in message:
        return "not-utf8", f"lone surrogate: {message}"
    if "depth limit" in message:
        return "too-deep", "nested more than 1,024 deep"
    return "not-json", message


def _record(document: dict[str, Any]) -> PostRecord:
    key = _text(document, "key", limit=KEY_LIMIT)
    if document.get("deleted") is True:
        if document.get("kind") == "author":
            return _author_deletion(document)
        return Deletion(key, _time(document, "at"))
    if ":" not in key:
        raise _Invalid("bad-value", "key must read platform:native_id")
    visibility = _optional(document, "visibility", str) or "public"
    if visibility != "public":
        raise _Invalid("not-public", f"visibility is {visibility[:40]!r}; only public posts enter")
    kind = _optional(document, "kind", str) or "post"
    if kind not in KINDS:
        raise _Invalid("bad-value", f"kind {kind[:40]!r} is none of {', '.join(KINDS)}")
    version = _optional(document, "version", int)
    if version is not None and not 1 <= version <= LAST_VERSION:
        raise _Invalid("bad-value", "version counts from 1")
    rating = document.get("rating")
    if rating is not None and type(rating) not in {int, float}:
        raise _Invalid("wrong-type", f"rating must be a number, not {type(rating).__name__}")
    return Post(
        key=key,
        platform=_text(document, "platform", limit=PLATFORM_LIMIT),
        text=_text(document, "text", limit=TEXT_LIMIT, empty=True),
        created_at=_time(document, "created_at"),
        source=_source(_part(document, "source", required=True)),
        kind=kind,
        fetched_at=_optional_time(document, "fetched_at"),
        url=_optional(document, "url", str),
        lang=_optional(document, "lang", str),
        author=_author(_part(document, "author")),
        in_reply_to=_optional(document, "in_reply_to", str),
        repost_of=_optional(document, "repost_of", str),
        conversation=_optional(document, "conversation", str),
        metrics=_engagement(_part(document, "metrics")),
        rating=None if rating is None else float(rating),
        entities=_entities(_part(document, "entities")),
        version=version or 1,
        supersedes=_optional(document, "supersedes", str),
    )


def _author_deletion(document: dict[str, Any]) -> AuthorDeletion:
    author = _author(_part(document, "author", required=True))
    named = author.id or author.handle or author.name
    if not named:
        raise _Invalid("missing-field", "author.id is required")
    if len(named) > AUTHOR_LIMIT:
        raise _Invalid("too-large", f"author.id has {len(named)} characters; at most {AUTHOR_LIMIT}")
    return AuthorDeletion(_text(document, "platform", limit=PLATFORM_LIMIT), named, _time(document, "at"))


def _source(part: dict[str, Any]) -> Source:
    return Source(
        name=_text(part, "name", limit=SOURCE_LIMIT, where="source."),
        route=_optional(part, "route", str, where="source."),
        cursor=_optional(part, "cursor", str, where="source."),
    )


def _author(part: dict[str, Any]) -> Author:
    if not part:
        return NOBODY
    where = "author."
    return Author(
        id=_optional(part, "id", str, where=where),
        handle=_optional(part, "handle", str, where=where),
        name=_optional(part, "name", str, where=where),
        bio=_optional(part, "bio", str, where=where),
        verified=_optional(part, "verified", bool, where=where),
        followers=_optional(part, "followers", int, where=where),
        declared_employer=_optional(part, "declared_employer", str, where=where),
        employer_source=_optional(part, "employer_source", str, where=where),
        created_at=_optional_time(part, "created_at", where=where),
        posts=_optional(part, "posts", int, where=where),
    )


def _engagement(part: dict[str, Any]) -> Engagement:
    if not part:
        return NO_ENGAGEMENT
    where = "metrics."
    return Engagement(
        likes=_optional(part, "likes", int, where=where),
        shares=_optional(part, "shares", int, where=where),
        replies=_optional(part, "replies", int, where=where),
        views=_optional(part, "views", int, where=where),
        observed_at=_optional_time(part, "observed_at", where=where),
    )


def _entities(part: dict[str, Any]) -> Entities:
    if not part:
        return NO_ENTITIES
    lists = []
    for name in ("mentions", "hashtags", "cashtags", "urls"):
        words = part.get(name)
        if words is None:
            lists.append(())
        elif type(words) is list and all(type(word) is str for word in words):
            lists.append(tuple(words))
        else:
            raise _Invalid("wrong-type", f"entities.{name} must be a list of strings")
    return Entities(*lists)


def _text(part: dict[str, Any], name: str, *, limit: int, empty: bool = False, where: str = "") -> str:
    value = part.get(name)
    if type(value) is not str:
        if value is None:
            raise _Invalid("missing-field", f"{where}{name} is required")
        raise _Invalid("wrong-type", f"{where}{name} must be a string, not {type(value).__name__}")
    if not value and not empty:
        raise _Invalid("bad-value", f"{where}{name} is empty")
    if len(value) > limit:
        raise _Invalid("too-large", f"{where}{name} has {len(value)} characters; at most {limit}")
    return value


def _optional(part: dict[str, Any], name: str, kind: type[T], *, where: str = "") -> T | None:
    value = part.get(name)
    if value is None or type(value) is kind:
        return value
    raise _Invalid("wrong-type", f"{where}{name} must be {kind.__name__}, not {type(value).__name__}")


def _part(document: dict[str, Any], name: str, *, required: bool = False) -> dict[str, Any]:
    value = document.get(name)
    if value is None:
        if required:
            raise _Invalid("missing-field", f"{name} is required")
        return {}
    if type(value) is not dict:
        raise _Invalid("wrong-type", f"{name} must be an object, not {type(value).__name__}")
    return value


def _time(part: dict[str, Any], name: str, *, where: str = "") -> int:
    at = _optional_time(part, name, where=where)
    if at is None:
        raise _Invalid("missing-field", f"{where}{name} is required")
    return at


def _optional_time(part: dict[str, Any], name: str, *, where: str = "") -> int | None:
    value = part.get(name)
    if value is None:
        return None
    if type(value) is not str:
        raise _Invalid("wrong-type", f"{where}{name} must be an RFC 3339 string")
    at = instant(value)
    if at is None:
        raise _Invalid(
            "bad-time", f"{where}{name} {value[:40]!r} is no RFC 3339 instant with zone between 1990 and 2100"
        )
    return at
