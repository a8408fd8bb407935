"""The analyzers, used as TextBlob uses them, agree with the judge's own scores."""

import pytest
from textblob import TextBlob
from textblob.sentiments import BaseSentimentAnalyzer
from worded import words

from agents.feeling.analyzers import EnglishPosts, FrenchPosts
from agents.feeling.sentiment import SentimentScorer
from schemas.judged import Language

SCORER = SentimentScorer()


@pytest.mark.parametrize(
    ("analyzer", "code", "text", "label"),
    [
        (EnglishPosts(SCORER), "en", "The new app is wonderful, well done!", "positive"),
        (EnglishPosts(SCORER), "en", "Two hours on hold and still no answer, pathetic", "negative"),
        (FrenchPosts(SCORER), "fr", "L'équipe est géniale, merci à tous", "positive"),
        (FrenchPosts(SCORER), "fr", "Deux heures d'attente, c'est honteux", "negative"),
    ],
)
def test_sentiment(analyzer: BaseSentimentAnalyzer, code: str, text: str, label: str) -> None:
    found = TextBlob(text, analyzer=analyzer).sentiment
    assert found.label == label
    assert found.negative + found.neutral + found.positive == pytest.approx(1, abs=0.001)
    judged = SCORER.score(words(text), Language(code, 9_000))
    assert (judged.label, judged.score) == (found.label, round(found.polarity * 10_000))


def test_reviews() -> None:
    text = "Remboursement rapide, rien à redire"
    posts, reviews = FrenchPosts(SCORER), FrenchPosts(SCORER, source="review")
    assert posts.analyze(text) != reviews.analyze(text)
    assert reviews.analyze(text).label == "positive"


def test_empty_text() -> None:
    assert EnglishPosts(SCORER).analyze("").label == "neutral"
