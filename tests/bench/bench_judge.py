"""Posts per second through the whole of judge on one core, and where the time goes, beside TextBlob's sentiment.

In CPU time, all in turn over the same posts in the same run; of several rounds the best counts, for other
processes only ever add. Judge and TextBlob have met half of the posts before and are timed on the other half: words
come back in a stream, posts do not. Real posts where ../shared/data is present, else the sample corpus alone. With
a number, that many posts are judged and the memory is read on the way: it may not grow with them. Usage:

    python tests/bench/bench_judge.py [posts of the memory run]
"""

from __future__ import annotations

import csv
import gzip
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

import orjson
from textblob import TextBlob
from textblob_fr import PatternAnalyzer

from agents.feeling.targets import Targets
from agents.judge import Judge
from schemas.codec import decode_post
from schemas.post import Author, Kind, Post, Source
from streams.judges import load_judge, spare_collections
from streams.settings import read_settings

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "data"
BATCH = 500
ROUNDS = 3
MOST = 8_000  # posts of a set
LONG = 400  # characters from which on an English review is a long one


def sets() -> dict[str, list[Post]]:
    """The posts to judge, by what they are."""
    corpus = (ROOT / "deploy" / "corpus.jsonl").read_bytes().splitlines()
    found = {"sample corpus": [post for line in corpus if isinstance(post := decode_post(line), Post)]}
    if SHARED.exists():
        reviews = [text for text in _lines("en_glassdoor_a_proscons") if len(text) >= LONG]
        found["tweets en"] = _posts("twitter", "post", _column("en_airline_posts"))
        found["tweets fr"] = _posts("twitter", "post", _lines("fr_xlmt_train"))
        found["reviews fr"] = _posts("web", "review", _column("fr_insurance_posts"))
        found["reviews en"] = _posts("glassdoor", "review", reviews)
    return {name: posts[:MOST] for name, posts in found.items()}


def _column(name: str) -> list[str]:
    with gzip.open(SHARED / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        return [row["text"] for row in csv.DictReader(rows)]


def _lines(name: str) -> list[str]:
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rb") as lines:
        return [orjson.loads(line)["text"] for line in lines]


def _posts(platform: str, kind: Kind, texts: list[str]) -> list[Post]:
    author = Author(handle="somebody")
    return [
        Post(f"{platform}:{n}", platform, text, 1_424_777_700_000, Source("bench"), kind=kind, author=author)
        for n, text in enumerate(texts)
    ]


def stages(judge: Judge, posts: list[Post], spent: dict[str, float]) -> None:
    """One batch question by question, as `Judge.judge` asks them; adds the seconds of each to `spent`. The stages are
    of words already met: what new ones cost is in the whole alone."""

    def timed(name: str, work: Callable[[], T]) -> T:
        start = time.process_time()
        answer = work()
        spent[name] = spent.get(name, 0.0) + time.process_time() - start
        return answer

    timed("judge as a whole", lambda: judge.judge(posts))  # first, while the batch's words are still new
    kinds = ["review" if post.kind == "review" else "post" for post in posts]
    texts = [post.text for post in posts]
    words = timed("words", lambda: judge._words.read(texts))
    languages = timed(
        "language", lambda: judge._languages.identify_many(words, [post.lang for post in posts])
    )
    parts = timed("features", lambda: judge._reader.read(words, languages))
    feelings = timed("sentiment", lambda: judge._sentiment.score_read(parts, kinds))
    matched = timed("companies", lambda: [judge._companies.match(post) for post in posts])
    spans = [[match.span for match in matches] for matches in matched]
    asked = list(map(Targets, texts, languages, feelings, spans, kinds))
    timed("targets", lambda: judge._targets.score_many(asked))
    places = [[(match.company, match.spans) for match in matches] for matches in matched]
    looks = timed("first look", lambda: judge._first_look.at_all(parts, len(posts), model=1))
    marks = timed("marks", lambda: judge._marks.of(words))
    readings = timed("disclosure", lambda: judge._read(posts, languages, places, looks, marks))
    profiles = timed("speaker", lambda: judge._profile(posts, readings, places, marks))
    timed("signature", lambda: judge._signer.sign(words))
    table = judge._credibility
    timed(
        "credibility",
        lambda: [table.credibility(post, who.role) for post, who in zip(posts, profiles, strict=True)],
    )


def textblob(posts: list[Post], *, french: bool) -> None:
    """What a user of TextBlob writes; textblob-fr's lexicon has its own analyzer."""
    for post in posts:
        blob = TextBlob(post.text, analyzer=_FRENCH) if french else TextBlob(post.text)
        _ = blob.sentiment


_FRENCH = PatternAnalyzer()


def costs(name: str, posts: list[Post]) -> dict[str, float]:
    """Microseconds a post of each stage, of judge, and of TextBlob."""
    known, fresh = posts[::2], posts[1::2]
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        judge = load_judge(read_settings({}))
        spent: dict[str, float] = {}
        for at in range(0, len(known), BATCH):
            judge.judge(known[at : at + BATCH])
        spare_collections()  # as the worker does
        for at in range(0, len(fresh), BATCH):
            stages(judge, fresh[at : at + BATCH], spent)
        sample = fresh[:1_000]
        start = time.process_time()
        textblob(sample, french=name.endswith(" fr"))
        spent["TextBlob"] = (time.process_time() - start) * len(fresh) / len(sample)
        for stage, seconds in spent.items():
            best[stage] = min(best.get(stage, seconds), seconds)
    return {stage: seconds / len(fresh) * 1e6 for stage, seconds in best.items()}


def memory(judge: Judge, posts: list[Post], count: int) -> list[int]:
    """Resident size (MB) at each fifth of `count` posts, each with words that no other has."""
    stream, told = _never_met(posts, count), []
    for done in range(0, count, BATCH):
        judge.judge(list(islice(stream, BATCH)))
        if (done + BATCH) % (count // 5) < BATCH:
            told.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    return told


def _never_met(posts: list[Post], count: int) -> Iterator[Post]:
    for number, post in enumerate(islice(cycle(posts), count)):
        text = f"{post.text} n{number}x é{number}è #w{number} @u{number}"
        yield Post(post.key, post.platform, text, post.created_at, post.source)


def main() -> None:
    found = sets()
    table = {name: costs(name, posts) for name, posts in found.items()}
    print(f"{'µs a post':>18}", *(f"{name:>14}" for name in table))
    lengths = [sum(len(post.text) for post in posts) // len(posts) for posts in found.values()]
    print(f"{'characters':>18}", *(f"{length:14}" for length in lengths))
    for stage in [*list(table["sample corpus"])[1:-1], "judge as a whole", "TextBlob"]:
        print(f"{stage:>18}", *(f"{column[stage]:14.1f}" for column in table.values()))
    print(
        f"{'judge, posts/s':>18}",
        *(f"{1e6 / column['judge as a whole']:14,.0f}" for column in table.values()),
    )
    ratios = [column["TextBlob"] / column["judge as a whole"] for column in table.values()]
    print(f"{'times TextBlob':>18}", *(f"{ratio:14.1f}" for ratio in ratios))
    if len(sys.argv) > 1:
        posts = found.get("tweets en", found["sample corpus"])
        told = memory(load_judge(read_settings({})), posts, int(sys.argv[1]))
        print(
            f"memory at each fifth of {int(sys.argv[1]):,} posts: {', '.join(f'{size} MB' for size in told)}"
        )


if __name__ == "__main__":
    main()
