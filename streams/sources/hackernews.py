"""Hacker News: items of the Firebase API (live, one after another by id) and hits of Algolia's search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp

from schemas.post import Source
from streams.sources.http import fetch
from streams.sources.mapping import Outcome, build, count, deletion, string, withheld
from streams.sources.markup import plain
from streams.sources.polling import Page, PollingSource, document

API = "https://hacker-news.firebaseio.com/v0"
_PAGE = 50  # items fetched between checkpoints
_FRESH = 20  # of the newest ids, an empty one may still be filled: it is asked for again


def map_item(item: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One item, or one hit of the search."""
    if "objectID" in item:
        yield _hit(item, origin)
        return
    native = item.get("id")
    if item.get("deleted") is True:
        yield deletion("hackernews", native, item.get("time"))
    elif item.get("dead") is True:
        yield withheld("hackernews", "moderators")
    elif item.get("type") in ("story", "comment", "job", "poll"):
        link = string(item.get("url"))
        comment = item.get("type") == "comment"
        text, urls = _said(item.get("title"), item.get("text"), link)
        yield build(
            origin,
            "hackernews",
            native,
            text=text,
            created_at=item.get("time"),
            kind="comment" if comment else "post",
            url=f"https://news.ycombinator.com/item?id={native}",
            in_reply_to=item.get("parent") if comment else None,
            author={"id": string(item.get("by")), "handle": string(item.get("by"))},
            metrics={"likes": count(item.get("score")), "replies": count(item.get("descendants"))},
            entities={"urls": urls},
        )


def _hit(hit: Mapping[str, Any], origin: Source) -> Outcome:
    comment = hit.get("comment_text") is not None
    text, urls = _said(
        hit.get("title"), hit.get("comment_text") or hit.get("story_text"), string(hit.get("url"))
    )
    return build(
        origin,
        "hackernews",
        hit.get("objectID"),
        text=text,
        created_at=hit.get("created_at_i") or hit.get("created_at"),
        kind="comment" if comment else "post",
        url=f"https://news.ycombinator.com/item?id={hit.get('objectID')}",
        in_reply_to=hit.get("parent_id") if comment else None,
        conversation=hit.get("story_id") if comment else None,
        author={"id": string(hit.get("author")), "handle": string(hit.get("author"))},
        metrics={"likes": count(hit.get("points")), "replies": count(hit.get("num_comments"))},
        entities={"urls": urls},
    )


def _said(title: Any, html: Any, link: str | None) -> tuple[str | None, list[str]]:
    body = plain(html) if isinstance(html, str) and html else None
    parts = [title if isinstance(title, str) else "", body.text if body else ""]
    text = "\n\n".join(part for part in parts if part)
    links = [found.href for found in body.links if found.href] if body else []
    return text or None, list(dict.fromkeys([*([link] if link else []), *links]))


def live(api: str = API, *, every: float = 15.0, **given: Any) -> PollingSource:
    """New items as they come. Without a cursor it begins at the newest."""

    async def step(client: aiohttp.ClientSession, cursor: str | None) -> Page:
        newest = document((await fetch(client, f"{api}/maxitem.json")).body)
        top = newest if isinstance(newest, int) else 0
        last = int(cursor) if cursor and cursor.isdigit() else top
        payloads: list[Any] = []
        for native in range(last + 1, min(top, last + _PAGE) + 1):
            item = document((await fetch(client, f"{api}/item/{native}.json")).body)
            if item is None and native > top - _FRESH:
                return Page(payloads, str(last))
            last = native
            if item is not None:
                payloads.append(item)
        return Page(payloads, str(last), more=last < top)

    return PollingSource("hackernews", step, map_item, every=every, **given)
