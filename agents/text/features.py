"""What models read in a post: hashed features of its words, and a few counted signs.

Both training and scoring go through `FeatureReader.read`, so what was learnt is what is read. Hashed features
are the word (marked where negated), its character 3- to 5-grams, and the pair with the word before; signs are
 sums over the word lists, negation, contrast, marks, emoji and length, each cut into bins. All in integers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from agents.text.grams import bucket, grams
from agents.text.lexicon import CONTRASTS, INTENSIFIERS, NEGATORS, valences
from agents.text.words import END_MARK, Index, Words, WordTable

BUCKETS = 1 << 17
BINS = 24  # room for each sign in the table of sign weights
_LONGEST = 30  # characters of a word that are cut into n-grams
_DOUBLED = re.compile(r"(.)\1+", re.DOTALL)
_SCOPE = 4  # words that a negation reaches
Number = TypeVar("Number", bound=np.generic)

# Columns of the table of what each word is.
(NEGATOR, BREAK, CONTRAST, INTENSIFIER, GLAD, SAD, HANDLE, HASHTAG, ADDRESS, NUMBER, EXCLAMATION, QUESTION,
 DOTS, FEATURES, WORD, IRONY, CAPITALS, STRETCHED) = range(18)  # fmt: skip

# Tags by which authors say that they mean the opposite; irony without them is mostly missed.
_IRONY = frozenset(
    ["#ironie", "#ironique", "#sarcasme", "#sarcastique", "#irony", "#ironic", "#sarcasm", "#sarcastic"]
)

# Upper edges of the bins of each sign; valences are in 1/100,000 of the strongest word.
_K = 1000
_EDGES: tuple[tuple[int, ...], ...] = (
    tuple(_K * e for e in (-150, -80, -40, -15, 0, 1, 15, 40, 80, 150)),  # sum
    tuple(_K * e for e in (1, 30, 60, 100, 160)),  # sum of the positive
    tuple(_K * e for e in (1, 30, 60, 100, 160)),  # sum of the negative
    tuple(_K * e for e in (-60, -20, 0, 1, 20, 60)),  # sum in the second list
    tuple(_K * e for e in (-40, 0, 1, 40)),  # the last word that is listed
    tuple(_K * e for e in (1, 30, 50, 70)),  # the strongest positive
    tuple(_K * e for e in (-70, -50, -30, 0)),  # the strongest negative
    tuple(_K * e for e in (-10, -5, -2, 0, 1, 2, 5, 10)),  # mean over the words
    (3, 6, 10, 15, 20, 25, 30, 50, 100),  # words
)  # fmt: skip
_COUNTED = (EXCLAMATION, QUESTION, CAPITALS, STRETCHED, GLAD, SAD, HANDLE, HASHTAG, ADDRESS, NEGATOR,
            CONTRAST, DOTS, NUMBER)  # fmt: skip
_MOST = 4  # counts from here on are one bin
SIGNS = len(_EDGES) + len(_COUNTED) + 1


@dataclass(slots=True)
class WordFeatures:
    """One folded word: its hash, that by which it is looked up among the induced words (without a "#"), its
    hash buckets as it stands and negated, its valences, and what it is (columns)."""

    word: str
    key: int
    induced: int
    plain: int
    negated: int
    valence: int
    second: int
    kinds: list[int]


_END = WordFeatures(END_MARK, 1, 0, 0, 0, 0, 0, [BREAK])


@dataclass(frozen=True, slots=True)
class Fresh:
    """Words met for the first time, and the hash buckets of their n-grams, one word's after the other's; `counts`
    (words,) of them."""

    words: list[WordFeatures]
    grams: NDArray[np.int64]
    counts: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some posts read together, one end mark after each post, none before the first.

    `words` (tokens,) rows of the reader's tables; `negated` (tokens,) 0 or 1; `pairs` (tokens,) hash buckets;
    `starts` (posts,) where each post begins; `sizes` (posts,) hashed features; `signs` (posts, SIGNS) rows of
    the table of sign weights; `ironic` (posts,). `fresh` are in the order of their rows, from row 0 on again where the
    reader `forgot` the earlier ones.
    """

    words: NDArray[np.intp]
    negated: NDArray[np.intp]
    pairs: NDArray[np.int64]
    starts: NDArray[np.intp]
    sizes: NDArray[np.int64]
    signs: NDArray[np.int64]
    ironic: NDArray[np.bool_]
    fresh: Fresh
    forgot: bool


_NOTHING_NEW = Fresh([], np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.intp))


class FeatureReader:
    """Reads posts of one language; forgets words when the table that they stand in does."""

    def __init__(self, language: str) -> None:
        self._lists = valences(language)
        self._negators, self._contrasts = NEGATORS[language], CONTRASTS[language]
        self._intensifiers = INTENSIFIERS[language]
        self._index = Index(self._add, self._forget)
        self._kinds = np.zeros((1024, STRETCHED + 1), dtype=np.int32)
        self._values = np.zeros((1024, 3), dtype=np.int64)  # key, valence, second valence
        self._forget()

    def _forget(self) -> None:
        self._rows = {(END_MARK, False, False): 0}  # of folded words, in capitals, stretched
        self._count = 0  # rows that the tables hold
        self._fresh = [_END]
        self._forgot = True

    def read(self, posts: Words) -> Batch:
        """Features of `posts`, in order; there must be one at least."""
        words = self._index.of(posts)
        new, forgot, self._fresh, self._forgot = self._fresh, self._forgot, [], False
        fresh = _NOTHING_NEW if not new else Fresh(new, *grams([one.word for one in new], BUCKETS))
        if new:
            self._keep(fresh)
        kinds, values, starts = self._kinds[words], self._values[words], posts.starts
        negated = _in_scope(kinds)
        keys = values[:, 0]
        before = np.concatenate([[_END.key], keys[:-1]])
        pairs = (before * 31 + keys * 17 + 5) % 4294967291 % BUCKETS
        totals = np.add.reduceat(kinds, starts, axis=0)
        signs = _signs(kinds, values[:, 1:], negated, starts, totals)
        sizes = totals[:, FEATURES].astype(np.int64)
        return Batch(words, negated, pairs, starts, sizes, signs, totals[:, IRONY] > 0, fresh, forgot)

    def _add(self, table: WordTable, row: int) -> int:
        """The row of a word not met before; all handles share one, so do addresses and numbers."""
        surface, folded = table.surface[row], table.folded[row]
        word = _stands_for(folded)
        spelt = word, len(surface) > 1 and surface.isupper(), len(folded) < len(surface)
        own = self._rows.get(spelt)
        if own is None:
            own = self._rows[spelt] = self._count + len(self._fresh)
            self._fresh.append(self._features(*spelt))
        return own

    def _keep(self, fresh: Fresh) -> None:
        first, self._count = self._count, self._count + len(fresh.words)
        if self._count > len(self._kinds):
            self._kinds = grown(self._kinds, 2 * self._count)
            self._values = grown(self._values, 2 * self._count)
        kinds = self._kinds[first : self._count]
        kinds[:] = 0
        rows = np.repeat(np.arange(len(kinds)), [len(one.kinds) for one in fresh.words])
        kinds[rows, [*chain.from_iterable(one.kinds for one in fresh.words)]] = 1
        kinds[:, FEATURES] = 2 + fresh.counts
        self._values[first : self._count] = [(one.key, one.valence, one.second) for one in fresh.words]

    def _features(self, word: str, capitals: bool, stretched: bool) -> WordFeatures:  # noqa: FBT001
        valence, second = self._valence(word)
        plain_word = word[0].isalpha() and word != "http"
        kinds = [WORD] if plain_word else [WORD, *_marks(word)]
        if capitals:
            kinds.append(CAPITALS)
        if stretched:
            kinds.append(STRETCHED)
        if word in self._negators or word.endswith("n't"):
            kinds.append(NEGATOR)
        if word in self._contrasts:
            kinds.append(CONTRAST)
        if word in self._intensifiers:
            kinds.append(INTENSIFIER)
        if valence and not word[0].isalnum() and word[0] not in "#'":
            kinds.append(GLAD if valence > 0 else SAD)
        key = bucket(word)
        plain, negated = ((key * 2654435761 + salt) % 4294967296 % BUCKETS for salt in (0, 768143))
        induced = key if word[0] != "#" else bucket(word[1:])
        if word in _IRONY:
            kinds.append(IRONY)
        return WordFeatures(word, key, induced, plain, negated, valence, second, kinds)

    def _valence(self, word: str) -> tuple[int, int]:
        found = self._lists.get(word)
        if found is None:
            bare = word.lstrip("#")
            found = self._lists.get(bare) or self._lists.get(_DOUBLED.sub(_once, bare))
        if found is None:
            return 0, 0
        vader, pattern, afinn = found
        listed = [v for v in (vader, afinn) if v]
        return (sum(listed) // len(listed) if listed else 0), pattern


def grown(table: NDArray[Number], rows: int) -> NDArray[Number]:
    """The same with more rows, of zeros."""
    more = np.zeros((rows, *table.shape[1:]), dtype=table.dtype)
    more[: len(table)] = table
    return more


def _once(run: re.Match[str]) -> str:
    return run[1]


def _stands_for(word: str) -> str:
    if not word:
        return "\u200d"
    if word[0] == "@" and len(word) > 1:
        return "@"
    if word.startswith(("http", "www.")) or "://" in word:
        return "http"
    if word[0].isdigit():
        return "0%" if word.endswith("%") else "0"
    return word[:_LONGEST]


def _marks(word: str) -> Iterator[int]:
    """What a token that is no word is by its signs alone."""
    if word[0] in ".,;:!?()…":
        yield BREAK
    if word[0] == "!":
        yield EXCLAMATION
    if word[0] in "!?" and "?" in word:
        yield QUESTION
    if word in {"..", "…"}:
        yield DOTS
    if word[0] == "#" and len(word) > 1:
        yield HASHTAG
    for token, kind in (("@", HANDLE), ("http", ADDRESS), ("0", NUMBER), ("0%", NUMBER)):
        if word == token:
            yield kind


def _last(places: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each token the place of the last marked one up to it, -1 where there is none."""
    last: NDArray[np.intp] = np.maximum.accumulate(np.where(places, np.arange(len(places)), -1))
    return last


def _in_scope(kinds: NDArray[np.int32]) -> NDArray[np.intp]:
    """1 for the words that a negation before them reaches, within its clause."""
    negator = np.concatenate([[-1], _last(kinds[:-1, NEGATOR] > 0)])
    fence = _last((kinds[:, BREAK] > 0) | (kinds[:, CONTRAST] > 0))
    near = np.arange(len(kinds)) - negator <= _SCOPE
    scope: NDArray[np.intp] = ((negator >= 0) & (negator > fence) & near).astype(np.intp)
    return scope


def _signs(
    kinds: NDArray[np.int32],
    values: NDArray[np.int64],
    negated: NDArray[np.intp],
    starts: NDArray[np.intp],
    totals: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Rows of the table of sign weights, shape (posts, SIGNS)."""
    factor = _emphasis(kinds, starts, totals) * np.where(negated, -6, 10)
    valence, second = values[:, 0] * factor, values[:, 1] * factor
    glad, sad = np.maximum(valence, 0), np.maximum(-valence, 0)
    glad_sum, sad_sum, second_sum = (np.add.reduceat(v, starts) for v in (glad, sad, second))
    last = _last(valence != 0)[np.append(starts[1:], len(valence)) - 1]
    words = totals[:, WORD]
    measured = (
        glad_sum - sad_sum, glad_sum, sad_sum, second_sum,
        np.where(last >= starts, valence[last], 0),
        np.maximum.reduceat(glad, starts), -np.maximum.reduceat(sad, starts),
        (glad_sum - sad_sum) // np.maximum(words, 1), words,
    )  # fmt: skip
    bins = [
        np.searchsorted(edges, value, side="right") for edges, value in zip(_EDGES, measured, strict=True)
    ]
    bins += [np.minimum(totals[:, column], _MOST) for column in _COUNTED]
    both = 3 * np.searchsorted((_K, 60 * _K), glad_sum) + np.searchsorted((_K, 60 * _K), sad_sum)
    return np.stack([*bins, both], axis=1) + np.arange(SIGNS) * BINS


def _emphasis(
    kinds: NDArray[np.int32], starts: NDArray[np.intp], totals: NDArray[np.int32]
) -> NDArray[np.int64]:
    """What a word's valence counts, in 1/100: more after an intensifier or a contrast, less before one."""
    intensified = np.concatenate([[0], kinds[:-1, INTENSIFIER]])
    met = np.cumsum(kinds[:, CONTRAST])
    counts = np.diff(np.append(starts, len(kinds)))
    met_before = np.repeat(met[starts] - kinds[starts, CONTRAST], counts)
    in_post = np.repeat(totals[:, CONTRAST], counts)
    contrast = np.where(in_post == 0, 10, np.where(met > met_before, 14, 6))
    return np.asarray(contrast * np.where(intensified, 13, 10), dtype=np.int64)
