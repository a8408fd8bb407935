"""The feeling of a post: negative, neutral or positive, with calibrated probabilities.

A linear model for each language, with one head for posts and one for reviews (stars hold almost no neutrals,
so a model of one is wrong for the other). Its weights are small integers and so is all arithmetic on them: a
post has the same score in any batch on any machine. What was trained on what: agents/models/CARD.md.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from importlib import resources
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from agents.feeling.features import BINS, BUCKETS, SIGNS, Batch, FeatureReader, WordFeatures
from agents.probabilities import softmax
from agents.text.words import Words
from schemas.judged import LABELS, Language, Sentiment

CLASSES = len(LABELS)
HEADS = ("post", "review")
_WIDTH = CLASSES * len(HEADS)
_UNSCORED = Sentiment("neutral", 0, None)


class LanguageModel:
    """The heads of one language: probabilities of posts in that language.

    The file holds `buckets` (BUCKETS, 6), `signs` (SIGNS * BINS, 6), `bias` (6,), and for words of public
    word vectors `keys` (words,), sorted, and `induced` (words, 12): six weights as they stand, six negated.
    Bucket and induced weights are in units of `scale` / 2^20 nat, signs and bias in 1/1,024 nat.
    """

    def __init__(self, language: str) -> None:
        content = (resources.files("agents") / "models" / f"sentiment_{language}.npz").read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:8]
        self.names = tuple(f"{language}-{head}-{digest}" for head in HEADS)
        with np.load(io.BytesIO(content)) as arrays:
            self._buckets = arrays["buckets"].astype(np.int32).reshape(BUCKETS, _WIDTH)
            self._signs = arrays["signs"].astype(np.int32).reshape(SIGNS * BINS, _WIDTH)
            self._bias = arrays["bias"].astype(np.int64)
            self._keys, self._induced = arrays["keys"], arrays["induced"].astype(np.int32)
            self._scale = int(arrays["scale"])
        self._reader = FeatureReader(language)
        self._words = np.zeros(
            (0, 2, _WIDTH), dtype=np.int32
        )  # by row of the reader, as it stands and negated
        self._known = 0

    def probabilities(self, posts: Words) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Shares in 1/10,000, (posts, heads, classes), and which posts say that they are ironic, (posts,); at
        least one post."""
        batch = self._reader.read(posts)
        self._learn(batch)
        cells = self._words[batch.words, batch.negated] + self._buckets[batch.pairs]
        hashed = np.add.reduceat(cells, batch.starts, axis=0, dtype=np.int64)
        roots = np.sqrt(batch.sizes * 2.0**20).astype(np.int64)
        logits = hashed * self._scale // roots[:, None] + self._signs[batch.signs].sum(axis=1) + self._bias
        shares = softmax(logits.reshape(-1, CLASSES)).reshape(len(posts), len(HEADS), CLASSES)
        return shares, batch.ironic

    def _learn(self, batch: Batch) -> None:
        """Sum up the weights of each word met for the first time."""
        if batch.forgot:
            self._known = 0
        if not batch.fresh:
            return
        end = self._known + len(batch.fresh)
        if end > len(self._words):
            grown = np.zeros((2 * end, 2, _WIDTH), dtype=np.int32)
            grown[: self._known] = self._words[: self._known]
            self._words = grown
        self._words[self._known : end] = self._weigh(batch.fresh)
        self._known = end

    def _weigh(self, words: Sequence[WordFeatures]) -> NDArray[np.int32]:
        """Summed weights of each word, (words, 2, 6): as it stands and negated."""
        alone = np.array([(word.plain, word.negated) for word in words])
        # The word's own bucket closes each run of n-grams, so that no run is empty; it is taken off again.
        runs = np.array(list(chain.from_iterable((*word.grams, word.plain) for word in words)))
        ends = np.cumsum([len(word.grams) + 1 for word in words])
        starts = np.concatenate([[0], ends[:-1]])
        own = self._buckets[alone[:, 0]]
        grams = np.add.reduceat(self._buckets[runs], starts, axis=0) - own
        weights = self._buckets[alone] + grams[:, None, :]
        if len(self._keys):
            keys = np.array([word.induced for word in words])
            places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            known = (self._keys[places] == keys)[:, None, None]
            weights += self._induced[places].reshape(-1, 2, _WIDTH) * known
        return np.asarray(weights, dtype=np.int32)


class SentimentScorer:
    """Scores posts one by one or, faster, some hundred at a time; the grouping changes no result."""

    def __init__(self) -> None:
        self._models = {language: LanguageModel(language) for language in ("en", "fr")}

    def score(self, words: Words, language: Language, kind: str = "post") -> Sentiment:
        """The feeling of one post; `kind` as in `Post.kind`."""
        return self.score_many(words, [language], [kind])[0]

    def score_many(
        self, posts: Words, languages: Sequence[Language], kinds: Sequence[str] | None = None
    ) -> list[Sentiment]:
        """The feeling of each post, in order. A post in another language is left unscored, and says so."""
        found = [_UNSCORED] * len(posts)
        said = (posts.sizes > 1).tolist()
        for code, model in self._models.items():
            places = [i for i, language in enumerate(languages) if language.code == code and said[i]]
            if not places:
                continue
            shares, ironic = model.probabilities(posts.only(places))
            heads = [int(kinds is not None and kinds[i] == "review") for i in places]
            chosen = shares[np.arange(len(places)), heads]
            praise = ironic & (chosen[:, 2] > chosen[:, 0])
            chosen[praise] = chosen[praise, ::-1]
            balance = chosen[:, 2] - chosen[:, 0]
            labels = np.where(balance == 0, 1, chosen.argmax(axis=1)).tolist()  # torn is neutral
            scores = balance.tolist()
            for i, head, label, score in zip(places, heads, labels, scores, strict=True):
                found[i] = Sentiment(LABELS[label], score, model.names[head])
        return found

    def probabilities(self, posts: Words, language: str, kind: str = "post") -> NDArray[np.int64]:
        """Probabilities of negative, neutral, positive in 1/10,000, (posts, 3); `language` "en" or "fr"."""
        if not len(posts):
            return np.zeros((0, CLASSES), dtype=np.int64)
        return self._models[language].probabilities(posts)[0][:, int(kind == "review")]
