"""The short way to a post: where every field has the type and the range that it should have, that is soon seen.

Posts that are all right are nearly all there are. `schemas.codec` tries this first and looks field by field, to
say what is wrong, where nothing comes of it; a property test holds that the two ways never differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from schemas.instants import instant
from schemas.limits import KEY_LIMIT, LAST_VERSION, PLATFORM_LIMIT, SOURCE_LIMIT, TEXT_LIMIT
from schemas.post import KINDS, Author, Engagement, Entities, Post, Source

NOBODY = Author()
NO_ENGAGEMENT = Engagement()
NO_ENTITIES = Entities()
_KINDS = frozenset(KINDS)
_LISTS = frozenset({"mentions", "hashtags", "cashtags", "urls"})
_TEXTS = "key platform text created_at kind fetched_at url lang in_reply_to repost_of conversation supersedes"
_OF_POST: dict[str, type] = {
    **dict.fromkeys(_TEXTS.split(), str),
    **dict.fromkeys(("source", "author", "metrics", "entities"), dict),
    "rating": float,
    "version": int,
}
_OF_AUTHOR: dict[str, type] = {
    **dict.fromkeys(
        ["id", "handle", "name", "bio", "declared_employer", "employer_source", "created_at"], str
    ),
    **dict.fromkeys(("followers", "posts"), int),
    "verified": bool,
}
_OF_ENGAGEMENT: dict[str, type] = {
    **dict.fromkeys(("likes", "shares", "replies", "views"), int),
    "observed_at": str,
}
_REQUIRED = itemgetter("key", "platform", "text", "created_at", "source")


def usual_post(document: Mapping[str, Any]) -> Post | None:
    """The post that `document` is; None for whatever needs a closer look, right or wrong."""
    for name, value in document.items():
        if type(value) is not _OF_POST.get(name):
            return None
    try:
        key, platform, text, created_at, source = _REQUIRED(document)
    except KeyError:
        return None
    get = document.get
    kind, version, fetched_at = get("kind", "post"), get("version", 1), get("fetched_at")
    if not (
        0 < len(key) <= KEY_LIMIT
        and ":" in key
        and 0 < len(platform) <= PLATFORM_LIMIT
        and len(text) <= TEXT_LIMIT
        and kind in _KINDS
        and 0 < version <= LAST_VERSION
    ):
        return None
    at, fetched = instant(created_at), None if fetched_at is None else instant(fetched_at)
    whence, author = _source(source), _author(get("author"))
    metrics, entities = _engagement(get("metrics")), _entities(get("entities"))
    if at is None or whence is None or author is None or metrics is None or entities is None:
        return None
    if fetched is None and fetched_at is not None:
        return None
    return Post(
        key,
        platform,
        text,
        at,
        whence,
        kind,
        fetched,
        get("url"),
        get("lang"),
        author,
        get("in_reply_to"),
        get("repost_of"),
        get("conversation"),
        metrics,
        get("rating"),
        entities,
        "public",
        version,
        get("supersedes"),
    )


def _source(part: dict[str, Any]) -> Source | None:
    name, route, cursor = part.get("name"), part.get("route"), part.get("cursor")
    if type(name) is not str or not 0 < len(name) <= SOURCE_LIMIT:
        return None
    if (route is None or type(route) is str) and (cursor is None or type(cursor) is str):
        return Source(name, route, cursor)
    return None


def _author(part: dict[str, Any] | None) -> Author | None:
    if not part:
        return NOBODY
    dated = _typed(part, _OF_AUTHOR) and _dated(part, "created_at")
    return Author(**dated) if dated else None


def _engagement(part: dict[str, Any] | None) -> Engagement | None:
    if not part:
        return NO_ENGAGEMENT
    dated = _typed(part, _OF_ENGAGEMENT) and _dated(part, "observed_at")
    return Engagement(**dated) if dated else None


def _entities(part: dict[str, Any] | None) -> Entities | None:
    if not part:
        return NO_ENTITIES
    lists = {}
    for name, words in part.items():
        if name not in _LISTS or type(words) is not list:
            return None
        for word in words:
            if type(word) is not str:
                return None
        lists[name] = tuple(words)
    return Entities(**lists)


def _typed(part: dict[str, Any], types: dict[str, type]) -> bool:
    for name, value in part.items():  # noqa: SIM110 - a generator costs as much as all the rest
        if type(value) is not types.get(name):
            return False
    return True


def _dated(part: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The part with its time, if it has any, as an instant."""
    if name not in part:
        return part
    at = instant(part[name])
    return None if at is None else {**part, name: at}
