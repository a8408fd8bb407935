"""From a platform's payload to records: what every mapping shares.

A mapping is a pure, total function of one decoded payload and where it came from; it gives posts,
deletions, withdrawn authors and, for what could not enter, why. Whatever is no post at all (a "like",
a keep-alive) gives nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import orjson

from schemas.codec import decode_post
from schemas.post import AuthorDeletion, Deletion, Post, PostRecord, Source
from schemas.reject import Invalid
from streams.sources.contract import AuthorDelete, Delete, Dropped, Upsert, dropped
from streams.sources.times import canonical, moment

Outcome = PostRecord | Invalid
Map = Callable[[Mapping[str, Any], Source], Iterable[Outcome]]
_IDS = ("in_reply_to", "repost_of", "conversation", "supersedes")


def at(value: Any, *path: str | int) -> Any:
    """What lies at `path` in nested JSON; None where the path breaks off."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def each(value: Any, *path: str | int) -> list[Mapping[str, Any]]:
    """The objects in the list at `path`; an empty list where there is none."""
    return [item for item in listed(value, *path) if isinstance(item, Mapping)]


def listed(value: Any, *path: str | int) -> list[Any]:
    """The list at `path`; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def words(items: Iterable[Any]) -> list[str]:
    """The strings among `items`, each once, in order."""
    return list(dict.fromkeys(item for item in items if isinstance(item, str) and item))


def count(value: Any) -> int | None:
    """A count that JSON may write as a string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 2**53 else None
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16
        else None
    )


def string(value: Any) -> str | None:
    """A non-empty string, or a number (an id) as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def hashed(*parts: Any) -> str:
    """An id for what the platform gives none: the same for the same words."""
    said = "\n".join(str(part) for part in parts)
    return f"said-{blake2b(said.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"


def build(
    origin: Source, platform: str, native: Any, *, text: Any, created_at: Any, **fields: Any
) -> Outcome:
    """A post of `platform` from native values: ids without prefix, times in any form, absent parts None.

    `author`, `metrics` and `entities` are dicts; what in them is None or empty is left out.
    """
    key = string(native)
    if key is None:
        return Invalid("missing-field", f"{platform}: no id")
    if created_at is None:
        return Invalid("missing-field", f"{platform}: no time of posting")
    when = canonical(created_at)
    if when is None:
        return Invalid("bad-time", f"created_at {str(created_at)[:40]!r} is no instant from 1990 to 2100")
    if text is None:
        return Invalid("missing-field", f"{platform}: no text")
    document: dict[str, Any] = {
        "key": f"{platform}:{key}",
        "platform": platform,
        "text": text,
        "created_at": when,
        "source": _held({"name": origin.name, "route": origin.route, "cursor": origin.cursor}),
    }
    for name, value in fields.items():
        if name in _IDS:
            native_id = string(value)
            document[name] = None if native_id is None else f"{platform}:{native_id}"
        else:
            document[name] = _held(value) if isinstance(value, dict) else value
    for part, name in (("author", "created_at"), ("metrics", "observed_at")):
        if isinstance(document.get(part), dict) and name in document[part]:
            document[part][name] = canonical(document[part][name])
    if "fetched_at" in document:
        document["fetched_at"] = canonical(document["fetched_at"])
    return decoded(_held(document))


def decoded(document: Mapping[str, Any]) -> Outcome:
    """The record that a wire document holds."""
    try:
        return decode_post(orjson.dumps(document))
    except TypeError as error:  # a lone surrogate, an integer beyond 64 bits
        return Invalid("not-utf8" if "surrogates" in str(error) else "bad-value", str(error))


def deletion(platform: str, native: Any, when: Any) -> Deletion | Invalid:
    """The withdrawal of a post at `when` (any form)."""
    key, instant = string(native), moment(when)
    if key is None or instant is None:
        return Invalid(
            "missing-field" if key is None else "bad-time", f"{platform}: a deletion needs id and time"
        )
    return Deletion(f"{platform}:{key}", instant)


def edition(created: Any, edited: Any) -> int:
    """The version of a post that its platform dates but does not count: it grows with every edit."""
    first, last = moment(created), moment(edited)
    return (
        1
        if first is None or last is None or last <= first
        else min(2**31 - 1, 1 + (last - first + 999) // 1000)
    )


def withheld(platform: str, audience: Any) -> Invalid:
    """Only what is public enters; the rest is dropped at the door and counted."""
    return Invalid("not-public", f"{platform}: visible to {str(audience)[:40]!r} only")


def receipt(outcome: Outcome, fetched_at: int) -> Outcome:
    """`outcome` with the time of receipt (epoch milliseconds), where it has none of its own."""
    if isinstance(outcome, Post) and outcome.fetched_at is None:
        return replace(outcome, fetched_at=fetched_at)
    return outcome


def announced(
    outcome: Outcome, raw: bytes, *, topic: str, offset: int, now: int
) -> Upsert | Delete | AuthorDelete | Dropped:
    """The event for `outcome`, which `raw` at `offset` of `topic` gave at `now` (epoch milliseconds)."""
    match outcome:
        case Post():
            return Upsert(outcome, raw)
        case Deletion():
            return Delete(outcome.key, outcome.at)
        case AuthorDeletion():
            return AuthorDelete(outcome.platform, outcome.author, outcome.at)
        case Invalid():
            return dropped(topic, offset, outcome, raw, now)


def _held(part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in part.items() if value is not None and value not in ({}, [], "")
    } | ({"text": part["text"]} if part.get("text") == "" else {})
