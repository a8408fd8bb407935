"""A dead letter: the value of `rejects.v1`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Reason = Literal[
    "not-utf8",  # bytes that are no UTF-8, or a lone surrogate
    "not-json",  # not a JSON document (NaN and trailing bytes included)
    "too-deep",  # nested beyond what a post can need
    "too-large",  # more bytes, or a longer text, than a post can have
    "not-an-object",
    "missing-field",
    "wrong-type",
    "bad-value",  # the right type, an impossible value
    "bad-time",  # no RFC 3339 instant between 1990 and 2100
    "future",  # dated later than it was received, beyond the allowance for clocks
    "not-public",  # visibility other than public
]
REASONS: tuple[str, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why bytes are no record: a bounded reason and a sentence that says what to mend."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Bytes that could not enter, with where they lay and why.

    `topic`, `partition`, `offset` are Kafka's, or the source's own (a file's URI, 0, line number).
    `raw` holds at most `RAW_LIMIT` bytes; `size` and `sha256` are those of the whole. `at` is the time
    of receipt, epoch milliseconds.
    """

    topic: str
    partition: int
    offset: int
    reason: Reason
    detail: str
    raw: bytes
    size: int
    sha256: str
    at: int
