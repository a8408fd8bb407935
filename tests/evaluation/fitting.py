"""Fits the linear model of sentiment: softmax regression by Adam with feature dropout, in numpy alone.

One head is one kind of source (post or review) in one language: the mean of some fits that differ by their seed
alone, so that a head hangs less on the order of the texts. Everything random comes from one seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agents.text.features import BINS, BUCKETS, SIGNS, FeatureReader, WordFeatures
from agents.text.words import WordTable

Floats = NDArray[np.float32]
CLASSES = 3
SIGN_SCALE = 0.3  # signs are strong: scaled down, they are learnt no faster than words


@dataclass(frozen=True, slots=True)
class Design:
    """Texts as the model reads them: rows of hashed features, sign rows, and mean word vectors (or none)."""

    starts: NDArray[np.intp]  # (posts + 1,)
    columns: NDArray[np.intp]
    sizes: Floats  # (posts,) square root of the number of features
    signs: NDArray[np.intp]  # (posts, SIGNS)
    vectors: Floats | None  # (posts, 2 * dimensions): words as they stand, words negated

    def __len__(self) -> int:
        return len(self.sizes)


@dataclass(slots=True)
class Head:
    """Weights of one head, in nats."""

    buckets: Floats  # (BUCKETS, 3)
    signs: Floats  # (SIGNS * BINS, 3)
    vectors: Floats | None  # (2 * dimensions, 3)
    bias: Floats  # (3,)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Public word vectors: folded word -> row of `table` (rows, dimensions)."""

    rows: dict[str, int]
    table: Floats


class Designer:
    """Turns texts of one language into designs, with the reader that scores them in production."""

    def __init__(self, language: str, vectors: Vectors | None = None) -> None:
        self._table = WordTable()
        self._reader = FeatureReader(language)
        self._words: list[WordFeatures] = []
        self._grams: list[list[int]] = []
        self._vectors = vectors

    def design(self, texts: Sequence[str]) -> Design:
        columns: list[int] = []
        starts, sizes, signs = [0], [], []
        vectors = self._empty(len(texts))
        for first in range(0, len(texts), 512):
            read = self._table.read(texts[first : first + 512])
            batch = self._reader.read(read)
            if batch.forgot:
                self._words, self._grams = [], []
            self._words += batch.fresh.words
            self._grams += map(
                np.ndarray.tolist, np.split(batch.fresh.grams, np.cumsum(batch.fresh.counts))[:-1]
            )
            words, negated, pairs = batch.words.tolist(), batch.negated.tolist(), batch.pairs.tolist()
            place = 0
            for index, post in enumerate(read.posts()):
                for word in map(self._table.folded.__getitem__, post):
                    features = self._words[words[place]]
                    columns += (features.negated if negated[place] else features.plain, pairs[place])
                    columns += self._grams[words[place]]
                    if vectors is not None and self._vectors is not None:
                        row = self._vectors.rows.get(word.lstrip("#") or word)
                        if row is not None:
                            width = self._vectors.table.shape[1]
                            vectors[first + index, width * negated[place] :][:width] += self._vectors.table[
                                row
                            ]
                    place += 1
                columns += (self._words[0].plain, pairs[place])
                place += 1
                starts.append(len(columns))
            sizes.append(np.sqrt(batch.sizes))
            signs.append(batch.signs)
        roots = np.concatenate(sizes).astype(np.float32)
        if vectors is not None:
            vectors /= roots[:, None]
        return Design(np.array(starts), np.array(columns), roots, np.concatenate(signs), vectors)

    def _empty(self, count: int) -> Floats | None:
        if self._vectors is None:
            return None
        return np.zeros((count, 2 * self._vectors.table.shape[1]), dtype=np.float32)


def logits(head: Head, design: Design) -> Floats:
    """(posts, 3), in nats."""
    return _forward(head, design, np.arange(len(design)), None)[0]


def _gather(
    design: Design, posts: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Columns of the chosen posts, where each post begins among them, and how many each has."""
    begins, counts = design.starts[posts], design.starts[posts + 1] - design.starts[posts]
    starts = np.cumsum(counts) - counts
    places = np.arange(counts.sum()) + np.repeat(begins - starts, counts)
    return design.columns[places], starts, counts


def _forward(
    head: Head, design: Design, posts: NDArray[np.intp], noise: tuple[np.random.Generator, float] | None
) -> tuple[Floats, NDArray[np.intp], Floats, Floats | None]:
    columns, starts, counts = _gather(design, posts)
    values = np.repeat(1 / design.sizes[posts], counts)
    vectors = None if design.vectors is None else design.vectors[posts]
    if noise is not None:
        random, rate = noise
        values = values * (random.random(len(values), dtype=np.float32) >= rate) / np.float32(1 - rate)
        if vectors is not None:
            vectors = (
                vectors * (random.random(vectors.shape, dtype=np.float32) >= rate) / np.float32(1 - rate)
            )
    out = np.add.reduceat(head.buckets[columns] * values[:, None], starts, axis=0)
    out += head.signs[design.signs[posts]].sum(axis=1) * np.float32(SIGN_SCALE) + head.bias
    if vectors is not None and head.vectors is not None:
        out += vectors @ head.vectors
    return out, columns, values, vectors


def softmax(scores: Floats) -> Floats:
    mass = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(mass / mass.sum(axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is fitted: the mean of `fits`. `balance` 1 weighs classes equally, 0 as they come."""

    fits: int = 1
    epochs: int = 8
    batch: int = 512
    rate: float = 0.02
    dropout: float = 0.5
    balance: float = 0.5
    decay: float = 1e-6
    seed: int = 20261122


def fit(design: Design, labels: NDArray[np.intp], weights: Floats, recipe: Recipe) -> Head:
    """The mean of the fits that the recipe asks for, each from a seed of its own."""
    heads = [
        _fit_once(design, labels, weights, replace(recipe, seed=recipe.seed + number))
        for number in range(recipe.fits)
    ]
    share = np.float32(1 / recipe.fits)
    vectors = [head.vectors for head in heads if head.vectors is not None]
    return Head(
        sum((head.buckets for head in heads), np.float32(0)) * share,
        sum((head.signs for head in heads), np.float32(0)) * share,
        sum(vectors, np.float32(0)) * share if vectors else None,
        sum((head.bias for head in heads), np.float32(0)) * share,
    )


def _fit_once(design: Design, labels: NDArray[np.intp], weights: Floats, recipe: Recipe) -> Head:
    """The head that minimises weighted log loss, averaged over the last two fifths of the steps."""
    random = np.random.default_rng(recipe.seed)
    mass = np.bincount(labels, weights, CLASSES)
    weights = (weights * (mass.sum() / CLASSES / np.maximum(mass, 1))[labels] ** recipe.balance).astype(
        np.float32
    )
    weights /= weights.mean()
    width = None if design.vectors is None else design.vectors.shape[1]
    shapes = [(BUCKETS, CLASSES), (SIGNS * BINS, CLASSES), (width or 0, CLASSES), (CLASSES,)]
    values, first, second, mean = ([np.zeros(shape, dtype=np.float32) for shape in shapes] for _ in range(4))
    rates = [recipe.rate, recipe.rate, recipe.rate / 5, recipe.rate]
    steps = recipe.epochs * (len(labels) // recipe.batch)
    step = averaged = 0
    for _ in range(recipe.epochs):
        order = random.permutation(len(labels))
        for begin in range(0, len(labels) - recipe.batch + 1, recipe.batch):
            posts = order[begin : begin + recipe.batch]
            head = Head(values[0], values[1], values[2] if width else None, values[3])
            gradients = _gradients(
                head, design, posts, labels[posts], weights[posts], (random, recipe.dropout)
            )
            gradients[0] += recipe.decay * values[0]
            step += 1
            slope = 1 - 0.95 * step / steps
            for index, gradient in enumerate(gradients):
                first[index] += 0.1 * (gradient - first[index])
                second[index] += 0.01 * (gradient * gradient - second[index])
                move = (first[index] / (1 - 0.9**step)) / (np.sqrt(second[index] / (1 - 0.99**step)) + 1e-6)
                values[index] -= (rates[index] * slope * move).astype(np.float32)
            if step > 0.6 * steps:
                averaged += 1
                mean = [total + value for total, value in zip(mean, values, strict=True)]
    buckets, signs, vectors, bias = (total / np.float32(averaged) for total in mean)
    return Head(buckets, signs, vectors if width else None, bias)


def _gradients(
    head: Head,
    design: Design,
    posts: NDArray[np.intp],
    labels: NDArray[np.intp],
    weights: Floats,
    noise: tuple[np.random.Generator, float],
) -> list[Floats]:
    scores, columns, values, vectors = _forward(head, design, posts, noise)
    error = softmax(scores)
    error[np.arange(len(posts)), labels] -= 1
    error *= weights[:, None] / len(posts)
    spread = np.repeat(error, design.starts[posts + 1] - design.starts[posts], axis=0) * values[:, None]
    signs = design.signs[posts]
    per_sign = np.repeat(error * np.float32(SIGN_SCALE), signs.shape[1], axis=0)
    hashed, signed = (
        np.stack([np.bincount(at, by[:, c], size) for c in range(CLASSES)], axis=1).astype(np.float32)
        for at, by, size in ((columns, spread, BUCKETS), (signs.ravel(), per_sign, SIGNS * BINS))
    )
    worded = np.zeros((0, CLASSES), dtype=np.float32) if vectors is None else vectors.T @ error
    return [hashed, signed, worded, error.sum(axis=0)]
