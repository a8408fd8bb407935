"""Train agents/models/work_<language>.npz: talk of one's own work, of which kind, who speaks, and whether it is said outright.

    PYTHONPATH=.:tests python -m evaluation.train_work ../shared/data [--without NAME ...] [--into DIR]

Needs scikit-learn (1.9), which is no dependency of the project. Written posts: disclosures.jsonl but for its blind
half. Real ones: posts of ../shared labelled by the protocol (work_labels.json: numbers and kinds, no text),
employees' reviews, and as background sets in which hardly any post discloses. No non-commercial set is read.
`--without` leaves out a set, or a half of the written posts (so one writer can be measured by the others).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluation.fitting import Designer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agents.disclosing.register_of_work import ANY, COLUMNS, EXPLICIT, is_private
from agents.text.features import BUCKETS
from agents.text.tokens import fold, tokenize
from schemas.judged import DISCLOSURE_KINDS, ROLES

HERE = Path(__file__).parent
BLIND = ("test", "dora", "nia")
EMPLOYEES = "en_glassdoor_a_proscons"
EXAMPLES = "disclosure_examples"
BACKGROUND = {
    "en": ("en_goemotions_train", "en_semeval_13_16", "en_brand_sxsw"),
    "fr": ("fr_insurance_posts", "fr_xlmt_train", "fr_allocine_tv_train", "fr_xed"),
}
OF_EACH = 3_000  # texts of a background set
WRITTEN, LABELLED, BEHIND, OF_EMPLOYEES = 1.0, 1.0, 0.3, 0.1  # what a text weighs
STRENGTH = 30.0  # inverse of the penalty
POINTS = 60  # a logit, on the scale of the rules
LEVELS = 127
SEED = 20261127
# logits that a column is given on top, told by leaving writers out (the card): for a post as a whole, and for each
# kind within a post that discloses
MORE = {
    "en": {ANY: 1.2},
    "fr": {ANY: 1.2},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, the kinds that it discloses, its weight, who speaks and the modes of its labels (None, () where
    that is not known)."""

    text: str
    kinds: frozenset[str]
    weight: float
    role: str | None = None
    modes: frozenset[str] = frozenset()


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one set, in its order."""
    path = next(path for path in folder.glob(f"{name}.*") if path.suffix in (".gz", ".jsonl"))
    opened = gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open("rt")
    with opened as lines:
        return list(csv.DictReader(lines) if ".csv" in path.name else map(json.loads, lines))


def written(language: str, without: Sequence[str]) -> list[Sample]:
    """The project's own posts."""
    samples = []
    for line in (HERE / "disclosures.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] != language or row["half"] in BLIND or row["half"] in without:
            continue
        kinds = frozenset(label["kind"] for label in row["labels"])
        modes = frozenset(label["mode"] for label in row["labels"] if label["mode"])
        samples.append(Sample(row["text"], kinds, WRITTEN, row["role"], modes))
    return samples


def real(folder: Path, language: str, without: Sequence[str]) -> list[Sample]:
    """Real posts, and the examples that came with them."""
    draw = random.Random(3)
    samples = []
    labels: dict[str, list[str]] = json.loads((HERE / "work_labels.json").read_text("utf-8"))
    for name in (*BACKGROUND[language], "en_goemotions_dev"):
        if name in without or not name.startswith(language):
            continue
        texts = [row["text"] for row in rows_of(folder, name)]
        told = {int(key.rsplit("-", 1)[1]): kinds for key, kinds in labels.items() if key.startswith(f"{name}-")}
        samples += [Sample(texts[n], frozenset(kinds), LABELLED) for n, kinds in told.items()]
        if name in BACKGROUND[language]:
            others = [texts[n][:400] for n in range(len(texts)) if n not in told]
            draw.shuffle(others)
            samples += [Sample(text, frozenset(), BEHIND) for text in others[:OF_EACH]]
    if EXAMPLES not in without:
        rows = [row for row in rows_of(folder, EXAMPLES) if row["lang"] == language]
        samples += [Sample(row["text"], frozenset(row["kinds"]), LABELLED) for row in rows]
    if language == "en" and EMPLOYEES not in without:
        chosen = draw.sample([row["text"] for row in rows_of(folder, EMPLOYEES)], 1_500)
        samples += [Sample(text, frozenset({"working-conditions"}), OF_EMPLOYEES) for text in chosen]
    return samples


def without_private(text: str) -> str:
    """The text less the words from which no model may learn."""
    parts = tokenize(text).parts
    return "".join("" if place % 2 and is_private(fold(part)) else part for place, part in enumerate(parts))


def train(language: str, samples: Sequence[Sample]) -> dict[str, NDArray[np.generic]]:
    """The arrays of `agents.disclosing.register_of_work.WorkModel`."""
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
    bias = [POINTS * (fitted[column][1] + MORE[language].get(column, 0.0)) for column in COLUMNS]
    # sums are divided by 1,024 times the root of the number of features: 2^20 in all
    scale = np.round(steps * POINTS * 1024).astype(np.int64)
    return {"buckets": buckets, "scale": scale, "bias": np.round(bias).astype(np.int64)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--into", type=Path, default=HERE.parents[1] / "agents" / "models")
    options = parser.parse_args()
    for language in ("en", "fr"):
        samples = [*written(language, options.without), *real(options.folder, language, options.without)]
        path = options.into / f"work_{language}.npz"
        np.savez_compressed(path, **train(language, samples))
        print(path.name, len(samples), "texts", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
