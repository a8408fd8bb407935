"""Hash buckets of the character n-grams of words, of many words at once.

CRC-32 of every run of 3 to 5 bytes of a word with its edges marked, worked out for all words side by side, a byte at a
time: for a batch of new words a tenth of what a call for each n-gram costs.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIZES = (3, 4, 5)
_SEED = zlib.crc32(b"c")  # tells an n-gram from a word of the same letters
_ONES = 0xFFFFFFFF
# what each byte does to the low byte of a checksum, by the checksum of that byte alone
_STEPS = np.array(
    [zlib.crc32(bytes([byte ^ 0xFF])) ^ _ONES ^ (_ONES >> 8) for byte in range(256)], dtype=np.uint32
)


def bucket(text: str) -> int:
    """CRC-32: the same for a text on every machine; lone surrogates included."""
    return zlib.crc32(text.encode("utf8", "surrogatepass"))


def grams(words: Sequence[str], buckets: int) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The buckets of the n-grams of folded words, one word's after the other's, and how many each has.

    None for what is no word. An n-gram is shorter than the word with its edges; a hashtag's are those of its word, and
    that word itself.
    """
    bare = [word.lstrip("#") for word in words]
    edged = [
        f"<{spelt}>".encode("utf8", "surrogatepass") if spelt[:1].isalpha() and word != "http" else b""
        for word, spelt in zip(words, bare, strict=True)
    ]
    sizes = np.fromiter(map(len, edged), np.intp, len(edged))
    total = int(sizes.sum())
    data = np.frombuffer(b"".join(edged) + bytes(SIZES[-1]), np.uint8)
    owner = np.repeat(np.arange(len(words)), sizes)
    left = np.cumsum(sizes)[owner] - np.arange(total)  # bytes of the word from here on
    sums = np.full(total, _SEED ^ _ONES, dtype=np.uint32)
    owners, found = [], []
    for length in range(1, SIZES[-1] + 1):
        sums = _STEPS[(sums ^ data[length - 1 : length - 1 + total]) & 0xFF] ^ (sums >> 8)
        if length in SIZES:
            chosen = (left >= length) & (sizes[owner] > length)
            owners.append(owner[chosen])
            found.append((sums[chosen] ^ _ONES) % buckets)
    tags = [place for place, spelt in enumerate(bare) if len(spelt) < len(words[place]) and edged[place]]
    owners.append(np.array(tags, dtype=np.intp))
    found.append(np.array([bucket(bare[place]) % buckets for place in tags], dtype=np.uint32))
    whose = np.concatenate(owners)
    order = np.argsort(whose, kind="stable")
    return np.concatenate(found)[order].astype(np.int64), np.bincount(whose, minlength=len(words))
