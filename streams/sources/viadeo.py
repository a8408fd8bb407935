"""Viadeo: JSON of its API and archive, as saved before it closed (route: file).

Read as ISO-8859-1 with duplicate keys: the last value of a key that is not empty counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from streams.sources.mapping import Outcome, at, build, count, each, string, withheld


def loads(raw: bytes) -> Any:
    """Decode a Viadeo document. Raises `ValueError` (also for nesting that is too deep)."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-1")
    try:
        return json.loads(text, object_pairs_hook=_last_filled, strict=False)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _last_filled(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for name, value in pairs:
        if value not in (None, "") or name not in held:
            held[name] = value
    return held


def map_news(item: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One item of a news feed, with the comments under it.

    Profiles, careers and groups are no posts, and neither is the news that two people are in contact.
    """
    if item.get("type") != "NEWS ITEM":
        return
    if "contact" not in str(item.get("label")):
        yield _post(item, origin, None)
    for comment in each(item, "comments", "data"):
        yield _post(comment, origin, item)


def _post(item: Mapping[str, Any], origin: Source, about: Mapping[str, Any] | None) -> Outcome:
    audience = item.get("privacy") or "PUBLIC"
    if audience != "PUBLIC":
        return withheld("viadeo", audience)
    author = item.get("from")
    shared = str(item.get("infeed_link") or "")
    return build(
        origin,
        "viadeo",
        item.get("id"),
        text=item.get("message"),
        created_at=item.get("creation_date") or item.get("created_time") or item.get("updated_time"),
        kind="comment" if about is not None else "post",
        url=string(item.get("link")),
        lang=at(author, "language"),
        in_reply_to=None if about is None else about.get("id"),
        conversation=None if about is None else about.get("id"),
        author={
            "id": string(at(author, "id")),
            "handle": at(author, "nickname"),
            "name": at(author, "name"),
            "bio": at(author, "headline"),
            "followers": count(at(author, "contact_count")),
        },
        metrics={"likes": count(at(item, "likes", "count")), "replies": count(at(item, "comments", "count"))},
        entities={"urls": [] if shared in {"", "http://viadeo.com"} else [shared]},
    )
