"""The page's server: addresses, languages, and an index that is read off the loop."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.evidence import views
from streams.evidence.access import HEADERS, guard
from streams.evidence.originals import Originals
from streams.evidence.session import Person
from streams.evidence.views import Watched
from streams.pages.rendering import render, style, style_name
from streams.pages.words import LANGUAGES, Language, Words, preferred

log = logging.getLogger("vigie.evidence")
T = TypeVar("T")
_YEAR = 31_536_000  # seconds


class Pages:
    """`reader` answers one question at a time; `caught_up` says whether the index has all that there was."""

    def __init__(
        self,
        reader: sqlite3.Connection,
        originals: Originals,
        watched: Watched,
        caught_up: Callable[[], bool],
    ) -> None:
        self.reader = reader
        self.originals = originals
        self.watched = watched
        self._caught_up = caught_up
        self.desk_open = False
        self.person: Callable[[web.Request], Person | None] = lambda _: None  # who is signed in
        self._turn = asyncio.Lock()

    def application(self, hosts: Collection[str]) -> web.Application:
        made = web.Application(middlewares=[guard(hosts), self._mended], client_max_size=64 * 1024)
        made.router.add_get("/", self.overview)
        made.router.add_get("/company/{company:[a-z0-9-]{1,64}}", self.company)
        made.router.add_get(f"/{style_name()}", _style)
        made.router.add_get("/-/healthy", _healthy)
        return made

    async def overview(self, request: web.Request) -> web.Response:
        words = Words(language_of(request))
        sort = request.query.get("sort", "")
        given = await self.ask(lambda: views.overview(self.reader, self.watched, words, sort))
        return self.page(request, "overview.html", given)

    async def company(self, request: web.Request) -> web.Response:
        words, name = Words(language_of(request)), request.match_info["company"]
        given = await self.ask(
            lambda: views.company(self.reader, self.originals, self.watched, words, name, request.query)
        )
        if given is None:
            return self.error(request, 404, words("company.unknown", company=name))
        return self.page(request, "company.html", given)

    async def ask(self, question: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(question)

    def page(
        self, request: web.Request, template: str, given: dict[str, Any], status: int = 200
    ) -> web.Response:
        language = language_of(request)
        links = {code: str(request.rel_url.update_query(lang=code)) for code in LANGUAGES}
        text = render(
            template,
            language,
            style_name=style_name(),
            tongue_links=links,
            reading=not self._caught_up(),
            person=self.person(request),
            desk_open=self.desk_open,
            **given,
        )
        answer = web.Response(text=text, content_type="text/html", status=status)
        if request.query.get("lang") in LANGUAGES:
            answer.set_cookie("lang", language, max_age=_YEAR, httponly=True, samesite="Lax")
        return answer

    def error(self, request: web.Request, status: int, message: str) -> web.Response:
        return self.page(request, "error.html", {"message": message}, status)

    @web.middleware
    async def _mended(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """An address that is none, or a fault of ours, is a page too, and tells nothing of the inside."""
        words = Words(language_of(request))
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return self.error(request, 404, words("error.missing"))
        except web.HTTPException as refusal:
            refusal.headers.update(HEADERS)
            raise
        except Exception:
            log.exception("while answering %s", request.path)
            return self.error(request, 500, words("error.fault"))


def language_of(request: web.Request) -> Language:
    """Asked for in the address, chosen before, or preferred by the browser."""
    for asked in (request.query.get("lang"), request.cookies.get("lang")):
        if asked in LANGUAGES:
            return asked
    return preferred(request.headers.get("Accept-Language", ""))


async def _style(request: web.Request) -> web.Response:
    kept = {"Cache-Control": f"public, max-age={_YEAR}, immutable"}
    return web.Response(text=style(), content_type="text/css", headers=kept)


async def _healthy(request: web.Request) -> web.Response:
    return web.Response(text="ok\n")
