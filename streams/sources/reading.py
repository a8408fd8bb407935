"""One pass over one file: its format, its lines as records, and the place to go on from."""

from __future__ import annotations

import csv
import gzip
import io
import os
import stat
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import BinaryIO, NamedTuple, cast

import orjson

from schemas.instants import rfc3339
from streams.sources.contract import Checkpoint, Gap, SourceError
from streams.sources.lines import LineSplitter
from streams.sources.rows import CsvRows, Decode, JsonLines, Reader, Record, parse_row
from streams.sources.threads import in_thread

_CHUNK = 1 << 18
_HEAD = 1 << 16  # the heading of a CSV lies in it
_MARK = 512  # bytes digested at either end of what was read
_POLL = 0.25  # seconds between looks at a followed file
_QUIET = 8  # looks without growth after which a last line without line end counts as whole
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor: the next byte, the lines before it, and digests of the bytes before it.

    `head` is of the first `marked` bytes of the file, `tail` of the last `_MARK` before `offset`. `identity`
    names the file as it was when it was first read, for it may have grown since (None: in older cursors).
    """

    offset: int
    line: int
    marked: int
    head: str
    tail: str | None
    identity: str | None = None

    def cursor(self) -> str:
        return orjson.dumps(
            [self.offset, self.line, self.marked, self.head, self.tail, self.identity]
        ).decode()

    @classmethod
    def read(cls, cursor: str) -> Place | None:
        """The place, or None where `cursor` is none."""
        with suppress(ValueError, TypeError):
            offset, line, marked, head, tail, *more = orjson.loads(cursor)
            identity = str(more[0]) if more and more[0] is not None else None
            return cls(
                int(offset), int(line), int(marked), str(head), None if tail is None else str(tail), identity
            )
        return None


class Layout(NamedTuple):
    """How objects and rows are read, given the file's name; `escape` is the CSV's, where it has one."""

    decode: Callable[[str], Decode]
    escape: str | None = None


class Opened(NamedTuple):
    """An open file; only a `plain` one can grow, and only a `seekable` one can be read again."""

    stream: BinaryIO
    below: BinaryIO  # the file itself, where `stream` unzips it
    seekable: bool

    @property
    def plain(self) -> bool:
        return self.stream is self.below

    def close(self) -> None:
        """Close all but standard input and pipes: a thread may wait there, and closing would wait for it."""
        if self.seekable:
            self.stream.close()
            self.below.close()


class Reading:
    """One pass over one opened file."""

    def __init__(
        self, path: str, opened: Opened, layout: Layout, *, follow: bool,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._path = path
        self._stream = opened.stream
        self._seekable = opened.seekable
        self._layout = layout
        self._follow = follow and opened.plain and opened.seekable
        self._pause = pause
        self._head = b""
        self._first = b""
        self._line = 0  # lines passed
        self._offset = 0  # byte after them
        self.replaced = False
        # of what has no beginning to know it by, when it was opened: no two streams are the same
        self.identity = rfc3339(time.time_ns() // 1_000_000)
        self._splitter = LineSplitter()
        self._reader: Reader

    async def start(self, place: Place | None) -> Gap | None:
        """Find the format and go to `place`; says so where that is not possible any more."""
        await self._read_head()
        begin, number, self._reader = _format(self._path, self._head, self._layout)
        self._line, self._offset, self._first = number, begin, self._head[begin:]
        if self._seekable:
            self.identity = _digest(self._head[:_MARK])
        gap = None
        if place is not None:
            trouble = await in_thread(lambda: self._changed(place))
            if trouble is None:
                self._line, self._offset, self._first = place.line, place.offset, b""
                self.identity = place.identity or self.identity
                await in_thread(lambda: self._stream.seek(place.offset))
            else:
                gap = Gap(f"{self._path}: {trouble}: reading from its start")
                if self._seekable:
                    await in_thread(lambda: self._stream.seek(len(self._head)))
        self._splitter = LineSplitter(self._offset, self._line)
        return gap

    async def records(self) -> AsyncGenerator[Record | None, None]:
        """Records in order, and None whenever there is nothing more for now, or at all."""
        chunk, quiet = self._first, 0
        while True:
            for record in self._cut(chunk):
                yield record
            chunk = await in_thread(lambda: _read(self._stream))
            if chunk:
                quiet = 0
                continue
            if not self._follow:
                break
            quiet += 1
            if quiet == _QUIET and self._splitter.unfinished:
                for record in self._ended():
                    yield record
            yield None
            if await in_thread(self._moved):
                self.replaced = True
                break
            await self._pause(_POLL)
        for record in self._ended():
            yield record
        yield None

    def passed(self, record: Record) -> None:
        """`record` was handed on."""
        if not record.last:
            return
        self._line, self._offset = record.line + record.raw.count(b"\n"), record.end

    def checkpoint(self) -> Checkpoint:
        tail = self._splitter.before(self._offset, min(_MARK, self._offset))
        marked = min(_MARK, self._offset, len(self._head))
        return Checkpoint(
            Place(
                self._offset,
                self._line,
                marked,
                _digest(self._head[:marked]),
                None if tail is None else _digest(tail),
                self.identity,
            ).cursor()
        )

    def _cut(self, chunk: bytes) -> Iterator[Record]:
        for line in self._splitter.feed(chunk):
            yield from self._reader.feed(line)

    def _ended(self) -> Iterator[Record]:
        for line in self._splitter.flush():
            yield from self._reader.feed(line)
        yield from self._reader.flush()

    async def _read_head(self) -> None:
        """Read on until the first line is there whole, the file ends, or there is enough of it."""
        quiet = 0
        while b"\n" not in self._head and len(self._head) < _HEAD:
            chunk = await in_thread(lambda: _read(self._stream, _HEAD))
            self._head += chunk
            if chunk:
                continue
            quiet += 1
            if not self._follow or (self._head and quiet >= _QUIET):
                return
            await self._pause(_POLL)

    def _changed(self, place: Place) -> str | None:
        """What speaks against going on from `place`."""
        if not self._seekable:
            return "it cannot be read again"
        if _digest(self._head[: place.marked]) != place.head:
            return "the file is another one than before"
        self._stream.seek(max(0, place.offset - _MARK))
        tail = b"".join(iter(lambda: self._stream.read(place.offset - self._stream.tell()), b""))
        if len(tail) < min(_MARK, place.offset):
            return "the file has become shorter"
        return None if place.tail in {None, _digest(tail)} else "the file has changed"

    def _moved(self) -> bool:
        """Has the followed path been cut, or does it lead to another file now?"""
        try:
            there = os.stat(self._path)  # noqa: PTH116 - beside fstat
        except FileNotFoundError:
            return False  # being replaced: wait for the new one
        here = os.fstat(self._stream.fileno())
        return (there.st_ino, there.st_dev) != (here.st_ino, here.st_dev) or (
            there.st_size < self._stream.tell()
        )


def _format(path: str, head: bytes, layout: Layout) -> tuple[int, int, Reader]:
    """Where the first record begins, the lines before it, and who reads them."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise SourceError(f"{path} is UTF-16: convert it, for example with iconv -f UTF-16 -t UTF-8")
    begin = len(_BOM) if head.startswith(_BOM) else 0
    suffixes = {suffix.lower() for suffix in PurePath(path).suffixes[-2:]}
    first, newline, _ = head[begin:].partition(b"\n")
    jsonl = suffixes & {".jsonl", ".ndjson", ".json"} or first.lstrip().startswith((b"{", b"["))
    decode = layout.decode(PurePath(path).name)
    if not suffixes & {".csv", ".tsv"} and (jsonl or not first.strip()):
        return begin, 0, JsonLines(decode)
    text = first.decode("utf-8", "replace").rstrip("\r")
    delimiter = max(",;\t|", key=text.count)
    try:
        heading = parse_row(text, delimiter)
    except csv.Error as error:
        raise SourceError(f"{path}: the first line is no CSV heading: {error}") from None
    reader = CsvRows(heading, decode, delimiter=delimiter, escape=layout.escape)
    return begin + len(first) + len(newline), 1, reader


def open_file(path: str) -> Opened:
    """Open `path` ("-": standard input), through gzip where its first bytes say so. Raises `OSError`."""
    raw = io.FileIO(0, closefd=False) if path == "-" else io.FileIO(path)
    mode = os.fstat(raw.fileno()).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "is a directory")
    seekable = stat.S_ISREG(mode) and path != "-"
    below = cast("BinaryIO", io.BufferedReader(raw, _CHUNK))
    if cast("io.BufferedReader", below).peek(2)[:2] == b"\x1f\x8b":
        return Opened(cast("BinaryIO", gzip.GzipFile(fileobj=below)), below, seekable=seekable)
    return Opened(below, below, seekable=seekable)


def _read(stream: BinaryIO, count: int = _CHUNK) -> bytes:
    """What is there: whoever reads a pipe must not wait for more."""
    return cast("io.BufferedReader", stream).read1(count)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
