"""Facebook live: the feed of a page and the comments under its posts, by the Graph API.

Needs a page's token, or the right to read public pages. New comments are sought under the page's
recent posts; for anything at once, and for edits and deletions, let the webhook tell.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from yarl import URL

from streams.sources.facebook import map_object
from streams.sources.http import fetch
from streams.sources.mapping import at, each, string
from streams.sources.page_feed import page_step
from streams.sources.polling import PollingSource, document
from streams.sources.times import moment

API = "https://graph.facebook.com/v23.0"
_POSTS = 25  # recent posts whose comments are asked for
_PAGES = 10  # of 100 comments under one post
_COMMENT = "id,message,created_time,from,parent{id},permalink_url,like_count,comment_count,is_hidden"
_POST = (
    "id,message,story,created_time,updated_time,permalink_url,from,shares,message_tags,is_published,privacy,"
    "attachments{title,url,unshimmed_url},reactions.summary(true).limit(0),comments.summary(true).limit(0)"
)


def live(page: str, token: str, api: str = API, *, every: float = 120.0, **given: Any) -> PollingSource:
    """Posts of `page` (an id or name) and comments under them; the token goes in a header, not in addresses."""

    async def asked(client: aiohttp.ClientSession, url: URL) -> Any:
        return document((await fetch(client, url)).body)

    async def comments(client: aiohttp.ClientSession, post: str, since: int) -> list[Any]:
        found: list[Any] = []
        query = {"fields": _COMMENT, "filter": "stream", "order": "reverse_chronological", "limit": "100"}
        for _ in range(_PAGES):
            body = await asked(client, URL(f"{api}/{post}/comments").with_query(query))
            batch = [
                # The answer does not say what it is the answer to.
                {"parent": {"id": post}, **comment}
                for comment in each(body, "data")
            ]
            fresh = [comment for comment in batch if (_created(comment) or 0) >= since]
            found += fresh
            after = string(at(body, "paging", "cursors", "after"))
            if len(fresh) < len(batch) or after is None or at(body, "paging", "next") is None:
                break
            query["after"] = after
        return found

    async def posts(client: aiohttp.ClientSession) -> list[Any]:
        query = {"fields": _POST, "limit": str(_POSTS)}
        return [*each(await asked(client, URL(f"{api}/{page}/feed").with_query(query)), "data")]

    step = page_step(posts, comments, _created, lambda item: item.get("updated_time"))
    return PollingSource(f"facebook:{page}", step, map_object, every=every, token=token, **given)


def _created(item: Any) -> int | None:
    return moment(item.get("created_time"))
