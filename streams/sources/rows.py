"""Lines -> records: JSON objects and CSV rows, each one decoded or refused with its line (total)."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import orjson

from schemas.codec import decode_post
from schemas.limits import RECORD_LIMIT
from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.fields import FieldMap, map_row
from streams.sources.lines import Line
from streams.sources.mapping import Map, Outcome, decoded

_ATTEMPTS = 8  # a row whose quotes pair and that is still open so often is not going to close
_ROW_LINES = 1000  # a quoted field that runs on for longer was never closed
_OPEN = "unexpected end of data"  # csv's word for a quote that the text does not close
Decode = Callable[[Any, int], Iterable[Outcome]]  # a JSON value or a row by heading, and its line


_UNCLOSED = Invalid("bad-value", "a quoted field is never closed")


class Record(NamedTuple):
    """What the lines from `line` on hold; `size` and `digest` (of an over-long line) are of the whole.

    One line may hold several records: only the `last` one lets a reader go on behind it.
    """

    line: int
    end: int
    raw: bytes
    outcome: Outcome
    size: int
    digest: str | None = None
    last: bool = True


class Reader(Protocol):
    """Lines in, records out; blank lines are nothing."""

    def feed(self, line: Line) -> Iterator[Record]: ...

    def flush(self) -> Iterator[Record]: ...


class JsonLines:
    """One JSON object a line."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode

    def feed(self, line: Line) -> Iterator[Record]:
        if line.digest is not None:
            yield _too_long(line)
        elif line.raw.strip():
            yield from _records(line.number, line.end, line.raw, list(self._outcomes(line)))

    def flush(self) -> Iterator[Record]:
        yield from ()

    def _outcomes(self, line: Line) -> Iterable[Outcome]:
        try:
            document = orjson.loads(line.raw)
        except orjson.JSONDecodeError:
            return (decode_post(line.raw),)  # says why
        if not isinstance(document, dict):
            return (decode_post(line.raw),)
        return self._decode(document, line.number)


class CsvRows:
    """Rows of CSV whose quoted fields may run over lines.

    A row that cannot be read costs its first line alone: reading goes on at the next line, so that one
    stray quote does not swallow the rows behind it.
    """

    def __init__(
        self, heading: list[str], decode: Decode, *, delimiter: str = ",", escape: str | None = None,
    ) -> None:  # fmt: skip
        self._heading = heading
        self._decode = decode
        self._delimiter = delimiter
        self._escape = escape
        self._pending: deque[Line] = deque()
        self._tried = 0  # pending lines known to leave a quote open
        self._odd = False  # an odd number of quotes in them
        self._bytes = 0
        self._attempts = 0  # parses of the row that began so

    def feed(self, line: Line) -> Iterator[Record]:
        if line.digest is not None:
            yield from self.flush()
            yield _too_long(line)
            return
        self._pending.append(line)
        yield from self._drain(final=False)

    def flush(self) -> Iterator[Record]:
        yield from self._drain(final=True)

    def _drain(self, *, final: bool) -> Iterator[Record]:
        while self._pending:
            if not self._tried and not self._pending[0].raw.strip():
                self._pending.popleft()
                continue
            answer = self._next(final=final)
            if answer is None:
                return
            count, outcomes = answer
            taken = [self._pending.popleft() for _ in range(count)]
            self._tried, self._odd, self._bytes, self._attempts = 0, False, 0, 0
            raw = b"\n".join(line.raw for line in taken)
            yield from _records(taken[0].number, taken[-1].end, raw, list(outcomes))

    def _next(self, *, final: bool) -> tuple[int, Iterable[Outcome]] | None:
        """How many pending lines the next row takes and what it holds; None where more lines are needed."""
        first = self._pending[0]
        while self._tried < len(self._pending):
            line = self._pending[self._tried]
            self._tried += 1
            self._bytes += line.size
            self._odd ^= bool(self._quotes(line.raw) & 1)
            if self._bytes > RECORD_LIMIT or self._tried > _ROW_LINES:
                return 1, (_UNCLOSED,)
            if self._tried > 1 and self._odd:
                continue
            row = self._parse(b"\n".join(self._pending[index].raw for index in range(self._tried)))
            if row == _OPEN:
                self._attempts += 1
                if self._attempts > _ATTEMPTS:
                    return 1, (_UNCLOSED,)
                continue
            if isinstance(row, Invalid):
                alone = self._tried == 1
                return 1, (
                    row if alone else Invalid("bad-value", f"a quoted field over lines: {row.detail}"),
                )
            return self._tried, self._decode(dict(zip(self._heading, row, strict=True)), first.number)
        return (1, (_UNCLOSED,)) if final else None

    def _quotes(self, raw: bytes) -> int:
        count = raw.count(b'"')
        return count - raw.count(b'\\"') if self._escape else count

    def _parse(self, raw: bytes) -> list[str] | str | Invalid:
        """The fields, `_OPEN`, or what is wrong."""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return Invalid("not-utf8", f"invalid UTF-8 at byte {error.start} of the row: write CSV as UTF-8")
        if "\0" in text:
            return Invalid("bad-value", "a NUL byte in the row")
        try:
            row = parse_row(text, self._delimiter, self._escape)
        except csv.Error as error:
            if str(error) == _OPEN:
                return _OPEN
            return Invalid("too-large" if "limit" in str(error) else "bad-value", f"CSV: {error}")
        if len(row) != len(self._heading):
            return Invalid("bad-value", f"{len(row)} columns where the heading has {len(self._heading)}")
        return row


def parse_row(text: str, delimiter: str, escape: str | None = None) -> list[str]:
    """The fields of one row. Raises `csv.Error`."""
    return next(csv.reader([text], strict=True, delimiter=delimiter, escapechar=escape), [])


def mapped(fields: FieldMap, place: str) -> Decode:
    """Decode objects and rows of file `place`: Vigie's own posts as they are, any other by the field map."""

    def decode(document: dict[str, Any], line: int) -> Iterable[Outcome]:
        native = isinstance(document.get("source"), dict) or document.get("deleted") is True
        if native and fields == FieldMap():
            return (decoded(document),)
        return (map_row(document, fields, Source("file", place, str(line))),)

    return decode


def by_platform(mapping: Map, name: str, place: str) -> Decode:
    """Decode objects and rows of file `place` as payloads of a platform; `name` is the format's."""
    return lambda document, line: mapping(document, Source(name, place, str(line)))


def _records(line: int, end: int, raw: bytes, outcomes: list[Outcome]) -> Iterator[Record]:
    for index, outcome in enumerate(outcomes, 1):
        yield Record(line, end, raw, outcome, len(raw), last=index == len(outcomes))


def _too_long(line: Line) -> Record:
    detail = f"{line.size} bytes in one line; a record may have {RECORD_LIMIT}"
    return Record(line.number, line.end, line.raw, Invalid("too-large", detail), line.size, line.digest)
