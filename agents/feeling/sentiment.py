"""The feeling of a post: negative, neutral or positive, with calibrated probabilities.

A linear model for each language, with one head for posts and one for reviews (stars hold almost no neutrals,
so a model of one is wrong for the other). Its weights are small integers and so is all arithmetic on them: a
post has the same score in any batch on any machine. What was trained on what: agents/models/CARD.md.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from agents.probabilities import softmax
from agents.text.features import BINS, BUCKETS, SIGNS
from agents.text.weights import Part, PostReader, Weights
from agents.text.words import Words
from schemas.judged import LABELS, Language, Sentiment

CLASSES = len(LABELS)
HEADS = ("post", "review")
LANGUAGES = ("en", "fr")
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
            self.weights = Weights(
                arrays["buckets"].reshape(BUCKETS, _WIDTH),
                arrays["keys"],
                arrays["induced"].reshape(-1, 2, _WIDTH),
            )
            self._signs = arrays["signs"].astype(np.int32).reshape(SIGNS * BINS, _WIDTH)
            self._bias = arrays["bias"].astype(np.int64)
            self._scale = int(arrays["scale"])

    def probabilities(self, part: Part) -> NDArray[np.int64]:
        """Shape (posts, heads, classes), in 1/10,000; this model's sums are the first of `part`."""
        hashed = part.sums[0] * self._scale // part.roots
        logits = hashed + self._signs[part.batch.signs].sum(axis=1) + self._bias
        return softmax(logits.reshape(-1, CLASSES)).reshape(len(hashed), len(HEADS), CLASSES)


def shipped_models() -> dict[str, LanguageModel]:
    """The models that Vigie ships, by language."""
    return {language: LanguageModel(language) for language in LANGUAGES}


class SentimentScorer:
    """Scores posts one by one or, faster, some hundred at a time; the grouping changes no result."""

    def __init__(
        self, models: Mapping[str, LanguageModel] | None = None, reader: PostReader | None = None
    ) -> None:
        """`reader` reads for these models first, and maybe for others."""
        self._models = models or shipped_models()
        self._reader = reader or PostReader({code: [model.weights] for code, model in self._models.items()})

    def score(self, words: Words, language: Language, kind: str = "post") -> Sentiment:
        """The feeling of one post; `kind` as in `Post.kind`."""
        return self.score_many(words, [language], [kind])[0]

    def score_many(
        self, words: Words, languages: Sequence[Language], kinds: Sequence[str] | None = None
    ) -> list[Sentiment]:
        """The feeling of each post, in order. A post in another language is left unscored, and says so."""
        return self.score_read(self._reader.read(words, languages), kinds or ["post"] * len(words))

    def score_read(self, parts: Mapping[str, Part], kinds: Sequence[str]) -> list[Sentiment]:
        """As `score_many`, of a batch that was read; one of `kinds` for each post of it."""
        found = [_UNSCORED] * len(kinds)
        for code, part in parts.items():
            model, places, ironic = self._models[code], part.places, part.batch.ironic
            shares = model.probabilities(part)
            heads = [int(kinds[i] == "review") for i in places]
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
        part = Part([], *self._reader.adders[language].read(posts))
        return self._models[language].probabilities(part)[:, int(kind == "review")]
