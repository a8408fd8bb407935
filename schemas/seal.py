"""How far a partition of posts.v1 was read, with a chained digest of all of it: the value of `seals.v1`.

Whoever reads the same records again comes to the same digest, or something in them was changed.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from schemas.record import record


@record
class Seal:
    """`digest` (hex) chains the records `first` to `offset` of `partition` (`topic/partition`)."""

    partition: str
    first: int
    offset: int
    digest: str


def link(before: str, offset: int, timestamp: int, value: bytes | None) -> str:
    """The digest (SHA-256, hex) of a record after those that `before` stands for ("": none); the record's key
    is left out, for nothing is computed from it."""
    head = f"{before} {offset} {timestamp} {-1 if value is None else len(value)} "
    return hashlib.sha256(head.encode() + (value or b"")).hexdigest()


def encode_seal(seal: Seal) -> bytes:
    return orjson.dumps(seal)


def decode_seal(raw: bytes) -> Seal:
    """What `encode_seal` wrote; ValueError or TypeError for anything else."""
    wire: dict[str, Any] = orjson.loads(raw)
    return Seal(**wire)
