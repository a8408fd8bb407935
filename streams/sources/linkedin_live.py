"""LinkedIn live: the posts of an organisation and the comments under them, by the Posts and Comments APIs.

Needs a token of a member who administers the page (r_organization_social). It fills in what a webhook missed, and
is enough by itself where there is none; mentions elsewhere come by the webhook alone.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from yarl import URL

from streams.sources.http import fetch
from streams.sources.linkedin import map_element
from streams.sources.mapping import at, each
from streams.sources.page_feed import page_step
from streams.sources.polling import PollingSource, document
from streams.sources.times import moment

API = "https://api.linkedin.com/rest"
VERSION = "202510"  # of the API, a month; LinkedIn keeps each for a year
_POSTS = 25  # recent posts whose comments are asked for
_PAGES = 10  # of 100 comments under one post
_HEADERS = {"LinkedIn-Version": VERSION, "X-Restli-Protocol-Version": "2.0.0"}


def live(
    organisation: str, token: str, api: str = API, *, every: float = 300.0, **given: Any
) -> PollingSource:
    """Posts of `organisation` (the number in its URN) and comments under them."""

    async def asked(client: aiohttp.ClientSession, path: str) -> Any:
        url = URL(f"{api}/{path}", encoded=True)
        return document((await fetch(client, url, headers=_HEADERS)).body)

    async def posts(client: aiohttp.ClientSession) -> list[Any]:
        author = f"urn%3Ali%3Aorganization%3A{organisation}"
        path = f"posts?q=author&author={author}&count={_POSTS}&sortBy=LAST_MODIFIED"
        return [*each(await asked(client, path), "elements")]

    async def comments(client: aiohttp.ClientSession, post: str, since: int) -> list[Any]:
        found: list[Any] = []
        for page in range(_PAGES):
            path = f"socialActions/{post.replace(':', '%3A')}/comments?count=100&start={100 * page}"
            batch = each(await asked(client, path), "elements")
            found += [comment for comment in batch if (_created(comment) or 0) >= since]
            if len(batch) < 100:
                break
        return sorted(found, key=lambda comment: _created(comment) or 0, reverse=True)

    step = page_step(posts, comments, _created, _edited)
    return PollingSource(f"linkedin:{organisation}", step, map_element, every=every, token=token, **given)


def _created(item: Any) -> int | None:
    return moment(at(item, "created", "time") or item.get("publishedAt") or item.get("createdAt"))


def _edited(item: Any) -> Any:
    return at(item, "lastModified", "time") or item.get("lastModifiedAt")
