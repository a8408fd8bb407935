"""The labelled sets of ../shared/data, and one written here: what they may be used for, how they are read."""

from __future__ import annotations

import csv
import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LABEL = {"neg": 0, "neu": 1, "pos": 2, "negative": 0, "neutral": 1, "positive": 2}
Kind = Literal["post", "review"]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set of labelled texts. `shippable` is False for those that only measure: their terms are
    non-commercial, or they were written here."""

    name: str
    language: str
    kind: Kind
    terms: str
    shippable: bool = True


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus("en_semeval_13_16", "en", "post", "annotations CC BY 3.0; texts not redistributable"),
        Corpus("en_tweeteval_val", "en", "post", "annotations CC BY 3.0; texts not redistributable"),
        Corpus("en_goemotions_train", "en", "post", "Apache-2.0"),
        Corpus("en_goemotions_dev", "en", "post", "Apache-2.0"),
        Corpus("en_brand_sxsw", "en", "post", "unclear"),
        Corpus("en_airline_posts", "en", "post", "CC BY-NC-SA 4.0", shippable=False),
        Corpus("en_finphrase", "en", "post", "CC BY-NC-SA 3.0", shippable=False),
        Corpus("en_glassdoor_a_proscons", "en", "review", "unclear"),
        Corpus("fr_xlmt_train", "fr", "post", "Apache-2.0 repository"),
        Corpus("fr_xlmt_val", "fr", "post", "Apache-2.0 repository"),
        Corpus("fr_xed", "fr", "post", "CC BY 4.0"),
        Corpus("fr_figurative", "fr", "post", "written for Vigie; only measures", shippable=False),
        Corpus("fr_allocine_tv_train", "fr", "review", "unclear"),
        Corpus("fr_allocine_tv_dev", "fr", "review", "unclear"),
        Corpus("fr_insurance_posts", "fr", "review", "unclear"),
    )
}


def shared() -> Path:
    """The directory of the sets, whether or not it is there."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("VIGIE_SHARED", beside)) / "data"


def load(name: str) -> tuple[list[str], list[int]]:
    """Texts and labels (0 negative, 1 neutral, 2 positive) of one set, in the order of its file."""
    lines, written = shared() / f"{name}.jsonl.gz", Path(__file__).with_name(f"{name}.jsonl")
    if written.exists():
        rows = [json.loads(line) for line in written.read_text("utf8").splitlines()]
    elif lines.exists():
        with gzip.open(lines, "rt", encoding="utf8") as file:
            rows = [json.loads(line) for line in file]
    else:
        with gzip.open(shared() / f"{name}.csv.gz", "rt", encoding="utf8", newline="") as file:
            rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [LABEL[row["label"]] for row in rows]
