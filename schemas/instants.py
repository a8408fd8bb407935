"""Instants: epoch milliseconds in records, RFC 3339 on the wire."""

from __future__ import annotations

from datetime import UTC, datetime

_EARLIEST = 631_152_000_000  # 1990-01-01: before that nobody posted
_LATEST = 4_102_444_800_000  # 2100-01-01
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(at: int) -> str:
    """Epoch milliseconds as RFC 3339 in UTC, with milliseconds only where there are any."""
    seconds, milliseconds = divmod(at, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{milliseconds:03d}Z" if milliseconds else f"{text}Z"


def instant(text: str) -> int | None:
    """RFC 3339 as epoch milliseconds; None for what is no instant between 1990 and 2100."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return None
        passed = moment - _EPOCH
    except (ValueError, OverflowError):
        return None
    at = (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000
    return at if _EARLIEST <= at < _LATEST else None
