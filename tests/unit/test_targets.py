"""The feeling toward each company of a post that names several."""

import pytest
from worded import TABLE, words

from agents.feeling.sentiment import SentimentScorer
from agents.feeling.targets import Targets, TargetScorer
from schemas.judged import Language, Sentiment

SCORER = SentimentScorer()
TARGETS = TargetScorer(SCORER, TABLE)


def feelings(code: str, text: str, names: str) -> str:
    language = Language(code, 9_900)
    spans = [(text.index(name), text.index(name) + len(name)) for name in names.split()]
    found = TARGETS.score(Targets(text, language, SCORER.score(words(text), language), spans))
    for sentiment in found:
        assert -10_000 <= sentiment.score <= 10_000
        assert {"negative": -1, "neutral": 0, "positive": 1}[sentiment.label] * sentiment.score >= 0
    return " ".join(sentiment.label for sentiment in found)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "I hate Acme, use Globex", "negative positive"),
        ("en", "Acme is way faster than Globex", "positive negative"),
        ("en", "Acme is worse than Globex", "negative positive"),
        ("en", "moved from Acme to Globex and never looked back", "negative positive"),
        ("en", "Acme was terrible but Globex was wonderful", "negative positive"),
        ("en", "Unlike Acme, Globex keeps its promises", "negative positive"),
        ("en", "Avoid Acme. Go with Globex.", "negative positive"),
        ("fr", "Je déteste Acme, prenez Globex", "negative positive"),
        ("fr", "Acme est bien plus rapide que Globex", "positive negative"),
        ("fr", "Acme est plus cher que Globex", "negative positive"),
        ("fr", "passé de Acme à Globex, aucun regret", "negative positive"),
        ("fr", "Acme c'est nul alors que Globex c'est génial", "negative positive"),
        ("fr", "Contrairement à Acme, Globex tient ses promesses", "negative positive"),
        ("fr", "Évitez Acme, allez chez Globex", "negative positive"),
        ("en", "Moved my savings out of Acme and into Globex", "negative positive"),
        ("en", "Cancelled Acme this morning and signed up with Globex", "negative positive"),
        ("en", "At least Acme does not spam you like Globex does", "positive negative"),
        ("en", "Acme for the win, Globex go home", "positive negative"),
        ("en", "Acme is a joke. I miss Globex", "negative positive"),
        ("en", "Acme is awful, Globex keeps its word", "negative positive"),
        ("en", "Acme is awful, Globex is awful", "negative negative"),
        ("fr", "J'ai résilié Acme hier et signé chez Globex", "negative positive"),
        ("fr", "J'ai transféré mon livret de Acme vers Globex", "negative positive"),
        ("fr", "Au moins Acme ne me harcèle pas comme Globex", "positive negative"),
        ("fr", "Acme me manque, Globex me rend folle", "positive negative"),
        ("fr", "Si seulement Acme répondait aussi vite que Globex", "negative positive"),
        ("en", "I love Acme and Globex, both are great", "positive positive"),
        ("en", "Acme and Globex are both terrible, what a disgrace", "negative negative"),
        ("fr", "Bravo à Acme et Globex, super initiative !", "positive positive"),
        ("fr", "Acme et Globex : deux services clients honteux", "negative negative"),
        ("en", "Acme and Globex will speak at the conference on Tuesday", "neutral neutral"),
    ],
)
def test_two_companies(code: str, text: str, expected: str) -> None:
    assert feelings(code, text, "Acme Globex") == expected


def test_one_company_has_the_feeling_of_the_post() -> None:
    text, language = "Acme is great", Language("en", 9_900)
    post = Sentiment("positive", 7_000, "any")
    assert TARGETS.score(Targets(text, language, post, [(0, 4)])) == [post]
    assert TARGETS.score(Targets(text, language, post, [None, (0, 4)])) == [post, post]


def test_an_unscored_post_leaves_its_companies_unscored() -> None:
    text = "Odio Acme, usa Globex"
    post = Sentiment("neutral", 0, None)
    asked = Targets(text, Language("other", 9_900), post, [(5, 9), (15, 21)])
    assert TARGETS.score(asked) == [post, post]


def test_order_of_spans_is_kept() -> None:
    assert feelings("en", "I hate Acme, use Globex", "Globex Acme") == "positive negative"
