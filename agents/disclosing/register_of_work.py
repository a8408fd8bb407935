"""Does a fragment read like an employee's account of a job? A small linear model over hashed words, in
integers.

It lifts what rules cannot settle: "great people, poor structure" is a review of an employer, "great people,
poor wifi" one of a hotel. Only asked where the rules for working conditions woke and none of them settled
the matter. Weights: agents/models/work_<language>.bin (one signed byte a bucket), card beside it, made by
tests/evaluation/train_work.py; no text can be read back from them.
"""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import islice
from math import isqrt
from struct import unpack_from
from zlib import crc32

BITS = 13
MASK = (1 << BITS) - 1
MAX_WORDS = 60
FLOOR, CEILING = -20, 55  # it may tip the scales, not outweigh a stated tie or a customer's words
_WORD = re.compile(r"[a-z]+")


def buckets(surface: str) -> set[int]:
    """The buckets of a canvas: its words and pairs of neighbours, without digits."""
    words = [word[0].encode() for word in islice(_WORD.finditer(surface), MAX_WORDS)]
    sums = list(map(crc32, words))
    found = {total & MASK for total in sums}
    # the checksum of "a b" goes on from that of "a"
    found.update(crc32(b" " + after, total) & MASK for total, after in zip(sums, words[1:], strict=False))
    return found


class WorkModel:
    """One language's weights; `evidence` is on the scale of the rules' weights."""

    def __init__(self, data: bytes) -> None:
        """`data`: bias and scale as little-endian int32, then 2^13 signed bytes."""
        if len(data) != 8 + (1 << BITS):
            raise ValueError(f"a work model has {8 + (1 << BITS)} bytes, not {len(data)}")
        self._bias: int
        self._scale: int
        self._bias, self._scale = unpack_from("<ii", data)
        self._weights: list[int] = memoryview(data)[8:].cast("b").tolist()

    def evidence(self, surface: str) -> int:
        """From `FLOOR` (reads like anything else) to `CEILING` (reads like an employee's review)."""
        found = buckets(surface)
        if not found:
            return 0
        total = sum(self._weights[bucket] for bucket in found)
        # each text is a vector of length one: the sum over the root of the number of buckets
        score = self._bias + total * self._scale // isqrt(len(found) << 20)
        return max(FLOOR, min(CEILING, score))


def shipped_model(language: str) -> WorkModel | None:
    """The model shipped for a language, None where there is none."""
    path = files("agents").joinpath("models", f"work_{language}.bin")
    return WorkModel(path.read_bytes()) if path.is_file() else None
