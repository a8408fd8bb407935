"""Target feelings of any string and any spans: total, one for each span, within bounds."""

from hypothesis import given
from hypothesis import strategies as st
from worded import TABLE, words

from agents.feeling.sentiment import SentimentScorer
from agents.feeling.targets import Targets, TargetScorer
from schemas.judged import Language

SCORER = SentimentScorer()
TARGETS = TargetScorer(SCORER, TABLE)
PIECES = st.sampled_from(
    [
        "A",
        "B",
        "hate",
        "use",
        "but",
        "mais",
        "plutôt",
        "que",
        "than",
        ",",
        ".",
        "unlike",
        "§",
        "\ud800",
        "🇫🇷",
        "l'",
    ]
)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), st.lists(PIECES).map(" ".join))
SPANS = st.one_of(st.none(), st.tuples(st.integers(0, 70), st.integers(0, 70)))


@given(TEXTS, st.sampled_from(["fr", "en", "other"]), st.lists(SPANS, max_size=5))
def test_total(text: str, code: str, spans: list[tuple[int, int] | None]) -> None:
    language = Language(code, 9_000)
    post = SCORER.score(words(text), language)
    found = TARGETS.score(Targets(text, language, post, spans))
    assert len(found) == len(spans)
    assert all(-10_000 <= sentiment.score <= 10_000 for sentiment in found)
    assert all(sentiment == post for sentiment, span in zip(found, spans, strict=True) if span is None)


def test_a_huge_post_with_many_targets() -> None:
    text = "I hate A but B is better than A " * 3_000
    spans = [(i, i + 1) for i in range(len(text)) if text[i] in "AB"][:400]
    language = Language("en", 9_000)
    asked = Targets(text, language, SCORER.score(words(text), language), spans)
    assert len(TARGETS.score(asked)) == 400
