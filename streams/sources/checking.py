"""Does a source keep the contract? What `vigie source check NAME` runs, for third parties' sources too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import get_args

from schemas.codec import decode_post, encode_post
from schemas.reject import RAW_LIMIT, REASONS
from streams.sources.contract import (
    AuthorDelete,
    Checkpoint,
    Delete,
    Dropped,
    Event,
    Source,
    SourceError,
    Upsert,
)


async def check(make: Callable[[], Source], *, events: int = 2000, seconds: float = 30.0) -> list[str]:
    """What is wrong with the source that `make` gives, each as a sentence; nothing where all is well.

    Reads up to `events` events or `seconds` seconds, then starts a second source from a checkpoint: what it
    gives must be known from the first or be new, and must not begin before the checkpoint.
    """
    source = make()
    found = [] if source.name and source.name == make().name else ["name must be the same for every start"]
    try:
        read = await _read(source, None, events, seconds)
    except SourceError as error:
        return [*found, f"cannot start: {error}"]
    found += list(dict.fromkeys(problem for event in read if (problem := _problem(event)) is not None))
    places = [index for index, event in enumerate(read) if isinstance(event, Checkpoint)]
    if not places:
        return [*found, f"no Checkpoint within {len(read)} events"] if read else found
    middle = places[len(places) // 2]
    mark = read[middle]
    assert isinstance(mark, Checkpoint)  # noqa: S101 - by its index
    try:
        again = await _read(make(), mark.cursor, events, seconds)
    except SourceError as error:
        return [*found, f"cannot go on from its own checkpoint {mark.cursor[:80]!r}: {error}"]
    missing = _posts(read[middle + 1 :]) - _posts(again)
    if missing and len(again) < events:
        found.append(f"{len(missing)} posts behind a checkpoint are lost by going on from it")
    if _posts(read[:middle]) and len(_posts(again) & _posts(read[:middle])) == len(_posts(read[:middle])) > 1:
        found.append("going on from a checkpoint gives again all that came before it")
    return found


async def _read(source: Source, cursor: str | None, events: int, seconds: float) -> list[Event]:
    found: list[Event] = []
    try:
        async with asyncio.timeout(seconds), aclosing(source.events(cursor)) as stream:
            async for event in stream:
                found.append(event)
                if len(found) >= events:
                    break
    except TimeoutError:
        pass  # a live source has no end
    return found


def _posts(events: list[Event]) -> set[tuple[str, int]]:
    return {(event.post.key, event.post.version) for event in events if isinstance(event, Upsert)}


def _typed(name: str, value: object, kind: type) -> str | None:
    """Third parties' code may not have been type-checked."""
    return None if isinstance(value, kind) else f"{name} must be {kind.__name__}"


def _problem(event: Event) -> str | None:  # noqa: PLR0911 - one answer a kind
    match event:
        case Upsert(post, raw):
            if decode_post(encode_post(post)) != post:
                return f"post {post.key!r} does not pass the codec: {decode_post(encode_post(post))}"
            if not post.key.startswith(f"{post.platform}:"):
                return f"key {post.key!r} does not begin with its platform {post.platform!r}"
            return _typed("Upsert.raw", raw, bytes)
        case Delete(key, at):
            return None if ":" in key and at > 0 else f"Delete of {key!r} needs a whole key and a time"
        case AuthorDelete(platform, author, at):
            return None if platform and author and at > 0 else "AuthorDelete needs platform, author and time"
        case Dropped(reject):
            if reject.reason not in REASONS:
                return f"reject reason {reject.reason!r} is none of {', '.join(REASONS)}"
            return None if len(reject.raw) <= RAW_LIMIT else f"a reject's raw is over {RAW_LIMIT} bytes"
        case Checkpoint(cursor):
            return _typed("Checkpoint.cursor", cursor, str)
        case _ if isinstance(event, get_args(Event)):
            return None
        case _:
            return f"{type(event).__name__} is no event"
