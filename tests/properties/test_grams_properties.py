"""Buckets of n-grams, worked out side by side, are what a checksum of each by itself is."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from agents.text.grams import SIZES, grams

WORDS = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12) | st.sampled_from(
    ["a", "le", "#tag", "##x", "http", "l'", "élan", "12", "!", "\ud800x", "#", "\u200d"]
)
BUCKETS = 1 << 17


def one_by_one(word: str) -> list[int]:
    bare = word.lstrip("#")
    if not bare[:1].isalpha() or word == "http":
        return []
    edged = f"<{bare}>".encode("utf8", "surrogatepass")
    found = [
        zlib.crc32(edged[place : place + size], zlib.crc32(b"c"))
        for size in SIZES
        if size < len(edged)
        for place in range(len(edged) - size + 1)
    ]
    if bare != word:
        found.append(zlib.crc32(bare.encode("utf8", "surrogatepass")))
    return [checksum % BUCKETS for checksum in found]


@given(st.lists(WORDS, max_size=8))
def test_many_words_read_as_each_alone(words: list[str]) -> None:
    found, counts = grams(words, BUCKETS)
    assert counts.tolist() == [len(one_by_one(word)) for word in words]
    begin = 0
    for word, count in zip(words, counts.tolist(), strict=True):
        assert sorted(found[begin : begin + count].tolist()) == sorted(one_by_one(word))
        begin += count
    assert begin == len(found)
