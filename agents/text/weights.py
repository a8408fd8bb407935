"""Linear models over hashed features: what every model that reads posts has of them is summed in one pass.

A model is a table of weights, a column for each thing that it tells. The tables of one language stand side by side, so a
word costs one row however many models there are. Weights are integers and so are the sums: the same in any batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agents.text.features import Batch, FeatureReader, Fresh, grown
from agents.text.words import Words
from schemas.judged import Language


@dataclass(frozen=True, slots=True)
class Weights:
    """One model's weights: `buckets` (BUCKETS, columns) of hashed features, and for words of public word vectors
    `keys` (words,), sorted, and `induced` (words, 2, columns): as they stand and negated. Words for which `silent`
    is true weigh nothing, whatever bucket they fall into, nor do their pairs."""

    buckets: NDArray[np.integer]
    keys: NDArray[np.integer]
    induced: NDArray[np.integer]
    silent: Callable[[str], bool] | None = None

    @property
    def columns(self) -> int:
        return int(self.buckets.shape[1])


@dataclass(frozen=True, slots=True)
class Part:
    """The posts of one language in a batch: their `places` in it, their features, and `sums`, one array for each
    model, (posts, columns)."""

    places: list[int]
    batch: Batch
    sums: tuple[NDArray[np.int64], ...]

    @property
    def roots(self) -> NDArray[np.int64]:
        """A thousand and twenty-four times the root of the number of features of each post, (posts, 1): by it sums
        are divided, so that long posts weigh as short ones."""
        roots: NDArray[np.int64] = np.sqrt(self.batch.sizes * 2.0**20).astype(np.int64)[:, None]
        return roots


class Adder:
    """Reads the posts of one language and adds up the weights of all its models."""

    def __init__(self, language: str, models: Sequence[Weights]) -> None:
        self._reader = FeatureReader(language)
        self._models = models
        bounds = np.cumsum([0, *(model.columns for model in models)]).tolist()
        self._columns = [slice(first, last) for first, last in pairwise(bounds)]
        self._buckets = np.concatenate([model.buckets for model in models], axis=1)
        # by row of the reader, as a word stands and negated
        self._words = np.zeros((0, 2, bounds[-1]), dtype=np.int32)
        self._silent = np.zeros((0, len(models)), dtype=np.bool_)  # by row of the reader
        self._known = 0

    def read(self, words: Words) -> tuple[Batch, tuple[NDArray[np.int64], ...]]:
        """Features and sums of each post; there must be one at least."""
        batch, cells = self.cells(words)
        sums = np.add.reduceat(cells, batch.starts, axis=0, dtype=np.int64)
        return batch, tuple(sums[:, columns] for columns in self._columns)

    def cells(self, words: Words) -> tuple[Batch, NDArray[np.int32]]:
        """The weights of each token, its pair with the one before included: (tokens, columns of all models)."""
        batch = self._reader.read(words)
        self._learn(batch)
        pairs = self._buckets[batch.pairs]
        silent = self._silent[batch.words]
        for place, columns in enumerate(self._columns):
            alone = np.flatnonzero(silent[:, place])
            if len(alone):
                pairs[alone, columns] = 0
                after = alone[alone + 1 < len(pairs)] + 1
                pairs[after, columns] = 0
        return batch, self._words[batch.words, batch.negated] + pairs

    def _learn(self, batch: Batch) -> None:
        """Sum up the weights of each word met for the first time."""
        if batch.forgot:
            self._known = 0
        if not batch.fresh.words:
            return
        end = self._known + len(batch.fresh.words)
        if end > len(self._words):
            self._words = grown(self._words, 2 * end)
            self._silent = grown(self._silent, 2 * end)
        for place, model in enumerate(self._models):
            hush = model.silent or _never
            self._silent[self._known : end, place] = [hush(word.word) for word in batch.fresh.words]
        self._words[self._known : end] = self._weigh(batch.fresh)
        self._known = end

    def _weigh(self, fresh: Fresh) -> NDArray[np.int32]:
        """Summed weights of each word, (words, 2, columns): as it stands and negated."""
        words = fresh.words
        alone = np.array([(word.plain, word.negated) for word in words])
        # sums up to each n-gram, so that words without any have a run, too; should they wrap, their differences do not
        sums = np.zeros((len(fresh.grams) + 1, self._buckets.shape[1]), dtype=np.int32)
        np.cumsum(self._buckets[fresh.grams], axis=0, dtype=np.int32, out=sums[1:])
        ends = np.cumsum(fresh.counts)
        weights = self._buckets[alone] + (sums[ends] - sums[ends - fresh.counts])[:, None, :]
        for model, columns in zip(self._models, self._columns, strict=True):
            if len(model.keys):
                keys = np.array([word.induced for word in words], dtype=model.keys.dtype)
                places = np.minimum(np.searchsorted(model.keys, keys), len(model.keys) - 1)
                known = (model.keys[places] == keys)[:, None, None]
                weights[:, :, columns] += model.induced[places] * known
        for place, columns in enumerate(self._columns):
            silent = self._silent[self._known : self._known + len(words), place]
            weights[silent, :, columns] = 0
        return np.asarray(weights, dtype=np.int32)


def _never(_word: str) -> bool:
    return False


class PostReader:
    """Reads a batch, language by language, for all models of each language."""

    def __init__(self, models: Mapping[str, Sequence[Weights]]) -> None:
        self.adders = {language: Adder(language, found) for language, found in models.items()}

    def read(self, words: Words, languages: Sequence[Language]) -> dict[str, Part]:
        """The parts of a batch by language; a post in another language, or without a word, is in none."""
        said = (words.sizes > 1).tolist()
        parts = {}
        for code, adder in self.adders.items():
            places = [i for i, language in enumerate(languages) if language.code == code and said[i]]
            if places:
                parts[code] = Part(places, *adder.read(words.only(places)))
        return parts
