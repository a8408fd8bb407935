"""Correcting a judgement from the page: signing in, the form, and the record that is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas.correction import NOTE_LIMIT, Correction, encode_correction
from schemas.judged import DISCLOSURE_KINDS, LABELS
from schemas.topics import CORRECTIONS
from streams.evidence import asking
from streams.evidence.asking import Voice
from streams.evidence.server import Pages, language_of
from streams.evidence.session import LASTS, Desk, Person
from streams.evidence.views import opened
from streams.pages.words import Words
from streams.settings import Settings

COOKIE = "desk"
Send = Callable[[Correction], None]


def sender(settings: Settings) -> Send:
    """Sends to corrections.v1 and returns once Kafka has it; raises KafkaError. `settings.broker` must be set."""

    def send(correction: Correction) -> None:
        producer = KafkaProducer(
            bootstrap_servers=(settings.broker or "").split(","), **settings.security.options()
        )
        try:
            value = encode_correction(correction)
            producer.send(CORRECTIONS.name, value, key=correction.post.encode()).get(timeout=10)
        finally:
            producer.close(timeout=5)

    return send


class Corrections:
    """The part of the site where people write."""

    def __init__(self, pages: Pages, desk: Desk, send: Send) -> None:
        self._pages = pages
        self._desk = desk
        self._send = send

    def add_to(self, application: web.Application) -> None:
        application.router.add_get("/sign-in", self.ask)
        application.router.add_post("/sign-in", self.sign_in)
        application.router.add_post("/sign-out", self.sign_out)
        application.router.add_get("/correct", self.form)
        application.router.add_post("/correct", self.correct)

    def person(self, request: web.Request) -> Person | None:
        return self._desk.person(request.cookies.get(COOKIE), time.time())

    async def ask(self, request: web.Request) -> web.Response:
        return self._pages.page(
            request, "sign-in.html", {"wrong": False, "back": _within(request.query.get("back"))}
        )

    async def sign_in(self, request: web.Request) -> web.Response:
        given = await _given(request)
        back = _within(given.get("back"))
        cookie = self._desk.sign_in(given.get("name", ""), given.get("token", ""), time.time())
        if cookie is None:
            await asyncio.sleep(1.0)  # whoever guesses is to wait
            return self._pages.page(request, "sign-in.html", {"wrong": True, "back": back}, 403)
        answer = _see(back)
        answer.set_cookie(
            COOKIE, cookie, max_age=LASTS, httponly=True, samesite="Strict", secure=request.secure
        )
        return answer

    async def sign_out(self, request: web.Request) -> web.Response:
        await _given(request)
        answer = _see("/")
        answer.del_cookie(COOKIE)
        return answer

    async def form(self, request: web.Request) -> web.Response:
        if self.person(request) is None:
            return _see("/sign-in?" + urlencode({"back": str(request.rel_url)}))
        shown = await self._voice(request.query)
        done = "done" in request.query
        return self._pages.page(request, "correct.html", {**shown, "done": done, "kinds": DISCLOSURE_KINDS})

    async def correct(self, request: web.Request) -> web.Response:
        person, words = self.person(request), Words(language_of(request))
        given = await _given(request)
        if person is None or not self._desk.same_form(person, given.get("form", "")):
            return self._pages.error(request, 403, words("error.refused", why=words("correct.expired")))
        voice: Voice = (await self._voice(given))["post"].voice
        company, about = given["company"], given.get("about", "")
        known = self._pages.watched.names
        label = next((one for one in LABELS if one == given.get("label")), None)
        if label is None or (about and about not in known):
            return self._pages.error(request, 400, words("error.refused", why=words("correct.unread")))
        correction = Correction(
            post=voice.post, version=voice.version, company=company, about=about or None, label=label,
            disclosures=tuple(kind for kind in DISCLOSURE_KINDS if f"discloses-{kind}" in given), by=person.name,
            at=int(time.time() * 1000), note=given.get("note", "").strip()[:NOTE_LIMIT],
        )  # fmt: skip
        try:
            await asyncio.to_thread(self._send, correction)
        except KafkaError as error:
            return self._pages.error(request, 503, words("correct.failed", why=type(error).__name__))
        again = urlencode({"company": company, "post": voice.post, "done": 1})
        return _see(f"/correct?{again}")

    async def _voice(self, query: Mapping[str, str]) -> dict[str, Any]:
        """The post that is spoken of, with all that is known of it; HTTPNotFound for one that is not held."""
        company, post = query.get("company", ""), query.get("post", "")
        pages = self._pages

        def look() -> dict[str, Any] | None:
            voice = asking.voice(pages.reader, company, post)
            if voice is None:
                return None
            shown = opened([voice], pages.originals, pages.watched)[0]
            said = asking.correction(pages.reader, company, post, voice.version)
            return {
                "post": shown, "company": company, "name": pages.watched.names.get(company, company), "said": said,
                "names": sorted(pages.watched.names.items(), key=lambda one: one[1].casefold()),
                "disclosed": {kind for kind, *_ in voice.disclosures},
            }  # fmt: skip

        found = await pages.ask(look)
        if found is None:
            raise web.HTTPNotFound
        return found


async def _given(request: web.Request) -> dict[str, str]:
    """A form's fields; refused where the browser says that another site's page sends it."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        raise web.HTTPForbidden(text="sent from another site\n")
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _within(back: str | None) -> str:
    """A path of this site, never another's address."""
    return back if back and back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
