"""On which line of a TOML text an entry, a key or a value stands (`tomllib` does not say).

Reads layouts as people write them: `[[table]]` headers, `key = …` and `[table.key]` lines. What it
cannot place (a whole list of tables on one line) is given the nearest line it knows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

_HEADER = re.compile(r"\s*\[\[\s*[\"']?([^\"'\]\s]+)[\"']?\s*\]\]")
_QUOTED = "[\"']?{}[\"']?"


class Lines:
    """The lines of one text; numbers start at 1."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines() or [""]
        self._starts: dict[str, list[int]] = {}
        self._headers: list[int] = []
        for number, line in enumerate(self._lines, 1):
            if header := _HEADER.match(line):
                self._starts.setdefault(header[1], []).append(number)
                self._headers.append(number)

    def find(self, table: str, index: int, key: str | None = None, value: str | None = None) -> int:
        """The line of the `index`-th `[[table]]`; of `key` in it; of `value` (a key or a quoted string)
        from there on. The last of them that is found."""
        starts = self._starts.get(table, [])
        start = starts[index] if index < len(starts) else self._key(1, len(self._lines), table) or 1
        after = bisect_right(self._headers, start)
        end = self._headers[after] - 1 if after < len(self._headers) else len(self._lines)
        found = (self._key(start, end, key) if key is not None else None) or start
        return (self._value(found, end, value) if value is not None else None) or found

    def _key(self, start: int, end: int, key: str) -> int | None:
        name = _QUOTED.format(re.escape(key))
        pattern = re.compile(rf"\s*(?:{name}\s*[=.]|\[(?:[^\]]*\.)?\s*{name}\s*[.\]])")
        return self._first(start, end, pattern.match)

    def _value(self, start: int, end: int, value: str) -> int | None:
        pattern = re.compile(
            rf"[\"']{re.escape(value)}[\"']|(?:^|[{{,\s]){re.escape(value)}\s*=", re.IGNORECASE
        )
        return self._first(start, end, pattern.search)

    def _first(self, start: int, end: int, matches: Callable[[str], object]) -> int | None:
        return next((n for n in range(start, end + 1) if matches(self._lines[n - 1])), None)
