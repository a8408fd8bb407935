"""What disclosures, speaker, credibility and signature cost a post: CPU time, one core.

    python tests/bench/bench_disclosure.py        posts of ../shared/data, or the written ones where it is absent

Not a test: other work on the machine moves it. The budget is 30 µs for disclosure and speaker on ordinary posts.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import time
from pathlib import Path

from agents.credibility import CredibilityTable
from agents.disclosure import DisclosureTagger, shipped_rules
from agents.signature import signature
from agents.speaker import SpeakerProfiler
from schemas.judged import Language
from schemas.post import Author, Post, Source

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "data"
SETS = (("en_semeval_13_16.jsonl.gz", "en"), ("en_airline_posts.csv.gz", "en"), ("en_goemotions_dev.jsonl.gz", "en"),
        ("fr_xlmt_train.jsonl.gz", "fr"), ("fr_insurance_posts.csv.gz", "fr"))  # fmt: skip
ROWS = 4_000


def texts(name: str) -> list[str]:
    """Up to `ROWS` texts of a set."""
    if not (SHARED / name).is_file():
        lines = (ROOT / "tests" / "evaluation" / "disclosures.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line)["text"] for line in lines]
    with gzip.open(SHARED / name, "rt") as lines:
        rows = csv.DictReader(lines) if name.endswith(".csv.gz") else map(json.loads, lines)
        return [row["text"] for row, _ in zip(rows, range(ROWS), strict=False)]


def main() -> None:
    tagger, profiler = DisclosureTagger(shipped_rules()), SpeakerProfiler()
    table = CredibilityTable((ROOT / "deploy" / "credibility.toml").read_text("utf-8"))
    print(f"{'set':28} {'posts':>6} {'code points':>11} {'disclosure':>11} {'speaker':>8} {'credibility':>11} {'signature':>9} µs")
    for name, code in SETS:
        author = Author(handle="ana", followers=120)
        posts = [Post("x:1", "twitter", text, 0, Source("bench"), author=author) for text in texts(name)]
        language = Language(code, 10_000)
        for post in posts:  # patterns compile when first woken
            tagger.read(post, language, [])
        marks = [time.process_time()]
        readings = [tagger.read(post, language, []) for post in posts]
        marks.append(time.process_time())
        for post, reading in zip(posts, readings, strict=True):
            profiler.profile(post, reading, [])
        marks.append(time.process_time())
        for post in posts:
            table.credibility(post, "amateur")
        marks.append(time.process_time())
        for post in posts:
            signature(post.text)
        marks.append(time.process_time())
        costs = [(b - a) / len(posts) * 1e6 for a, b in zip(marks, marks[1:], strict=False)]
        length = sum(len(post.text) for post in posts) / len(posts)
        print(f"{name:28} {len(posts):6} {length:11.0f} {costs[0]:11.1f} {costs[1]:8.1f} {costs[2]:11.1f} {costs[3]:9.1f}")


if __name__ == "__main__":
    main()
