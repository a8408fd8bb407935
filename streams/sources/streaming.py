"""A source that listens: one long answer over HTTP, and a question for what it missed while away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Protocol

import aiohttp
import orjson
from yarl import URL

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.backoff import Backoff
from streams.sources.contract import Checkpoint, Event, Gap, Recovered, SourceError, Trouble, dropped
from streams.sources.http import Busy, check, session, trouble
from streams.sources.mapping import Map, announced, receipt
from streams.sources.polling import Page

_EVERY = 500  # payloads, or
_SECONDS = 1.0  # between checkpoints


class Wire(Protocol):
    """What is particular to a platform's stream. Payloads are numbered by ids that grow."""

    @property
    def url(self) -> URL: ...

    async def prepare(self, client: aiohttp.ClientSession) -> None:
        """Whatever must be arranged before each connection (rules, for example)."""

    def missed(self, client: aiohttp.ClientSession, since: int) -> AsyncIterator[Page]:
        """What came after the id `since`, the oldest page first as far as the platform allows it."""
        ...

    def cutter(self) -> Callable[[bytes], Iterator[Any]]:
        """A fresh reader: chunks in, payloads (or `Invalid`) out."""
        ...

    def place(self, payload: Any) -> int | None:
        """The id by which `payload` is numbered; None for what has none (a deletion)."""
        ...


class StreamingSource:
    """Connects, asks for what was missed since the newest id, then hands on what comes.

    A connection that is silent for `silence` seconds counts as dead; platforms send keep-alives.
    """

    def __init__(
        self, name: str, wire: Wire, mapping: Map, *, token: str | None = None, silence: float = 40.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep, backoff: Backoff | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._wire = wire
        self._mapping = mapping
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=None, connect=10, sock_read=silence)
        self._pause = pause
        self._backoff = backoff or Backoff()
        self._newest: int | None = None
        self._count = 0
        self._unread = 0
        self._kept = 0.0
        self._well = True

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Events without end. Raises `SourceError` where the server refuses for good."""
        self._newest = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else None
        async with session(token=self._token) as client:
            while True:
                at_least, detail = 0.0, "the stream ended"
                try:
                    async for event in self._connected(client):
                        yield event
                except (Busy, aiohttp.ClientError, TimeoutError, OSError) as error:
                    at_least, detail = error.wait if isinstance(error, Busy) else 0.0, trouble(error)
                if self._unread and self._newest is not None:
                    yield self._checkpoint()
                wait = self._backoff.wait(at_least)
                self._well = False
                yield Trouble(f"{self.name}: {detail}", wait)
                await self._pause(wait)

    async def _connected(self, client: aiohttp.ClientSession) -> AsyncGenerator[Event, None]:
        await self._wire.prepare(client)
        # Connected first, asked then: what comes while we ask waits in the connection.
        async with client.get(self._wire.url, timeout=self._timeout, allow_redirects=False) as response:
            check(response.status, response.headers, self._wire.url)
            if self._newest is not None:
                async for event in self._caught_up(client, self._newest):
                    yield event
            self._backoff.reset()
            if not self._well:
                self._well = True
                yield Recovered()
            cut = self._wire.cutter()
            async for chunk in response.content.iter_any():
                for payload in cut(chunk):
                    for event in self._announced(payload):
                        yield event
                due = self._unread >= _EVERY or time.monotonic() - self._kept >= _SECONDS
                if self._unread and due and self._newest is not None:
                    yield self._checkpoint()

    async def _caught_up(self, client: aiohttp.ClientSession, since: int) -> AsyncGenerator[Event, None]:
        try:
            async for page in self._wire.missed(client, since):
                if page.gap is not None:
                    yield Gap(f"{self.name} {page.gap}")
                for payload in page.payloads:
                    for event in self._announced(payload):
                        yield event
        except SourceError as error:
            yield Gap(f"{self.name}: what came since {since} cannot be had: {error}")
        except (Busy, aiohttp.ClientError, TimeoutError, OSError):
            self._newest, self._unread = since, 0  # pages need not be in order: ask for all of it again
            raise

    def _announced(self, payload: Any) -> list[Event]:
        self._count += 1
        now = time.time_ns() // 1_000_000
        if isinstance(payload, Invalid):
            return [dropped(self.name, self._count, payload, b"", now)]
        place = self._wire.place(payload)
        if place is not None:
            self._newest = max(place, self._newest or 0)
        self._unread += 1
        origin = Source(self.name.partition(":")[0], "stream", None if place is None else str(place))
        raw = orjson.dumps(payload)
        return [
            announced(receipt(outcome, now), raw, topic=self.name, offset=self._count, now=now)
            for outcome in self._mapping(payload, origin)
        ]

    def _checkpoint(self) -> Checkpoint:
        self._unread, self._kept = 0, time.monotonic()
        return Checkpoint(str(self._newest))
