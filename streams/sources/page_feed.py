"""A page polled: its recent posts and what is new under them, each version once.

The cursor holds the time of the newest post or comment and the versions that may come again: the recent posts, which
may have been edited, and whatever shares the newest time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import orjson

from streams.sources.mapping import string
from streams.sources.polling import Page, Step

Items = Awaitable[list[Any]]


def page_step(
    posts: Callable[[aiohttp.ClientSession], Items],
    comments: Callable[[aiohttp.ClientSession, str, int], Items],
    created: Callable[[Any], int | None],
    edited: Callable[[Any], Any],
) -> Step:
    """`posts` are the recent ones, newest first; `comments` those under a post (by its id) since a time, newest
    first; `created` an item's time (epoch milliseconds), `edited` whatever an edit changes."""

    def version(item: Any) -> str:
        return f"{item.get('id')} {edited(item) or ''}"

    async def step(client: aiohttp.ClientSession, cursor: str | None) -> Page:
        since, seen = _remembered(cursor)
        recent = await posts(client)
        items = [post for post in reversed(recent) if version(post) not in seen]
        for post in recent:
            if native := string(post.get("id")):
                under = await comments(client, native, since)
                items += [one for one in reversed(under) if version(one) not in seen]
        newest = max([since, *(found for item in items if (found := created(item)) is not None)])
        kept = [version(post) for post in recent]
        kept += [version(item) for item in items if created(item) == newest]
        kept += seen if newest == since else []
        return Page(items, orjson.dumps([newest, sorted(set(kept))]).decode())

    return step


def _remembered(cursor: str | None) -> tuple[int, list[str]]:
    try:
        since, seen = orjson.loads(cursor or "")
        return int(since), [str(one) for one in seen]
    except (ValueError, TypeError):
        return 0, []
