"""Mastodon: statuses of the API, and the events of its streams.

Ids belong to the server that gives them, so a key holds its name: `mastodon:HOST/ID`. A stream's event is
read as `{"event", "payload", "host", "received"}`, for a deletion itself says neither where nor when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yarl import URL

from schemas.post import Source
from streams.sources.mapping import (
    Outcome,
    at,
    build,
    count,
    deletion,
    each,
    edition,
    string,
    withheld,
    words,
)
from streams.sources.markup import Plain, plain


def map_event(event: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One event, or one status by itself; notifications and conversations are no public posts."""
    if "event" not in event:
        yield _status(event, _host(event), origin)
        return
    host, payload = str(event.get("host") or ""), event.get("payload")
    if event["event"] == "delete":
        native = string(payload)
        yield deletion("mastodon", native and f"{host}/{native}", event.get("received"))
    elif event["event"] in ("update", "status.update") and isinstance(payload, Mapping):
        yield _status(payload, host, origin)


def _status(status: Mapping[str, Any], host: str, origin: Source) -> Outcome:
    audience = status.get("visibility")
    if audience is not None and audience != "public":
        return withheld("mastodon", audience)
    reblog = status.get("reblog") if isinstance(status.get("reblog"), Mapping) else None
    said: Mapping[str, Any] = reblog or status
    quoted = string(at(status, "quote", "quoted_status", "id")) or string(
        at(status, "quote", "quoted_status_id")
    )
    body = plain(str(said.get("content") or ""))
    warning = said.get("spoiler_text")
    text = f"{warning}\n\n{body.text}" if isinstance(warning, str) and warning else body.text
    created = status.get("created_at")

    def named(native: Any) -> str | None:
        return f"{host}/{native}" if string(native) else None

    return build(
        origin,
        "mastodon",
        named(status.get("id")),
        text=text,
        created_at=created,
        kind="repost"
        if reblog
        else "quote"
        if quoted
        else "comment"
        if status.get("in_reply_to_id")
        else "post",
        version=edition(created, status.get("edited_at")),
        url=string(status.get("url")) or string(status.get("uri")),
        lang=string(said.get("language")),
        in_reply_to=named(status.get("in_reply_to_id")),
        repost_of=named(reblog.get("id")) if reblog else named(quoted),
        author=_author(status.get("account"), host),
        metrics={
            "likes": count(status.get("favourites_count")),
            "shares": count(status.get("reblogs_count")),
            "replies": count(status.get("replies_count")),
        },
        entities={
            "mentions": words(item.get("acct") for item in each(said, "mentions")),
            "hashtags": words(item.get("name") for item in each(said, "tags")),
            "urls": words([*_links(body), at(said, "card", "url")]),
        },
    )


def _author(account: Any, host: str) -> dict[str, Any]:
    note = at(account, "note")
    native = string(at(account, "id"))
    return {
        "id": native and f"{host}/{native}",
        "handle": at(account, "acct"),
        "name": string(at(account, "display_name")),
        "bio": plain(note).text if isinstance(note, str) else None,
        "followers": count(at(account, "followers_count")),
        "posts": count(at(account, "statuses_count")),
        "created_at": at(account, "created_at"),
    }


def _links(body: Plain) -> Iterator[str]:
    """What the author linked: not the accounts and tags that Mastodon links by itself."""
    for link in body.links:
        if link.href and not {"mention", "hashtag"} & set(link.classes.split()):
            yield link.href


def _host(status: Mapping[str, Any]) -> str:
    """The server of a status that came by itself: its author's."""
    try:
        return URL(str(status.get("uri") or status.get("url") or "")).host or ""
    except ValueError:
        return ""
