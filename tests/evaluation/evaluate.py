"""Measure sentiment and language against people's labels; write REPORT.md; fail on a drop.

    PYTHONPATH=.:tests python -m evaluation.evaluate [--record] [--quick] [--vectors-fr DIR]

Exit status 1 where a figure is more than 0.01 below the one recorded in recorded.json; `--record` records
today's instead. `--quick` leaves out what has to be trained anew (in-set and leave-set-out figures) and the
report. Without ../shared there is nothing to measure: a word about it, and status 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from evaluation.baselines import baselines
from evaluation.corpora import CORPORA, load, shared
from evaluation.experiments import (
    FOLDED,
    LEFT_OUT,
    Trainers,
    folds,
    language_accuracy,
    left_out,
    opposed_feelings,
    shipped,
)
from evaluation.metrics import figures
from evaluation.report import Row, write_report
from evaluation.train_sentiment import MIXES
from evaluation.vectors import read_vectors

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"
ALLOWED_DROP = 0.01


def measure(options: argparse.Namespace) -> list[Row]:
    """Every figure of the report, in its order."""
    rows = []
    for corpus in CORPORA.values():
        texts, labels = load(corpus.name)
        truth = np.array(labels)
        seen = corpus.name in MIXES[corpus.language][corpus.kind].weights
        how = "seen in training" if seen else "cross-set"
        rows.append(Row(corpus.name, how, "Vigie", shipped(corpus, texts, truth)))
        for name, answer in baselines(corpus.language).items():
            rows.append(Row(corpus.name, "as it comes", name, figures(truth, answer(texts), None)))
    if not options.quick:
        trainers = Trainers(read_vectors(options.vectors_fr) if options.vectors_fr else None)
        rows += [Row(name, "in-set, 5 folds", "Vigie", folds(trainers, name)) for name in FOLDED]
        rows += [
            Row(name, f"without {', '.join(gone)}", "Vigie", left_out(trainers, name, gone))
            for name, gone in LEFT_OUT
        ]
    return rows


def drops(found: dict[str, float]) -> list[str]:
    """What fell by more than is allowed, in words."""
    if not RECORDED.exists():
        return []
    recorded: dict[str, float] = json.loads(RECORDED.read_text("utf8"))
    return [
        f"{name}: {found[name]:.4f}, recorded {figure:.4f}"
        for name, figure in recorded.items()
        if name in found and found[name] < figure - ALLOWED_DROP
    ]


def keyed(rows: list[Row], languages: dict[str, float], opposed: dict[str, float]) -> dict[str, float]:
    """One number for each thing measured of Vigie, by name."""
    numbers = {f"sentiment/{r.corpus}/{r.how}": r.figures.macro_f1 for r in rows if r.scorer == "Vigie"}
    numbers |= {f"language/{name}": share for name, share in languages.items()}
    return {
        name: round(value, 4)
        for name, value in (numbers | {f"opposed/{k}": v for k, v in opposed.items()}).items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--vectors-fr", type=Path)
    options = parser.parse_args()
    if not shared().exists():
        print(f"nothing to evaluate: {shared().parent.name} is not beside the project (or set VIGIE_SHARED)")
        return 0
    rows = measure(options)
    languages, opposed = language_accuracy(), opposed_feelings()
    numbers = keyed(rows, languages, opposed)
    if not options.quick:
        (HERE / "REPORT.md").write_text(write_report(rows, languages, opposed), "utf8")
    if options.record:
        RECORDED.write_text(json.dumps(numbers, indent=1, sort_keys=True) + "\n", "utf8")
    for name, value in numbers.items():
        print(f"{value:.4f}  {name}")
    fallen = drops(numbers)
    for line in fallen:
        print("DROP", line, file=sys.stderr)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
