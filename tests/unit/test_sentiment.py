"""The feeling of plain posts in both languages, and what is left unscored."""

import pytest
from worded import words

from agents.feeling.sentiment import SentimentScorer
from agents.language import LanguageIdentifier
from schemas.judged import Language, Sentiment

FRENCH, ENGLISH = Language("fr", 9_900), Language("en", 9_900)


@pytest.fixture(scope="module")
def scorer() -> SentimentScorer:
    return SentimentScorer()


@pytest.mark.parametrize(
    ("text", "language", "label"),
    [
        ("I love this company, the support is wonderful!", ENGLISH, "positive"),
        ("Worst airline ever, my bag is lost again 😡", ENGLISH, "negative"),
        ("The new store opens on Monday at 10 in Lyon", ENGLISH, "neutral"),
        ("not happy with the new app at all", ENGLISH, "negative"),
        ("Service client génial, merci pour votre aide !", FRENCH, "positive"),
        ("Encore une panne, c'est vraiment nul, je suis dégoûté", FRENCH, "negative"),
        ("La conférence de presse aura lieu mardi à Paris", FRENCH, "neutral"),
    ],
)
def test_label(scorer: SentimentScorer, text: str, language: Language, label: str) -> None:
    found = scorer.score(words(text), language)
    assert found.label == label
    assert found.lexicon is not None
    assert found.lexicon.startswith(f"{language.code}-post-")


@pytest.mark.parametrize("tag", ["#ironie", "#Sarcasme", "#irony"])
def test_a_tag_of_irony_turns_praise_and_leaves_blame(scorer: SentimentScorer, tag: str) -> None:
    for code, praise, blame in (
        ("fr", "Bravo, quel service génial", "Quel service affreux, honteux"),
        ("en", "Great job, I love this service", "I hate this awful service"),
    ):
        language = Language(code, 9_900)
        assert scorer.score(words(praise), language).label == "positive"
        assert scorer.score(words(f"{praise} {tag}"), language).label == "negative"
        assert scorer.score(words(f"{blame} {tag}"), language).label == "negative"


def test_reviews_have_their_own_head(scorer: SentimentScorer) -> None:
    text = words("Délais de remboursement très longs, aucun suivi, je quitte cet assureur")
    review = scorer.score(text, FRENCH, "review")
    assert review.label == "negative"
    assert review.lexicon is not None
    assert review.lexicon.startswith("fr-review-")


@pytest.mark.parametrize(("text", "language"), [("odio esto", Language("other", 9_000)), ("", FRENCH)])
def test_unscored(scorer: SentimentScorer, text: str, language: Language) -> None:
    assert scorer.score(words(text), language) == Sentiment("neutral", 0, None)


def test_languages_and_kinds_mix_in_one_batch(scorer: SentimentScorer) -> None:
    texts = ["what a great day", "quelle belle journée", "qué buen día", "très mauvais service", ""]
    read = words(*texts)
    languages = LanguageIdentifier().identify_many(read, [None] * 5)
    found = scorer.score_many(read, languages, ["post", "post", "post", "review", "post"])
    assert [sentiment.label for sentiment in found] == [
        "positive",
        "positive",
        "neutral",
        "negative",
        "neutral",
    ]
    assert [sentiment.lexicon is None for sentiment in found] == [False, False, True, False, True]
