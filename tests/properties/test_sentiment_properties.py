"""Scores of any string: bounded, and the same bytes however posts are grouped or words forgotten."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worded import TABLE, words

from agents.feeling.sentiment import SentimentScorer
from agents.probabilities import softmax
from agents.text import words as word_tables
from agents.text.features import BINS, BUCKETS, SIGNS, FeatureReader
from schemas.judged import Language

SCORER = SentimentScorer()
READERS = {code: FeatureReader(code) for code in ("en", "fr")}
PIECES = st.sampled_from(
    ["not", "pas", "good", "nul", "but", "mais", "very", "très", ".", "!!", "😡", ":)", "@a", "#fail", "http://a.b",
     "5%", "SOOO", "\ud800", "\u200d", "日本", "don't", "l'été", "-"]
)  # fmt: skip
TEXTS = st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), st.lists(PIECES).map(" ".join))
LANGUAGES = st.sampled_from([Language("fr", 9_000), Language("en", 9_000), Language("other", 9_000)])


@given(st.lists(st.tuples(TEXTS, LANGUAGES, st.sampled_from(["post", "review", "comment"])), max_size=8))
def test_a_batch_is_its_posts_one_by_one(posts: list[tuple[str, Language, str]]) -> None:
    texts, languages, kinds = [p[0] for p in posts], [p[1] for p in posts], [p[2] for p in posts]
    together = SCORER.score_many(words(*texts), languages, kinds)
    assert together == [SCORER.score(words(t), g, k) for t, g, k in zip(texts, languages, kinds, strict=True)]
    for sentiment in together:
        assert -10_000 <= sentiment.score <= 10_000
        assert sentiment.label != "positive" or sentiment.score > 0
        assert sentiment.label != "negative" or sentiment.score < 0


@given(st.lists(TEXTS, min_size=1, max_size=6), st.sampled_from(["fr", "en"]))
def test_features_stay_within_their_tables(texts: list[str], language: str) -> None:
    batch = READERS[language].read(words(*texts))
    assert batch.signs.shape == (len(texts), SIGNS)
    assert ((batch.signs // BINS) == np.arange(SIGNS)).all()
    assert batch.pairs.min() >= 0
    assert batch.pairs.max() < BUCKETS
    assert batch.sizes.min() >= 2


def test_forgetting_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"the {word} service is not {word} at all" for word in ("good", "bad", "slow", "great")] * 3
    english = Language("en", 9_000)
    expected = [SCORER.score(words(text), english) for text in texts]
    monkeypatch.setattr(word_tables, "MOST_KEPT", 3)
    before = TABLE.era
    assert [SCORER.score(words(text), english) for text in texts] == expected
    assert TABLE.era > before + 10


@given(st.lists(st.lists(st.integers(-(2**20), 2**20), min_size=3, max_size=3), min_size=1, max_size=5))
def test_shares_are_shares(rows: list[list[int]]) -> None:
    logits = np.array(rows, dtype=np.int64)
    shares = softmax(logits)
    assert (shares >= 0).all()
    assert (np.abs(shares.sum(axis=1) - 10_000) <= 3).all()
    assert (shares.max(axis=1) == shares[np.arange(len(rows)), logits.argmax(axis=1)]).all()


@pytest.mark.parametrize("text", ["so bad " * 14_000, "x" * 100_000, "!" * 100_000, "😡" * 100_000])
def test_a_huge_post(text: str) -> None:
    assert -10_000 <= SCORER.score(words(text), Language("en", 9_000)).score <= 10_000
