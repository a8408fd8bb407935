"""Keys that were destroyed on request: the value of `erasures.v1`.

No personal data: numbers of keys, and keyed hashes by which a feed knows again whom it must not take in anew.
A key store that comes back from a backup is cleared by it again at the next start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Erasure:
    """One part of one erasure; `part` is how many keys the parts before it have.

    `at` is when it was asked for (epoch ms); `subjects` are keyed hashes of the author or the post: what they
    wrote up to `at` is not to be taken in again.
    """

    id: str
    part: int
    at: int
    what: str  # "author" or "post"
    subjects: tuple[int, ...]
    keys: tuple[int, ...]


def encode_erasure(erasure: Erasure) -> bytes:
    return orjson.dumps(erasure)


def decode_erasure(raw: bytes) -> Erasure:
    """What `encode_erasure` wrote; ValueError, KeyError or TypeError for anything else."""
    wire: dict[str, Any] = orjson.loads(raw)
    return Erasure(**{**wire, "subjects": tuple(wire["subjects"]), "keys": tuple(wire["keys"])})
