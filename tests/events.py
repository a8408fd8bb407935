"""Events of a source, read until there are enough of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from streams.sources.contract import Event, Source


async def until(
    source: Source, enough: Callable[[list[Event]], bool], cursor: str | None = None
) -> list[Event]:
    """What `source` gives after `cursor`, within ten seconds."""
    found: list[Event] = []
    async with asyncio.timeout(10), aclosing(source.events(cursor)) as events:
        async for event in events:
            found.append(event)
            if enough(found):
                break
    return found
