"""Server-sent events: bytes as they come -> events, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

LIMIT = 1 << 20  # bytes of one event


class SentEvent(NamedTuple):
    """An event's name ("message" where it has none) and its data."""

    name: str
    data: bytes


class EventParser:
    """Cuts a stream into events; one that is too large is skipped and counted in `skipped`."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = "message"
        self._data: list[bytes] = []
        self._size = 0
        self._over = False  # in a line, or an event, that is too large
        self.skipped = 0

    def feed(self, chunk: bytes) -> Iterator[SentEvent]:
        """The events that `chunk` completes."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            event = self._line(line.removesuffix(b"\r"))
            if event is not None:
                yield event
        if len(self._rest) > LIMIT:
            self._over, self._rest, self._data = True, b"", []

    def _line(self, line: bytes) -> SentEvent | None:
        if not line:
            return self._end()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field == b"data":
            self._size += len(value)
            self._over = self._over or self._size > LIMIT
            if not self._over:
                self._data.append(value)
        return None

    def _end(self) -> SentEvent | None:
        event = SentEvent(self._name, b"\n".join(self._data)) if self._data and not self._over else None
        self.skipped += self._over
        self._name, self._data, self._size, self._over = "message", [], 0, False
        return event
