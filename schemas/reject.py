"""A dead letter: the value of `rejects.v1`."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import orjson

RAW_LIMIT = 65_536  # bytes of a rejected record that are kept

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
    "unopened",  # a sealed post that its own key does not open
    "unjudged",  # a fault of our own: judging it raised
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

    `topic`, `partition`, `offset` are Kafka's, or the source's own (`file:PATH@IDENTITY`, 0, line number).
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


def reject_of(raw: bytes, why: Invalid, *, topic: str, partition: int, offset: int, at: int) -> Reject:
    """The dead letter of `raw`, which lay at topic/partition/offset and was received at `at` (epoch ms)."""
    return Reject(
        topic=topic,
        partition=partition,
        offset=offset,
        reason=why.reason,
        detail=why.detail,
        raw=raw[:RAW_LIMIT],
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        at=at,
    )


def encode_reject(reject: Reject) -> bytes:
    """Wire form; `raw` is base64, for it may be no text."""
    within = _contents(reject)
    return orjson.dumps(
        {
            **_place(reject),
            "detail": within["detail"],
            "raw": within["raw"],
            "size": reject.size,
            "sha256": within["sha256"],
            "at": reject.at,
        }
    )


def encode_sealed_reject(reject: Reject, by: int, seal: Callable[[bytes], bytes]) -> bytes:
    """The same with all that may quote a post, `detail`, `raw` and `sha256`, in a box: `seal`ed under the key
    whose number is `by`."""
    box = b64encode(seal(orjson.dumps(_contents(reject)))).decode("ascii")
    return orjson.dumps(
        {**_place(reject), "sealed": {"box": box, "by": by}, "size": reject.size, "at": reject.at}
    )


def open_reject(wire: dict[str, Any], unseal: Callable[[int, bytes], bytes | None]) -> dict[str, Any]:
    """A letter, as its JSON object, with what lay in its box; without it where `unseal` gives None."""
    if "sealed" not in wire:
        return wire
    part = wire["sealed"]
    contents = unseal(part["by"], b64decode(part["box"]))
    rest = {name: value for name, value in wire.items() if name != "sealed"}
    return {**rest, **orjson.loads(contents)} if contents is not None else {**rest, "erased": True}


def _place(reject: Reject) -> dict[str, Any]:
    return {
        "topic": reject.topic,
        "partition": reject.partition,
        "offset": reject.offset,
        "reason": reject.reason,
    }


def _contents(reject: Reject) -> dict[str, Any]:
    return {
        # a surrogate quoted in the detail must not stop its own dead letter
        "detail": reject.detail.encode("utf-8", "replace").decode("utf-8"),
        "raw": b64encode(reject.raw).decode("ascii"),
        "sha256": reject.sha256,
    }
