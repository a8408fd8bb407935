"""Posts from one JSON document: the exports and API answers that platforms give as a whole (route: file)."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.contract import Checkpoint, Event, Gap, SourceError, dropped
from streams.sources.mapping import Map, announced
from streams.sources.threads import in_thread

LIMIT = 256 * 1024 * 1024  # bytes; a document is held whole
_EVERY = 500  # items between checkpoints


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document is decoded (raises `ValueError`), and what one item of it means.

    `mapping` is made for each document, given its path, for some exports keep the author in a file beside; `read`
    gives its bytes, at most `LIMIT` (raises `SourceError`).
    """

    items: Callable[[bytes], list[Any]]
    mapping: Callable[[Path], Map]
    read: Callable[[Path], bytes] = field(default_factory=lambda: read_whole)


class DocumentSource:
    """The posts of one document, in its order; the cursor counts items and knows the document by digest."""

    def __init__(self, path: str, form: str, layout: Layout) -> None:
        self.name = f"{form}:{path}"
        self._path = Path(path)
        self._form = form
        self._layout = layout

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Every post after `cursor`. Raises `SourceError` where the document cannot be read."""
        raw = await in_thread(lambda: self._layout.read(self._path))
        digest = sha256(raw).hexdigest()[:16]
        try:
            items = await in_thread(lambda: self._layout.items(raw))
            mapping = self._layout.mapping(self._path)
        except ValueError as error:
            raise SourceError(f"{self._path} is no {self._form} document: {error}") from None
        start = 0
        if cursor is not None:
            known, start = _read_cursor(cursor)
            if known != digest:
                yield Gap(f"{self._path} has changed: reading it from its start")
                start = 0
        for index, item in enumerate(items[start:], start):
            for event in self._announced(mapping, item, index):
                yield event
            if (index + 1) % _EVERY == 0:
                yield Checkpoint(f"{digest} {index + 1}")
        if start < len(items):
            yield Checkpoint(f"{digest} {len(items)}")

    def _announced(self, mapping: Map, item: Any, index: int) -> list[Event]:
        now = time.time_ns() // 1_000_000
        raw = orjson.dumps(item, default=str) if isinstance(item, dict) else str(item).encode()
        if not isinstance(item, dict):
            wrong = Invalid("not-an-object", f"an item is a JSON object, not {type(item).__name__}")
            return [dropped(self.name, index, wrong, raw, now)]
        origin = Source(self._form, self._path.name, str(index))
        return [
            announced(outcome, raw, topic=self.name, offset=index, now=now)
            for outcome in mapping(item, origin)
        ]


def read_whole(path: Path) -> bytes:
    """The file's bytes. Raises `SourceError` where it cannot be read or has more than `LIMIT`."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LIMIT:
                raise SourceError(f"{path}: {size} bytes; a document is held whole, up to {LIMIT}")
            return file.read(LIMIT)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


def _read_cursor(cursor: str) -> tuple[str, int]:
    known, _, count = cursor.partition(" ")
    with suppress(ValueError):
        return known, max(0, int(count))
    return "", 0
