"""When was it posted: the instants that exports and platforms write, as epoch milliseconds (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from schemas.instants import rfc3339

_EARLIEST = 631_152_000_000  # 1990-01-01
_LATEST = 4_102_444_800_000  # 2100-01-01
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,9})?", re.ASCII)
_SPACED_ZONE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")  # "2015-02-24 11:35:52 -0800"
_NAMED_UTC = re.compile(r"\s+(UTC|GMT)$")
_CTIME = "%a %b %d %H:%M:%S %z %Y"  # "Wed Aug 27 13:08:45 +0000 2008"


def moment(value: object, form: str | None = None) -> int | None:
    """Epoch milliseconds of a date in ISO 8601, RFC 2822, Twitter's form or epoch s, ms or µs.

    A date without a zone is UTC, a day alone its midnight; `form` is a strptime form that is then the
    only one tried. None for what is no instant between 1990 and 2100.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _epoch(float(value)) if form is None else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if form is not None:
        return _parsed(text, form)
    if _NUMBER.fullmatch(text):
        return _epoch(float(text))
    return _iso(text) or _rfc2822(text) or _parsed(text, _CTIME)


def canonical(value: object, form: str | None = None) -> str | None:
    """`moment` as RFC 3339."""
    at = moment(value, form)
    return None if at is None else rfc3339(at)


def _epoch(number: float) -> int | None:
    size = abs(number)
    if size < 1e11:
        return _bounded(number * 1000)
    return _bounded(number if size < 1e14 else number / 1000)


def _iso(text: str) -> int | None:
    try:
        return _instant(datetime.fromisoformat(_SPACED_ZONE.sub("", _NAMED_UTC.sub("Z", text))))
    except (ValueError, OverflowError):
        return None


def _rfc2822(text: str) -> int | None:
    try:
        return _instant(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parsed(text: str, form: str) -> int | None:
    try:
        return _instant(datetime.strptime(text, form))  # noqa: DTZ007 - no zone means UTC, set below
    except (ValueError, OverflowError, re.error):
        return None


def _instant(when: datetime) -> int | None:
    zoned = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    passed = zoned - datetime(1970, 1, 1, tzinfo=UTC)
    return _bounded((passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000)


def _bounded(at: float) -> int | None:
    return int(at) if _EARLIEST <= at < _LATEST else None
