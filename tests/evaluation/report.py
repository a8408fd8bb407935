"""Writes tests/evaluation/REPORT.md."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.corpora import CORPORA
from evaluation.metrics import Figures

HEAD = """# How well Vigie reads: sentiment and language

Written by `make evaluate` (tests/evaluation/evaluate.py); do not edit. Sets and terms:
agents/models/CARD.md. Figures are over the classes that a set holds (some have no neutrals). "Cross-set"
means that the shipped model has not seen the set; "without …" that a model was trained anew without those
sets; "in-set" five folds within the set alone, near-copies in one; "seen in training" says nothing of new posts and stands
here for completeness. ECE is the expected calibration error. In-set and "without" rows are trained
without the French word vectors unless they are given, which costs a little. CARD.md says why the bar on
brand tweets is missed, and what the written sets (fr_figurative, opposed.jsonl) gave on first sight: here they
stand in hindsight.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One scorer on one set."""

    corpus: str
    how: str
    scorer: str
    figures: Figures


def write_report(rows: list[Row], languages: dict[str, float], opposed: dict[str, float]) -> str:
    """The whole report, in Markdown."""
    parts = [HEAD]
    for language, title in (("en", "English"), ("fr", "French")):
        parts.append(f"\n## Sentiment, {title}\n")
        chosen = [row for row in rows if CORPORA[row.corpus].language == language]
        for how in ("cross-set", "without", "in-set", "as it comes", "seen"):
            group = [row for row in chosen if row.how.startswith(how)]
            if group:
                parts.append(
                    f"\n### {how if how != 'as it comes' else 'others, as they come'}\n\n{_table(group)}"
                )
    parts.append("\n## Confusion (rows: people's label, columns: Vigie's; negative, neutral, positive)\n\n")
    parts += [_confusion(row) for row in rows if row.how == "cross-set"]
    parts.append("\n## Language found, without the platform's word\n\n| set | share |\n|---|---|\n")
    parts += [f"| {name} | {share:.4f} |\n" for name, share in languages.items()]
    parts.append("\n## Two companies with opposite feelings, both right (written posts, opposed.jsonl)\n\n")
    parts.append("| posts | share |\n|---|---|\n")
    parts += [f"| {name} | {share:.3f} |\n" for name, share in opposed.items()]
    return "".join(parts)


def _table(rows: list[Row]) -> str:
    lines = [
        "| set | kind | scorer | how | macro-F1 | macro-recall | P neg/neu/pos | R | F1 | ECE |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        f = row.figures
        classes = [
            "/".join(
                f"{value:.2f}" if present else "-" for value, present in zip(values, f.present, strict=True)
            )
            for values in (f.precision, f.recall, f.f1)
        ]
        ece = "-" if f.ece is None else f"{f.ece:.3f}"
        kind = CORPORA[row.corpus].kind
        lines.append(
            f"| {row.corpus} | {kind} | {row.scorer} | {row.how} | {f.macro_f1:.3f} | {f.macro_recall:.3f} | "
            f"{' | '.join(classes)} | {ece} |"
        )
    return "\n".join(lines) + "\n"


def _confusion(row: Row) -> str:
    lines = "; ".join(" ".join(str(n) for n in counts) for counts in row.figures.confusion.tolist())
    return f"- {row.corpus}: {lines}\n"
