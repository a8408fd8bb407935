"""How well a new writer's disclosures are found: each writer's posts read by models trained on all other posts.

    PYTHONPATH=.:tests python -m evaluation.leave_one_writer ../shared/data

Needs scikit-learn, which is no dependency of the project. The rules are the shipped ones; the tables are trained
anew without the writer (`train_work.tables`) and decide without the first look, which has learnt from all three.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from evaluation import evaluate_disclosures as evaluation
from evaluation import train_work

from agents.disclosing.disclosure import DisclosureTagger, shipped_rules
from agents.disclosing.fields import Fields
from agents.disclosing.register_of_work import WorkTalk
from agents.disclosing.work_hashes import FirstLook
from agents.disclosing.work_words import WorkModel

WRITERS = ("ada", "ben", "cleo")  # those of the table in disclosures.md
FIGURES = (
    "any disclosure F1", "macro F1 of the kinds", "mode right", "span right", "role accuracy",
    "false on posts without any",
)  # fmt: skip


def talk(folder: Path, language: str, writer: str) -> WorkTalk:
    """The models of one language without one writer."""
    made = train_work.tables(folder, language, [writer])
    fields = Fields((train_work.LEXICONS / f"fields_{language}.toml").read_text("utf-8"))
    return WorkTalk(fields, WorkModel(made["work"], fields), WorkModel(made["role"], fields))


def told(name: str, read: list[evaluation.Case]) -> str:
    """One line of figures."""
    figures = evaluation.figures(read)
    hard = [case for case in read if not case.row["labels"] and case.row["set"] in evaluation.APART]
    wrong = sum(bool(case.reading.disclosures) for case in hard)
    values = " | ".join(f"{figures[figure]:.2f}" for figure in FIGURES)
    return f"| {name} | {len(read)} | {values} | {wrong} of {len(hard)} |"


def main() -> None:
    folder = Path(sys.argv[1])
    lines = (train_work.HERE / "disclosures.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["half"] in WRITERS]
    print(
        "| writer left out | posts | "
        + " | ".join(FIGURES)
        + " | false on complaints, press, sport, school |"
    )
    print("|---|" + "---:|" * (len(FIGURES) + 2))
    for language in ("en", "fr"):
        everything = []
        for writer in WRITERS:
            talks = {language: talk(folder, language, writer)}
            tagger = DisclosureTagger(shipped_rules(), talks=talks, first_look=FirstLook({}))
            part = [row for row in rows if row["half"] == writer and row["lang"] == language]
            read = evaluation.cases(tagger, part)
            print(told(f"{writer}, {language}", read), flush=True)
            everything += read
        print(told(f"all, {language}", everything), flush=True)


if __name__ == "__main__":
    main()
