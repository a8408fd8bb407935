"""A source that asks again and again: one page after another, then a pause."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NamedTuple

import aiohttp
import orjson

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.backoff import Backoff
from streams.sources.contract import Checkpoint, Event, Gap, Recovered, Trouble, dropped
from streams.sources.http import Busy, session, trouble
from streams.sources.mapping import Map, announced, receipt


class Page(NamedTuple):
    """Payloads in order, the cursor behind them, and whether there are more at once.

    `gap` says what cannot be had any more; an `Invalid` stands for a payload that could not be decoded.
    """

    payloads: list[Any]
    cursor: str
    more: bool = False
    gap: str | None = None


Step = Callable[[aiohttp.ClientSession, str | None], Awaitable[Page]]


class PollingSource:
    """`step` fetches what comes after a cursor, `mapping` reads its payloads, every `every` seconds.

    A server that is busy is given the time that it asks for; a failing network is tried again with
    growing waits. What a token opens is never written anywhere.
    """

    def __init__(
        self, name: str, step: Step, mapping: Map, *, every: float, route: str = "poll",
        token: str | None = None, pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        backoff: Backoff | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._step = step
        self._mapping = mapping
        self._every = every
        self._route = route
        self._token = token
        self._pause = pause
        self._backoff = backoff or Backoff()
        self._count = 0

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Events without end. Raises `SourceError` where the server refuses for good."""
        well = True
        async with session(token=self._token) as client:
            while True:
                try:
                    page = await self._step(client, cursor)
                except (Busy, aiohttp.ClientError, TimeoutError, OSError) as error:
                    wait = self._backoff.wait(error.wait if isinstance(error, Busy) else 0.0)
                    well = False
                    yield Trouble(f"{self.name}: {trouble(error)}", wait)
                    await self._pause(wait)
                    continue
                self._backoff.reset()
                if not well:
                    well = True
                    yield Recovered()
                if page.gap is not None:
                    yield Gap(f"{self.name} {page.gap}")
                for payload in page.payloads:
                    for event in self._announced(payload):
                        yield event
                if page.cursor != cursor:
                    cursor = page.cursor
                    yield Checkpoint(cursor)
                if not page.more:
                    await self._pause(self._every)

    def _announced(self, payload: Any) -> list[Event]:
        self._count += 1
        now = time.time_ns() // 1_000_000
        if isinstance(payload, Invalid):
            return [dropped(self.name, self._count, payload, b"", now)]
        raw = orjson.dumps(payload, default=str)
        if not isinstance(payload, dict):
            wrong = Invalid("not-an-object", f"a payload is an object, not {type(payload).__name__}")
            return [dropped(self.name, self._count, wrong, raw, now)]
        origin = Source(self.name.partition(":")[0], self._route)
        return [
            announced(receipt(outcome, now), raw, topic=self.name, offset=self._count, now=now)
            for outcome in self._mapping(payload, origin)
        ]


def document(body: bytes) -> Any:
    """The JSON of an answer. Raises `Busy` where it is none: a server in trouble sends a page of words."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Busy(0.0, f"the answer is no JSON: {error}") from None
