"""Vigie's sentiment as TextBlob analyzers, one for each language.

    TextBlob("Merci, service génial !", analyzer=FrenchPosts()).sentiment

Only `.sentiment` asks the analyzer: TextBlob's `.polarity` and `.subjectivity` always ask its English one.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textblob.sentiments import CONTINUOUS, BaseSentimentAnalyzer

from agents.feeling.sentiment import SentimentScorer
from agents.text.words import WordTable
from schemas.judged import LABELS, Label


class PostSentiment(NamedTuple):
    """`polarity` in -1..1 is the probability of positive less that of negative; the three sum to about 1."""

    polarity: float
    label: Label
    negative: float
    neutral: float
    positive: float


class _Posts(BaseSentimentAnalyzer):  # type: ignore[misc]  # TextBlob has no types
    """Shared by the two: reads a text as Vigie's judge reads a post of that language."""

    kind = CONTINUOUS
    RETURN_TYPE = PostSentiment
    language: ClassVar[str]

    def __init__(self, scorer: SentimentScorer | None = None, source: str = "post") -> None:
        super().__init__()
        self._scorer = scorer or SentimentScorer()
        self._table = WordTable()
        self._source = source

    def analyze(self, text: str) -> PostSentiment:
        """The sentiment of `text`."""
        shares = self._scorer.probabilities(self._table.read([text]), self.language, self._source)[0].tolist()
        negative, neutral, positive = (share / 10_000 for share in shares)
        label: Label = "neutral" if shares[0] == shares[2] else LABELS[shares.index(max(shares))]
        return PostSentiment((shares[2] - shares[0]) / 10_000, label, negative, neutral, positive)


class EnglishPosts(_Posts):
    """English posts; `source="review"` for reviews."""

    language = "en"


class FrenchPosts(_Posts):
    """French posts; `source="review"` for reviews."""

    language = "fr"
