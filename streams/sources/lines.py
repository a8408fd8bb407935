"""Bytes as they come -> lines with their place, in bounded memory whatever the bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from schemas.limits import RECORD_LIMIT
from schemas.reject import RAW_LIMIT


class Line(NamedTuple):
    """A line without its line end. `end` is the byte offset of the next one; `number` counts from 1.

    A line over `RECORD_LIMIT` bytes comes with `raw` clipped to `RAW_LIMIT` and the `digest` (sha256, hex)
    of the whole; `size` is always that of the whole.
    """

    number: int
    end: int
    raw: bytes
    size: int
    digest: str | None = None


class LineSplitter:
    """Cuts chunks into lines; holds at most one line of `RECORD_LIMIT` and the last two chunks."""

    def __init__(self, offset: int = 0, number: int = 0) -> None:
        self._number = number
        self._start = offset  # where the unfinished line begins
        self._rest: list[bytes] = []  # its bytes so far
        self._size = 0
        self._digest = sha256()
        self._long = False
        self._window = b""
        self._window_end = offset

    @property
    def unfinished(self) -> bool:
        """Is there a line whose end has not come?"""
        return self._size > 0

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The lines that `chunk` completes."""
        self._window = self._window[-len(chunk) :] + chunk if chunk else self._window
        self._window_end += len(chunk)
        head, newline, tail = chunk.partition(b"\n")
        self._hold(head)
        if not newline:
            return
        yield self._finish(1)
        pieces = tail.split(b"\n")
        last = pieces.pop()
        number, start = self._number, self._start
        for piece in pieces:
            number += 1
            start += len(piece) + 1
            if len(piece) > RECORD_LIMIT:
                digest = sha256(piece).hexdigest()
                yield Line(number, start, piece[:RAW_LIMIT], len(piece), digest)
            else:
                yield Line(number, start, piece[:-1] if piece[-1:] == b"\r" else piece, len(piece))
        self._number, self._start = number, start
        self._hold(last)

    def flush(self) -> Iterator[Line]:
        """The last line, where it has no line end."""
        if self._size:
            yield self._finish(0)

    def before(self, offset: int, count: int) -> bytes | None:
        """The `count` bytes before `offset`, if they are still held."""
        end = len(self._window) - (self._window_end - offset)
        return self._window[end - count : end] if count <= end else None

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        if not self._long and self._size > RECORD_LIMIT:
            self._long = True
            held = b"".join(self._rest)
            self._digest.update(held)
            self._rest = [(held + piece)[:RAW_LIMIT]]
        if self._long:
            self._digest.update(piece)
        elif piece:
            self._rest.append(piece)

    def _finish(self, newline: int) -> Line:
        raw, size = b"".join(self._rest), self._size
        self._number += 1
        self._start += size + newline
        digest = self._digest.hexdigest() if self._long else None
        if digest is None and raw.endswith(b"\r"):
            raw = raw[:-1]
        self._rest, self._size, self._long, self._digest = [], 0, False, sha256()
        return Line(self._number, self._start, raw, size, digest)
