"""Tokens, language and sentiment in batches, against TextBlob on the same posts in the same run.

    PYTHONPATH=. python tests/bench/bench_sentiment.py [posts]

Counts processor time of this process, so that a busy machine skews it little. The first pass meets every word
for the first time; the second is what a running worker does. Posts are tweets of ../shared (or VIGIE_SHARED).
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from textblob import TextBlob

from agents.feeling.sentiment import SentimentScorer
from agents.language import LanguageIdentifier
from agents.text.words import WordTable

BATCH = 256


def texts(count: int) -> list[str]:
    beside = Path(__file__).resolve().parents[3] / "shared"
    path = Path(os.environ.get("VIGIE_SHARED", beside)) / "data" / "en_semeval_13_16.jsonl.gz"
    if not path.exists():
        print("no bench: ../shared is absent (or set VIGIE_SHARED)")
        sys.exit(0)
    with gzip.open(path, "rt", encoding="utf8") as file:
        return [json.loads(line)["text"] for _, line in zip(range(count), file, strict=False)]


def seconds(work: Callable[[Sequence[str]], None], posts: Sequence[str]) -> float:
    started = time.process_time()
    work(posts)
    return time.process_time() - started


def main() -> None:
    posts = texts(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    table, identifier, scorer = WordTable(), LanguageIdentifier(), SentimentScorer()

    def vigie(batch: Sequence[str]) -> None:
        for first in range(0, len(batch), BATCH):
            words = table.read(batch[first : first + BATCH])
            scorer.score_many(words, identifier.identify_many(words, [None] * len(words)))

    def textblob(batch: Sequence[str]) -> None:
        for text in batch:
            _ = TextBlob(text).sentiment

    few = posts[:2_000]
    textblob(few[:100])  # loads its lexicon
    theirs = seconds(textblob, few) / len(few)
    for name in ("first pass", "running"):
        ours = seconds(vigie, posts) / len(posts)
        print(
            f"{name}: {1 / ours:,.0f} posts/s, {ours * 1e6:.1f} us a post; "
            f"TextBlob {1 / theirs:,.0f} posts/s; ratio {theirs / ours:.1f}"
        )


if __name__ == "__main__":
    main()
