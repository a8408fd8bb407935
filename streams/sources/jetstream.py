"""Bluesky live: the Jetstream websocket (v1), resumed by its cursor; no authorisation is needed.

The cursor is Jetstream's `time_us`. A server that keeps less history than a cursor asks for begins
silently at what it has: told from the first event's time, and said as a gap.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import suppress

import aiohttp
import orjson
from yarl import URL

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.backoff import Backoff
from streams.sources.bluesky import POST, REPOST, map_event
from streams.sources.contract import Checkpoint, Event, Gap, SourceError, Trouble, dropped
from streams.sources.http import trouble
from streams.sources.mapping import announced

PUBLIC = "wss://jetstream2.us-east.bsky.network/subscribe"
_FRAME = 1 << 20  # bytes; a post is a few thousand
_SILENCE = 30.0  # seconds without a frame after which the connection counts as dead
_OVERLAP = 2_000_000  # µs read again on a reconnect: events of one instant may come in any order
_CLAMPED = 60_000_000  # µs: posts come many a second, so the first one is near the cursor asked for
_AHEAD = 3_600_000  # ms that a server's clock may be ahead of ours
_EVERY = 500  # events, or
_SECONDS = 1.0  # between checkpoints


class JetstreamSource:
    """Every public post, repost, deletion and withdrawn account of the network."""

    def __init__(
        self, url: str = PUBLIC, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        silence: float = _SILENCE, backoff: Backoff | None = None,
    ) -> None:  # fmt: skip
        self.name = "bluesky"
        self._url = URL(url if "://" in url else PUBLIC)
        self._pause = pause
        self._silence = silence
        self._backoff = backoff or Backoff()
        self._newest: int | None = None  # time_us of the newest event handed on
        self._count = 0
        self._unread = 0  # events since the last checkpoint
        self._kept = 0.0

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Events without end. Raises `SourceError` where the server refuses the request for good."""
        if cursor is not None:
            with suppress(ValueError):
                self._newest = int(cursor)
        async with aiohttp.ClientSession() as session:
            while True:
                detail = "the stream ended"
                try:
                    async with session.ws_connect(
                        self._asked(), heartbeat=self._silence / 2, max_msg_size=_FRAME
                    ) as socket:
                        async for event in self._connected(socket):
                            yield event
                except aiohttp.WSServerHandshakeError as error:
                    if 400 <= error.status < 500 and error.status != 429:
                        raise SourceError(
                            f"{self._url.host} refuses: {error.status} {error.message}"
                        ) from None
                    detail = f"{self._url.host} answers {error.status}"
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    detail = trouble(error)
                if self._unread:
                    yield self._checkpoint()
                wait = self._backoff.wait()
                yield Trouble(f"bluesky: {detail}", wait)
                await self._pause(wait)

    def _asked(self) -> URL:
        query: list[tuple[str, str]] = [("wantedCollections", POST), ("wantedCollections", REPOST)]
        if self._newest is not None:
            query.append(("cursor", str(self._newest - _OVERLAP)))
        return self._url.extend_query(query)

    async def _connected(self, socket: aiohttp.ClientWebSocketResponse) -> AsyncGenerator[Event, None]:
        asked = self._newest
        first = True
        while True:
            async with asyncio.timeout(self._silence):  # wait_for of Python 3.11 may swallow a cancellation
                message = await socket.receive()
            if message.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                return
            raw = message.data.encode() if isinstance(message.data, str) else message.data
            seen, events = self._read(raw)
            if first and seen is not None:
                first = False
                self._backoff.reset()
                if asked is not None and seen - asked > _CLAMPED:
                    yield Gap(
                        "bluesky: the server keeps less history than was missed", asked // 1000, seen // 1000
                    )
            for event in events:
                yield event
            if seen is not None:
                self._newest = max(seen, self._newest or 0)
                self._unread += 1
            if self._unread >= _EVERY or (self._unread and time.monotonic() - self._kept >= _SECONDS):
                yield self._checkpoint()

    def _read(self, raw: bytes) -> tuple[int | None, Iterator[Event]]:
        """The event's `time_us`, and what it announces."""
        now = time.time_ns() // 1_000_000
        self._count += 1
        try:
            document = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            return None, iter([dropped("bluesky:", self._count, Invalid("not-json", str(error)), raw, now)])
        if not isinstance(document, dict):
            wrong = Invalid("not-an-object", "an event is a JSON object")
            return None, iter([dropped("bluesky:", self._count, wrong, raw, now)])
        seen = document.get("time_us")
        # A time that cannot be must not become the cursor.
        sound = isinstance(seen, int) and 0 < seen < (now + _AHEAD) * 1000
        place = seen if sound else None
        origin = Source("bluesky", "jetstream", None if place is None else str(place))
        return place, (
            announced(outcome, raw, topic="bluesky:", offset=place or self._count, now=now)
            for outcome in map_event(document, origin)
        )

    def _checkpoint(self) -> Checkpoint:
        self._unread, self._kept = 0, time.monotonic()
        return Checkpoint(str(self._newest))
