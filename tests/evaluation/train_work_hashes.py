"""Train agents/models/work_<language>.npz: talk of one's own work, of which kind, who speaks, and whether it is said outright.

    PYTHONPATH=.:tests python -m evaluation.train_work_hashes ../shared/data [--without NAME ...] [--into DIR]

Needs scikit-learn (1.9), which is no dependency of the project. Written posts: disclosures.jsonl but for its blind
half. Real ones: posts of ../shared labelled by the protocol (work_labels.json: numbers and kinds, no text),
employees' reviews, and as background sets in which hardly any post discloses. No non-commercial set is read.
`--without` leaves out a set, or a half of the written posts (so one writer can be measured by the others).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from evaluation.fitting import Designer
from evaluation.train_work import POINTS, Sample, real, written
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agents.disclosing.work_hashes import ANY, COLUMNS, EXPLICIT, is_private
from agents.text.features import BUCKETS
from agents.text.tokens import fold, tokenize
from schemas.judged import DISCLOSURE_KINDS, ROLES

MODELS = Path(__file__).parents[2] / "agents" / "models"
STRENGTH = 100.0  # inverse of the penalty
LEVELS = 127
SEED = 20261127
MORE = {"en": -0.17, "fr": -0.8}  # logits that the column for the post as a whole is given on top


def without_private(text: str) -> str:
    """The text less the words from which no model may learn."""
    parts = tokenize(text).parts
    return "".join("" if place % 2 and is_private(fold(part)) else part for place, part in enumerate(parts))


def train(language: str, samples: Sequence[Sample]) -> dict[str, NDArray[np.generic]]:
    """The arrays of `agents.disclosing.work_hashes.HashedModel`."""
    design = Designer(language).design([without_private(sample.text) for sample in samples])
    values = np.repeat(1 / design.sizes, np.diff(design.starts))
    matrix = csr_matrix((values, design.columns, design.starts), (len(samples), BUCKETS))
    matrix.sum_duplicates()
    weights = np.array([sample.weight for sample in samples])

    def fit(among: Sequence[bool], wanted: Sequence[bool]) -> tuple[NDArray[np.float64], float]:
        chosen = np.array(among)
        model = LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-3, random_state=SEED)
        model.fit(matrix[chosen], np.array(wanted)[chosen], sample_weight=weights[chosen])
        return model.coef_[0], float(model.intercept_[0])

    fitted = {ANY: fit([True] * len(samples), [bool(sample.kinds) for sample in samples])}
    for kind in DISCLOSURE_KINDS:
        fitted[kind] = fit([bool(sample.kinds) for sample in samples], [kind in s.kinds for s in samples])
    for role in ROLES:
        fitted[role] = fit([s.role is not None for s in samples], [sample.role == role for sample in samples])
    fitted[EXPLICIT] = fit([bool(s.modes) for s in samples], ["explicit" in s.modes for s in samples])
    return _quantised(language, fitted)


def _quantised(
    language: str, fitted: dict[str, tuple[NDArray[np.float64], float]]
) -> dict[str, NDArray[np.generic]]:
    steps = np.array([np.quantile(np.abs(fitted[column][0]), 0.9999) / LEVELS for column in COLUMNS])
    weights = np.stack([fitted[column][0] for column in COLUMNS], axis=1)
    buckets = np.clip(np.round(weights / steps), -LEVELS, LEVELS).astype(np.int8)
    bias = [POINTS * (fitted[column][1] + MORE[language] * (column == ANY)) for column in COLUMNS]
    # sums are divided by 1,024 times the root of the number of features: 2^20 in all
    scale = np.round(steps * POINTS * 1024).astype(np.int64)
    return {"buckets": buckets, "scale": scale, "bias": np.round(bias).astype(np.int64)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--into", type=Path, default=MODELS)
    options = parser.parse_args()
    for language in ("en", "fr"):
        samples = [*written(language, options.without), *real(options.folder, language, options.without)]
        path = options.into / f"work_{language}.npz"
        np.savez_compressed(path, **train(language, samples))
        print(path.name, len(samples), "texts", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
