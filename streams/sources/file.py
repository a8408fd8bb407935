"""Posts from a file or standard input: JSONL or CSV, gzipped or not, replayed at a chosen speed.

Memory stays flat whatever the size of the file. A broken line is a dead letter with topic
`file:PATH@IDENTITY`, partition 0 and its line number as offset; the identity tells apart what came by one
path, for dead letters are counted once by their place. The cursor holds the byte offset (of the text, for gzip), the
line, and digests of the text before it, so that a file that was replaced is noticed.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import closing
from functools import partial

from schemas.post import Post
from schemas.reject import Invalid
from streams.sources.contract import Event, Gap, SourceError, dropped
from streams.sources.fields import FieldMap
from streams.sources.mapping import announced
from streams.sources.pace import Pacer
from streams.sources.reading import Layout, Place, Reading, open_file
from streams.sources.rows import Record, mapped
from streams.sources.threads import in_thread

_EVERY = 500  # records, or
_SECONDS = 1.0  # of work, between checkpoints


class FileSource:
    """The posts of one file; `path` "-" is standard input.

    `speed` is event seconds per wall second (None: as fast as can be); `follow` waits for more at the
    end, like tail -f, and starts again when the file is cut or replaced. `layout` reads the payloads of a
    platform instead of mapped fields.
    """

    def __init__(
        self, path: str, fields: FieldMap | None = None, *, layout: Layout | None = None,
        speed: float | None = None, follow: bool = False, longest_wait: float = 5.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self.name = f"file:{path}"
        self._path = path
        self._layout = layout or Layout(partial(mapped, fields or FieldMap()))
        self._pacer = Pacer(speed, longest_wait)
        self._follow = follow
        self._pause = pause

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Posts, deletions, dead letters and checkpoints in the file's order. Raises `SourceError`."""
        place = None if cursor is None else Place.read(cursor)
        while True:
            try:
                opened = await in_thread(lambda: open_file(self._path))
            except OSError as error:
                raise SourceError(f"{self._path}: {error.strerror or error}") from None
            with closing(opened):
                reading = Reading(self._path, opened, self._layout, follow=self._follow, pause=self._pause)
                try:
                    if (gap := await reading.start(place)) is not None:
                        yield gap
                    topic = f"{self.name}@{reading.identity}"
                    async for event in self._paced(reading, topic):
                        yield event
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    yield Gap(f"{self._path}: compressed data is broken, what follows is lost: {error}")
                    return
            if not reading.replaced:
                return
            yield Gap(f"{self._path} was cut or replaced: reading it from its start")
            place = None

    async def _paced(self, reading: Reading, topic: str) -> AsyncGenerator[Event, None]:
        since, kept = 0, time.monotonic()
        async for record in reading.records():
            if record is not None:
                if (wait := self._wait(record)) > 0:
                    if since and time.monotonic() - kept >= _SECONDS:
                        yield reading.checkpoint()
                        since, kept = 0, time.monotonic()
                    await self._pause(wait)
                yield _event(topic, record)
                since += 1
                reading.passed(record)
            if since and (record is None or since >= _EVERY):
                yield reading.checkpoint()
                since, kept = 0, time.monotonic()

    def _wait(self, record: Record) -> float:
        outcome = record.outcome
        if isinstance(outcome, Invalid):
            return 0.0
        when = outcome.created_at if isinstance(outcome, Post) else outcome.at
        return self._pacer.wait(when, time.monotonic())


def _event(topic: str, record: Record) -> Event:
    now = time.time_ns() // 1_000_000
    if isinstance(record.outcome, Invalid) and record.digest is not None:
        return dropped(
            topic, record.line, record.outcome, record.raw, now, size=record.size, digest=record.digest
        )
    return announced(record.outcome, record.raw, topic=topic, offset=record.line, now=now)
