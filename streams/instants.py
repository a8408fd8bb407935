"""Instants and lengths of time as a person writes them on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from schemas.instants import instant
from schemas.reputation import DAY, HOUR, MINUTE
from streams.settings import SettingsError

_UNITS = {"s": 1000, "m": MINUTE, "h": HOUR, "d": DAY}
_LENGTH = re.compile(r"([1-9][0-9]*)([smhd])")


def instant_of(text: str, *, end: bool = False) -> int:
    """`2026-11-22T14:00:00Z`, or a date, which stands for its first instant in UTC (its last where `end`), as
    epoch milliseconds. Raises SettingsError."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        found = instant(text)
    else:
        found = instant(day.isoformat())
        if found is not None and end:
            found += int(timedelta(days=1).total_seconds() * 1000) - 1
    if found is None:
        raise SettingsError(
            f"{text!r} is no instant: write 2026-11-22T14:00:00Z, or a date such as 2026-11-22"
        )
    return found


def length_of(text: str) -> int:
    """`5m`, `1h`, `1d` in milliseconds. Raises SettingsError."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise SettingsError(f"{text!r} is no length of time: write a number and s, m, h or d, for example 1h")
    return int(found[1]) * _UNITS[found[2]]
