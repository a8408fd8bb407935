"""TextBlob, textblob-fr and VADER as they come; neutral within 0.05 of zero, as their users take it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from textblob.en.sentiments import PatternAnalyzer as EnglishPattern
from textblob_fr.sentiments import PatternAnalyzer as FrenchPattern

Answers = NDArray[np.intp]
Baseline = Callable[[Sequence[str]], Answers]


def _labels(polarities: Sequence[float]) -> Answers:
    values = np.array(polarities)
    return 1 + (values > 0.05).astype(np.intp) - (values < -0.05).astype(np.intp)


def _textblob(texts: Sequence[str]) -> Answers:
    analyzer = EnglishPattern()
    return _labels([analyzer.analyze(text)[0] for text in texts])


def _textblob_fr(texts: Sequence[str]) -> Answers:
    analyzer = FrenchPattern()
    return _labels([analyzer.analyze(text)[0] for text in texts])


def _vader(texts: Sequence[str]) -> Answers:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415  (may be absent)

    analyzer = SentimentIntensityAnalyzer()
    return _labels([analyzer.polarity_scores(text)["compound"] for text in texts])


def baselines(language: str) -> dict[str, Baseline]:
    """The baselines of a language; VADER only where the package vaderSentiment is installed."""
    if language == "fr":
        return {"textblob-fr": _textblob_fr}
    found: dict[str, Baseline] = {"TextBlob": _textblob}
    if importlib.util.find_spec("vaderSentiment") is not None:
        found["VADER"] = _vader
    return found
