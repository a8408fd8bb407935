"""Train agents/models/work_en.bin: an employee's account of a job (1) against everything else (0).

    python tests/evaluation/train_work.py ../shared/data [--without NAME ...]

Needs numpy and scikit-learn, which are no dependency of the project. Positives: Glassdoor pros and cons.
Negatives: tweets and comments (SemEval, GoEmotions, SXSW), and customers' reviews put together below from
parts. No non-commercial set is read. Only texts that wake a working-conditions rule count, for only those
are asked at run time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from pathlib import Path
from struct import pack

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agents.disclosing.disclosure import shipped_rules
from agents.disclosing.register_of_work import BITS, CEILING, FLOOR, WorkModel, buckets
from agents.text.canvas import canvas

POSITIVE = ("en_glassdoor_a_proscons",)
NEGATIVE = ("en_semeval_13_16", "en_goemotions_train", "en_brand_sxsw")
_MARKS = re.compile(r"https?://\S+|[@#]\w+|\[NAME\]")
_ADJECTIVES = (
    "great", "good", "poor", "friendly", "rude", "helpful", "slow", "lovely", "terrible", "amazing", "nice",
    "bad",
    "excellent", "awful", "decent",
)  # fmt: skip
_ASPECTS = (
    "service", "staff", "food", "prices", "delivery", "atmosphere", "room", "breakfast", "location",
    "selection",
    "quality", "manager", "communication", "value", "support", "waiter", "team", "wifi", "pool", "experience",
    "reception", "coffee", "packaging", "battery", "screen", "parking", "environment", "customer service",
    "check-in", "crew", "people", "management", "pay by card", "opening hours", "product", "training video",
)  # fmt: skip
_TAILS = (
    "would recommend", "will come back", "never again", "waited an hour", "my order was late", "five stars",
    "i paid too much for this", "the staff were lovely", "we stayed two nights", "asked for a refund",
    "the manager refused to help", "great for families", "ordered online", "long queue at the till",
    "on hold for hours", "delivered on time",
)  # fmt: skip


def customers(count: int, draw: random.Random) -> list[str]:
    """Reviews that customers write: made of parts, for no set of them may be shipped or trained on."""
    made = []
    for _ in range(count):
        parts = [f"{draw.choice(_ADJECTIVES)} {draw.choice(_ASPECTS)}" for _ in range(draw.randint(1, 3))]
        if draw.random() < 0.6:
            parts.append(draw.choice(_TAILS))
        made.append(draw.choice([", ", " and ", ". ", " but "]).join(parts))
    return made


def texts(folder: Path, name: str) -> list[str]:
    """The texts of one set, without links, handles and tags (they tell the platform, not the matter)."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt") as lines:
        return [_MARKS.sub(" ", json.loads(line)["text"]) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=Path("agents/models/work_en.bin"))
    options = parser.parse_args()
    draw = random.Random(7)
    book = shipped_rules()["en"]

    def wakes(text: str) -> bool:
        hits = book.kinds.find(book.surface(text), lambda start, end: text[start:end].istitle())
        return any(hit.rule.kind == "working-conditions" for hit in hits)

    rows = [
        (text, 1) for name in POSITIVE if name not in options.without for text in texts(options.folder, name)
    ]
    rows += [
        (text, 0) for name in NEGATIVE if name not in options.without for text in texts(options.folder, name)
    ]
    rows += [(text, 0) for text in customers(4_000, draw)]
    rows = [(text, label) for text, label in rows if wakes(text)]
    draw.shuffle(rows)
    held = len(rows) // 10
    found = [sorted(buckets(canvas(text))) for text, _ in rows]
    lengths = np.array([len(f) for f in found])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    matrix = csr_matrix(
        (values, np.concatenate(found), np.concatenate([[0], lengths.cumsum()])), (len(rows), 1 << BITS)
    )
    labels = np.array([label for _, label in rows])
    model = LogisticRegression(C=2.0, max_iter=400, class_weight="balanced").fit(matrix[held:], labels[held:])
    weights = model.coef_[0]
    unit = np.abs(weights).max() / 127
    points = 14.0  # evidence points a unit of log-odds
    data = pack("<ii", round(float(model.intercept_[0]) * points), round(unit * points * 1024))
    data += np.round(weights / unit).astype(np.int8).tobytes()
    options.out.write_bytes(data)
    made = WorkModel(data)
    scores = np.array([made.evidence(canvas(text)) for text, _ in rows[:held]])
    for label, name in ((1, "employees"), (0, "others")):
        part = scores[labels[:held] == label]
        shares = {"above 0": part > 0, "at the ceiling": part == CEILING, "at the floor": part == FLOOR}
        told = ", ".join(f"{share} {values.mean():.3f}" for share, values in shares.items())
        print(f"{name}: {len(part)} held out, {told}")


if __name__ == "__main__":
    main()
