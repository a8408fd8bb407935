"""What disclosures, speaker, credibility and signature cost a post: CPU time, one core.

    python tests/bench/bench_disclosure.py        posts of ../shared/data, or the written ones where it is
    absent

Not a test: other work on the machine moves it. The budget is 30 µs for disclosure and speaker on ordinary
posts.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import time
from itertools import pairwise
from pathlib import Path

from agents.credibility import CredibilityTable
from agents.disclosing.disclosure import DisclosureTagger, shipped_rules
from agents.disclosing.speaker import SpeakerProfiler
from agents.text.signature import Signer
from agents.text.words import WordTable
from schemas.judged import Language
from schemas.post import Author, Post, Source

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "data"
SETS = (("en_semeval_13_16.jsonl.gz", "en"), ("en_airline_posts.csv.gz", "en"),
("en_goemotions_dev.jsonl.gz", "en"),
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
    columns = ("posts", "length", "disclosure", "speaker", "credibility", "signature")
    print(f"{'µs a post':28}" + "".join(f"{column:>12}" for column in columns))
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
        Signer().sign(WordTable().read([post.text for post in posts]))
        marks.append(time.process_time())
        costs = [(after - before) / len(posts) * 1e6 for before, after in pairwise(marks)]
        length = sum(len(post.text) for post in posts) / len(posts)
        print(f"{name:28}{len(posts):12}{length:12.0f}" + "".join(f"{cost:12.1f}" for cost in costs))


if __name__ == "__main__":
    main()
