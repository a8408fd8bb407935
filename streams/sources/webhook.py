"""Posts that are brought to the door: webhooks of Facebook and LinkedIn, and a door for anything.

Who sends has to prove it with a secret. A delivery is answered only once all of it is kept (the contract:
a cursor is kept before the next event is asked for), so a sender that hears nothing sends it again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from aiohttp import web

from schemas.codec import decode_post
from schemas.post import Source
from streams.sources import facebook, linkedin
from streams.sources.contract import Checkpoint, Event, SourceError
from streams.sources.fields import FieldMap
from streams.sources.mapping import Outcome, announced, each, receipt
from streams.sources.rows import mapped

BODY = 1 << 20  # bytes of one delivery
_HEAD = 10.0  # seconds for a connection to say what it wants
_READ = 10.0  # seconds for a delivery's body to arrive
_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_KEPT = 20.0  # seconds for it to be kept
_WAITING = 64  # deliveries at once
RATE = 50  # deliveries a second


@dataclass(frozen=True, slots=True)
class Secrets:
    """What senders prove themselves with; a door without its secret stays shut."""

    posts: str | None = None
    facebook: str | None = None
    facebook_verify: str | None = None
    linkedin: str | None = None


class _Delivery(NamedTuple):
    outcomes: list[tuple[bytes, list[Outcome]]]
    kept: asyncio.Future[None]


class WebhookSource:
    """POST /posts (one post, a list, or JSONL; `Authorization: Bearer SECRET`), /facebook and /linkedin."""

    def __init__(self, port: int, secrets: Secrets, host: str = "127.0.0.1") -> None:
        self.name = f"webhook:{port}"
        self._port = port
        self._host = host
        self._secrets = secrets
        self._queue: asyncio.Queue[_Delivery] = asyncio.Queue(_WAITING)
        self._allowed, self._since = float(RATE), time.monotonic()
        self._silent: dict[Any, asyncio.TimerHandle] = {}  # connections that have not asked anything yet
        self.listening = asyncio.Event()
        self.address = (host, port)  # with the port that port 0 became, once it listens

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Deliveries as they come. Raises `SourceError` where the port is taken."""
        count = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else 0
        runner = web.AppRunner(self._application(), access_log=None, keepalive_timeout=_HEAD)
        await runner.setup()
        door = None
        try:
            door = await self._open(runner)
            self.address = door.sockets[0].getsockname()[:2]
            self.listening.set()
            while True:
                delivery = await self._queue.get()
                for raw, outcomes in delivery.outcomes:
                    count += 1
                    now = time.time_ns() // 1_000_000
                    for outcome in outcomes:
                        yield announced(receipt(outcome, now), raw, topic=self.name, offset=count, now=now)
                yield Checkpoint(str(count))
                if not delivery.kept.done():
                    delivery.kept.set_result(None)
        finally:
            if door is not None:
                door.close()
            for timer in self._silent.values():
                timer.cancel()
            await runner.cleanup()

    async def _open(self, runner: web.AppRunner) -> asyncio.Server:
        """Listen; aiohttp alone would wait for ever for the end of a request's head."""
        loop = asyncio.get_running_loop()

        def connected() -> asyncio.BaseProtocol:
            assert runner.server is not None  # noqa: S101 - for mypy: it is set up
            connection = runner.server()
            self._silent[connection] = loop.call_later(_HEAD, self._hang_up, connection)
            return connection

        try:
            return await loop.create_server(connected, self._host, self._port)
        except OSError as error:
            raise SourceError(f"cannot listen on {self._host}:{self._port}: {error.strerror}") from None

    def _hang_up(self, connection: Any) -> None:
        self._silent.pop(connection, None)
        if connection.transport is not None:
            connection.transport.write(_SLOW)
            connection.force_close()

    @web.middleware
    async def _heard(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        timer = self._silent.pop(request.protocol, None)
        if timer is not None:
            timer.cancel()
        answer: web.StreamResponse = await handler(request)
        return answer

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=BODY, middlewares=[self._heard])
        secrets = self._secrets
        if secrets.posts:
            app.router.add_post("/posts", self._door(_bearer(secrets.posts), _posts))
        if secrets.facebook:
            app.router.add_post("/facebook", self._door(_meta(secrets.facebook), _changes))
        if secrets.facebook_verify:
            app.router.add_get("/facebook", _meta_challenge(secrets.facebook_verify))
        if secrets.linkedin:
            app.router.add_post("/linkedin", self._door(_linkedin(secrets.linkedin), _notifications))
            app.router.add_get("/linkedin", _linkedin_challenge(secrets.linkedin))
        if not app.router.routes():
            raise SourceError("a webhook needs a secret: set VIGIE_WEBHOOK_SECRET")
        return app

    def _door(
        self, proven: Callable[[Mapping[str, str], bytes], bool], read: Callable[[bytes], list[tuple[bytes, list[Outcome]]]]
    ) -> Callable[[web.Request], Any]:  # fmt: skip
        async def deliver(request: web.Request) -> web.Response:
            if not self._passes():
                return web.Response(status=429, headers={"Retry-After": "1"})
            try:
                async with asyncio.timeout(_READ):
                    body = await request.read()  # 413 beyond BODY
            except TimeoutError:
                return web.Response(status=408, text="the body did not arrive in time")
            if not proven(request.headers, body):
                return web.Response(status=401, text="the signature or secret is wrong")
            try:
                outcomes = read(body)
            except ValueError as error:
                return web.Response(status=400, text=f"no JSON: {error}")
            delivery = _Delivery(outcomes, asyncio.get_running_loop().create_future())
            try:
                async with asyncio.timeout(_KEPT):
                    await self._queue.put(delivery)
                    await delivery.kept
            except TimeoutError:
                return web.Response(
                    status=503, text="not kept yet: send it again", headers={"Retry-After": "5"}
                )
            return web.Response(text=f"{len(outcomes)}\n")

        return deliver

    def _passes(self) -> bool:
        now = time.monotonic()
        self._allowed = min(float(RATE), self._allowed + (now - self._since) * RATE)
        self._since = now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        return True


def _bearer(secret: str) -> Callable[[Mapping[str, str], bytes], bool]:
    return lambda headers, _: _same(headers.get("Authorization", ""), f"Bearer {secret}")


def _meta(secret: str) -> Callable[[Mapping[str, str], bytes], bool]:
    return lambda headers, body: _same(
        headers.get("X-Hub-Signature-256", ""), f"sha256={_digest(secret, body)}"
    )


def _linkedin(secret: str) -> Callable[[Mapping[str, str], bytes], bool]:
    return lambda headers, body: _same(
        headers.get("X-LI-Signature", ""), _digest(secret, b"hmacsha256=" + body)
    )


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _digest(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _meta_challenge(verify: str) -> Callable[[web.Request], Any]:
    async def answer(request: web.Request) -> web.Response:
        if not _same(request.query.get("hub.verify_token", ""), verify):
            return web.Response(status=403)
        return web.Response(text=request.query.get("hub.challenge", ""))

    return answer


def _linkedin_challenge(secret: str) -> Callable[[web.Request], Any]:
    async def answer(request: web.Request) -> web.Response:
        code = request.query.get("challengeCode", "")
        return web.json_response({"challengeCode": code, "challengeResponse": _digest(secret, code.encode())})

    return answer


def _posts(body: bytes) -> list[tuple[bytes, list[Outcome]]]:
    """One post, a list of posts, or a post a line; each of its own fate."""
    decode = mapped(FieldMap(), "webhook")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return [_line(line, decode) for line in body.splitlines() if line.strip()]
    items = found if isinstance(found, list) else [found]
    return [_line(orjson.dumps(item), decode) for item in items]


def _line(raw: bytes, decode: Callable[[Any, int], Any]) -> tuple[bytes, list[Outcome]]:
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw, [decode_post(raw)]
    return raw, list(decode(document, 0)) if isinstance(document, dict) else [decode_post(raw)]


def _changes(body: bytes) -> list[tuple[bytes, list[Outcome]]]:
    origin = Source("facebook", "webhook")
    return [
        (orjson.dumps(one), list(facebook.map_change(one, origin)))
        for one in facebook.changes(orjson.loads(body))
    ]


def _notifications(body: bytes) -> list[tuple[bytes, list[Outcome]]]:
    origin = Source("linkedin", "webhook")
    told = each(orjson.loads(body), "notifications")
    return [(orjson.dumps(one), list(linkedin.map_notification(one, origin))) for one in told]
