"""Which period a link asks for: `over=6h`, `from=…&to=…`, epoch seconds or RFC 3339, or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.instants import instant
from schemas.reputation import WINDOWS
from streams.evidence.asking import Range, last_of

USUAL = "24h"


def period(query: Mapping[str, str], newest: int) -> tuple[Range, bool]:
    """The period that `query` names, and whether it could be read; without one, the last 24 hours up to `newest`
    (epoch ms), nor does any period with a length of its own end later than that."""
    over = query.get("over", USUAL)
    length = WINDOWS.get(over, WINDOWS[USUAL])
    end = _moment(query.get("to", ""))
    start = _moment(query.get("from", ""))
    unread = over not in WINDOWS or (end is None and "to" in query and query["to"] != "")
    unread = unread or (start is None and query.get("from", "") != "")
    if unread:
        return last_of(newest, WINDOWS[USUAL]), False
    if start is None:
        return last_of(newest if end is None else min(end, newest), length), True
    end = last_of(newest, length).end if end is None else end
    if end <= start:
        return last_of(newest, WINDOWS[USUAL]), False
    return Range(start, end), True


def _moment(text: str) -> int | None:
    """A browser's datetime-local field has no zone: it is UTC here."""
    if text.isascii() and text.isdigit() and len(text) in {10, 13}:
        return int(text) * (1000 if len(text) == 10 else 1)
    return instant(text) or instant(f"{text}Z")
