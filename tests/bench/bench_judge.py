"""Posts per second through the whole of judge on one core, against TextBlob's sentiment alone.

Both read the same posts in the same run, in turn, and the median ratio is told: machines are noisy. The posts are
real tweets where ../shared/data is present, else the sample corpus. With a number, that many posts are judged and the
memory is read before and after: it may not grow with them. Usage:

    python tests/bench/bench_judge.py [posts of the memory run]
"""

from __future__ import annotations

import csv
import gzip
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import orjson
from textblob import TextBlob

from agents.judge import Judge
from schemas.codec import decode_post
from schemas.post import Author, Post, Source
from streams.judges import load_judge, spare_collections
from streams.settings import read_settings

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "data" / "en_airline_posts.csv.gz"
BATCH = 500
ROUNDS = 5


def posts() -> list[Post]:
    """The posts to judge."""
    if not SHARED.exists():
        lines = (ROOT / "deploy" / "corpus.jsonl").read_bytes().splitlines()
        return [post for line in lines if isinstance(post := decode_post(line), Post)]
    with gzip.open(SHARED, "rt", encoding="utf-8", newline="") as rows:
        return [
            Post(f"twitter:{row['id']}", "twitter", row["text"], 1_424_777_700_000, Source("bench"),
                 author=Author(handle=row["author"]))
            for row in csv.DictReader(rows)
        ]  # fmt: skip


def judging(judge: Judge, found: list[Post]) -> float:
    """Posts per second of CPU time."""
    start = time.process_time()
    for at in range(0, len(found), BATCH):
        judge.judge(found[at : at + BATCH])
    return len(found) / (time.process_time() - start)


def textblob(found: list[Post]) -> float:
    start = time.process_time()
    for post in found:
        _ = TextBlob(post.text).sentiment.polarity
    return len(found) / (time.process_time() - start)


def memory() -> float:
    """Greatest resident size so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fresh(found: list[Post], count: int) -> Iterator[Post]:
    """`count` posts, each with words that no other has: what a cache could grow by."""
    for number, post in enumerate(islice(cycle(found), count)):
        yield Post(
            post.key, post.platform, f"{post.text} n{number}x @u{number}", post.created_at, post.source
        )


def main() -> None:
    judge, found = load_judge(read_settings({})), posts()
    spare_collections()  # as the worker does
    judging(judge, found)
    sample = found[: len(found) // 4]
    rates = [(judging(judge, found), textblob(sample)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(rate) for rate in zip(*rates, strict=True))
    ratio = statistics.median(a / b for a, b in rates)
    print(f"judge {ours:,.0f} posts/s, TextBlob's sentiment alone {theirs:,.0f}: ratio {ratio:.1f}")
    if len(sys.argv) > 1:
        count = int(sys.argv[1])
        stream, told = fresh(found, count), []
        for done in range(0, count, BATCH):
            judge.judge(list(islice(stream, BATCH)))
            if (done + BATCH) % (count // 5) < BATCH:
                told.append(memory())
        print(orjson.dumps({"posts": count, "MB at each fifth": [round(m, 1) for m in told]}).decode())


if __name__ == "__main__":
    main()
