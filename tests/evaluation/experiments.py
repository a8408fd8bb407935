"""The measurements behind the report: the shipped model, folds within a set, training without a set."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
from evaluation.corpora import CORPORA, Corpus, load
from evaluation.fitting import Design, Recipe, Vectors, fit, logits, softmax
from evaluation.metrics import Figures, figures
from evaluation.train_sentiment import MIXES, Trainer
from numpy.typing import NDArray

from agents.feeling.sentiment import SentimentScorer
from agents.feeling.targets import Targets, TargetScorer
from agents.language import LanguageIdentifier
from agents.text.tokens import tokenize
from agents.text.words import WordTable
from schemas.judged import Language

BATCH = 256
TABLE = WordTable()
SCORER = SentimentScorer()
IDENTIFIER = LanguageIdentifier()

# Sets measured within themselves: the large ones are left to what is trained without them.
FOLDED = (
    "en_brand_sxsw", "en_airline_posts", "en_finphrase", "en_glassdoor_a_proscons",
    "fr_xlmt_train", "fr_xed", "fr_allocine_tv_train", "fr_insurance_posts",
)  # fmt: skip

# Set measured, sets left out of its head's training (twins of the set go with it).
LEFT_OUT = (
    ("en_semeval_13_16", ("en_semeval_13_16", "en_tweeteval_val")),
    ("en_goemotions_dev", ("en_goemotions_train", "en_goemotions_dev")),
    ("en_brand_sxsw", ("en_brand_sxsw",)),
    ("en_glassdoor_a_proscons", ("en_glassdoor_a_proscons",)),
    ("fr_xlmt_val", ("fr_xlmt_val",)),
    ("fr_xlmt_train", ("fr_xlmt_train", "fr_xlmt_val")),
    ("fr_insurance_posts", ("fr_insurance_posts",)),
    ("fr_allocine_tv_dev", ("fr_allocine_tv_train", "fr_allocine_tv_dev")),
)


def shipped(corpus: Corpus, texts: list[str], truth: NDArray[np.intp]) -> Figures:
    """The model as it is shipped, its language and kind given."""
    parts = [
        SCORER.probabilities(TABLE.read(texts[i : i + BATCH]), corpus.language, corpus.kind)
        for i in range(0, len(texts), BATCH)
    ]
    shares = np.concatenate(parts)
    return figures(truth, shares.argmax(axis=1), shares / 10_000)


class Trainers:
    """One trainer a language; every set is read once."""

    def __init__(self, french_vectors: Vectors | None) -> None:
        self._trainers = {"en": Trainer("en"), "fr": Trainer("fr", french_vectors)}

    def of(self, language: str) -> Trainer:
        return self._trainers[language]


def chosen(design: Design, posts: NDArray[np.intp]) -> Design:
    """Some posts of a design."""
    parts = [design.columns[design.starts[post] : design.starts[post + 1]] for post in posts]
    return Design(
        np.concatenate([[0], np.cumsum([len(part) for part in parts])]),
        np.concatenate(parts),
        design.sizes[posts],
        design.signs[posts],
        None if design.vectors is None else design.vectors[posts],
    )


def likeness(text: str) -> int:
    """The same for a text and its near-copies, retweets above all: a hash of six of its words."""
    words = {word for word in tokenize(text).folded if word.isalpha() and len(word) > 2}
    return zlib.crc32(" ".join(sorted(words)[:6]).encode())


def folds(trainers: Trainers, name: str, count: int = 5) -> Figures:
    """Trained on four fifths of one set alone and tested on the last, five times; near-copies stay together."""
    design, labels = trainers.of(CORPORA[name].language).corpus(name)
    groups = np.array([likeness(text) for text in load(name)[0]]) % count
    shares = np.zeros((len(labels), 3), dtype=np.float64)
    recipe = Recipe(epochs=6, batch=128 if len(labels) < 10_000 else 512)
    for fold in range(count):
        test, train = np.flatnonzero(groups == fold), np.flatnonzero(groups != fold)
        weights = np.ones(len(train), dtype=np.float32)
        head = fit(chosen(design, train), labels[train], weights, recipe)
        shares[test] = softmax(logits(head, chosen(design, test)))
    return figures(labels, shares.argmax(axis=1), shares)


def left_out(trainers: Trainers, name: str, gone: tuple[str, ...]) -> Figures:
    """The head of the set's kind trained without some sets, measured on the set."""
    corpus = CORPORA[name]
    trainer = trainers.of(corpus.language)
    head = trainer.head(MIXES[corpus.language][corpus.kind], frozenset(gone))
    design, labels = trainer.corpus(name)
    shares = softmax(logits(head, design)).astype(np.float64)
    return figures(labels, shares.argmax(axis=1), shares)


def language_accuracy() -> dict[str, float]:
    """Share of each set's texts whose language is found, without a platform's word."""
    found = {}
    for corpus in CORPORA.values():
        texts, _ = load(corpus.name)
        codes: list[str] = []
        for i in range(0, len(texts), BATCH):
            part = TABLE.read(texts[i : i + BATCH])
            codes += [language.code for language in IDENTIFIER.identify_many(part, [None] * len(part))]
        found[corpus.name] = float(np.mean([code == corpus.language for code in codes]))
    return found


def opposed_feelings() -> dict[str, float]:
    """Share of posts that name two companies with opposite feelings, where both are right."""
    scorer = TargetScorer(SCORER, TABLE)
    found: dict[str, list[bool]] = {}
    for line in (Path(__file__).parent / "opposed.jsonl").read_text("utf8").splitlines():
        post = json.loads(line)
        language = Language(post["language"], 9_000)
        spans = [
            (post["text"].index(name), post["text"].index(name) + len(name)) for name, _ in post["targets"]
        ]
        whole = SCORER.score(TABLE.read([post["text"]]), language)
        answers = scorer.score(Targets(post["text"], language, whole, spans))
        right = [answer.label for answer in answers] == [label for _, label in post["targets"]]
        found.setdefault(f"{post['language']} ({post['use']})", []).append(right)
    return {name: float(np.mean(rights)) for name, rights in found.items()}
