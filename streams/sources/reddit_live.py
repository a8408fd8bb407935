"""Reddit live: the newest posts and comments of some subreddits, by an application's own token."""

from __future__ import annotations

import base64
import time
from typing import Any

import aiohttp
import orjson
from yarl import URL

from streams.sources.contract import SourceError
from streams.sources.http import check, fetch
from streams.sources.mapping import at, each, string
from streams.sources.polling import Page, PollingSource, document
from streams.sources.reddit import map_thing

API = "https://oauth.reddit.com"
LOGIN = "https://www.reddit.com/api/v1/access_token"
_PAGES = 10  # of 100 things: more a listing does not give
_EARLY = 60.0  # seconds before its end at which a token is renewed


class Login:
    """An application's token, asked for with its id and secret and renewed before it ends."""

    def __init__(self, client_id: str, secret: str, url: str = LOGIN) -> None:
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}"}
        self._url = URL(url)
        self._token = ""
        self._until = 0.0

    async def header(self, client: aiohttp.ClientSession) -> dict[str, str]:
        """What to send with a request. Raises `Busy`, `SourceError` and `aiohttp.ClientError`."""
        if time.monotonic() >= self._until:
            form = {"grant_type": "client_credentials"}
            async with client.post(
                self._url, data=form, headers=self._headers, allow_redirects=False
            ) as response:
                check(response.status, response.headers, self._url)
                told = document(await response.read())
            token, lasts = string(at(told, "access_token")), at(told, "expires_in")
            if token is None or not isinstance(lasts, int):
                raise SourceError("Reddit gives no token: check the application's id and secret")
            self._token, self._until = token, time.monotonic() + max(_EARLY, lasts - _EARLY)
        return {"Authorization": f"Bearer {self._token}"}


def live(
    subreddits: str, login: Login, api: str = API, *, every: float = 30.0, **given: Any
) -> PollingSource:
    """New posts and comments of `subreddits` ("france+technology"); without a cursor, from the newest page on.

    A listing is walked down from its newest thing to the last one known, for Reddit forgets where a
    deleted one stood.
    """

    async def newer(client: aiohttp.ClientSession, listing: str, last: int | None) -> tuple[list[Any], bool]:
        found: list[Any] = []
        after = None
        for _ in range(_PAGES):
            asked = {"limit": "100", "raw_json": "1"} | ({"after": after} if after else {})
            question = URL(f"{api}/r/{subreddits}/{listing}").with_query(asked)
            page = document((await fetch(client, question, headers=await login.header(client))).body)
            things = each(page, "data", "children")
            fresh = [thing for thing in things if _number(thing) > (last or 0)]
            found += fresh
            after = string(at(page, "data", "after"))
            if len(fresh) < len(things) or after is None or last is None:
                return found, True
        return found, False

    async def step(client: aiohttp.ClientSession, cursor: str | None) -> Page:
        known = _remembered(cursor)
        things: list[Any] = []
        lost = False
        for listing in ("new", "comments"):
            found, whole = await newer(client, listing, known.get(listing))
            lost = lost or not whole
            things += reversed(found)
            known[listing] = max([known.get(listing, 0), *map(_number, found)])
        gap = "gives no more than 1,000 things at once: some are left out" if lost else None
        return Page(things, orjson.dumps(known).decode(), gap=gap)

    return PollingSource(f"reddit:{subreddits}", step, map_thing, every=every, **given)


def _number(thing: Any) -> int:
    """Reddit counts its things in base 36."""
    name = string(at(thing, "data", "name")) or ""
    try:
        return int(name.partition("_")[2], 36)
    except ValueError:
        return 0


def _remembered(cursor: str | None) -> dict[str, int]:
    try:
        found = orjson.loads(cursor or "{}")
    except orjson.JSONDecodeError:
        return {}
    return {str(name): int(last) for name, last in found.items()} if isinstance(found, dict) else {}
