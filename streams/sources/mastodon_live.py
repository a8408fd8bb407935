"""Mastodon live: a server's public stream (SSE), and its timeline for what was missed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import aiohttp
import orjson
from yarl import URL

from schemas.reject import Invalid
from streams.sources.http import fetch
from streams.sources.mapping import at, each
from streams.sources.mastodon import map_event
from streams.sources.polling import Page, document
from streams.sources.sse import EventParser
from streams.sources.streaming import StreamingSource

_PAGES = 50  # of 40 statuses: asked for at most, to stay within 300 requests in 5 minutes


class MastodonWire:
    """The public stream of `server` (an address); local and remote posts alike."""

    def __init__(self, server: str) -> None:
        base = URL(server if "://" in server else f"https://{server}")
        self._host = base.host or server
        self._timeline = base / "api/v1/timelines/public"
        self.url = base / "api/v1/streaming/public"

    async def prepare(self, client: aiohttp.ClientSession) -> None:
        """Nothing to arrange."""

    async def missed(self, client: aiohttp.ClientSession, since: int) -> AsyncIterator[Page]:
        """Pages of 40 statuses upward from `since`."""
        for _ in range(_PAGES):
            question = self._timeline.with_query(min_id=str(since), limit="40")
            statuses = each(document((await fetch(client, question)).body))
            ids = [found for status in statuses if (found := _number(status.get("id"))) is not None]
            if not ids or max(ids) <= since:
                return
            since = max(ids)
            payloads = [self._event("update", status) for status in reversed(statuses)]
            yield Page(payloads, str(since), more=True)
        yield Page([], str(since), gap=f"has more than {_PAGES * 40} posts behind {since}: some are left out")

    def cutter(self) -> Callable[[bytes], Iterator[Any]]:
        """Events of the stream as payloads."""
        parser = EventParser()

        def cut(chunk: bytes) -> Iterator[Any]:
            skipped = parser.skipped
            for event in parser.feed(chunk):
                try:
                    yield self._event(event.name, orjson.loads(event.data))
                except orjson.JSONDecodeError as error:
                    yield Invalid("not-json", str(error))
            for _ in range(parser.skipped - skipped):
                yield Invalid("too-large", "an event without end")

        return cut

    def place(self, payload: Any) -> int | None:
        """The id of a status; those of deletions and edits are older than what was seen."""
        return _number(at(payload, "payload", "id")) if at(payload, "event") == "update" else None

    def _event(self, name: str, payload: Any) -> dict[str, Any]:
        return {
            "event": name,
            "payload": payload,
            "host": self._host,
            "received": time.time_ns() // 1_000_000,
        }


def _number(native: Any) -> int | None:
    text = str(native)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def live(server: str, token: str, **given: Any) -> StreamingSource:
    """The public posts of one server and of those it hears."""
    return StreamingSource(f"mastodon:{server}", MastodonWire(server), map_event, token=token, **given)
