"""Train agents/models/work_en.tsv and work_fr.tsv: talk of one's own work, by kind, against everything else.

    python tests/evaluation/train_work.py ../shared/data [--without NAME ...] [--into DIR]

Needs scikit-learn, which is no dependency of the project. Written posts: disclosures.jsonl but for its blind
halves. Real ones: posts of ../shared labelled by the protocol (work_labels.json: numbers and kinds, no text),
employees' reviews, and as background sets in which hardly any post discloses. No non-commercial set is read.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agents.disclosing.register_of_work import MOST
from agents.text.canvas import canvas
from schemas.judged import DISCLOSURE_KINDS

HERE = Path(__file__).parent
BLIND = ("test", "held", "last")
EMPLOYEES = "en_glassdoor_a_proscons"
BACKGROUND = {
    "en": ("en_goemotions_train", "en_semeval_13_16", "en_brand_sxsw"),
    "fr": ("fr_insurance_posts", "fr_xlmt_train", "fr_allocine_tv_train", "fr_xed"),
}
OF_EACH = 2_500  # texts of a background set
WEIGHTS = {"written": 1.0, "written, without": 2.0, "employees": 0.25, "background": 0.2}
# points are told by background posts left out of the training: up to the first share of them a kind has none,
# and the second reaches the model's ceiling, which tags alone
NOTHING, ALL, TOP = 0.975, 0.9993, 60
# no weight on what would tell a person's health, religion, politics, union, sexual life or crimes
PRIVATE = (
    "union", "syndic", "cgt", "cfdt", "religi", "church", "eglise", "mosqu", "synagog", "muslim", "musulman",
    "islam", "catholi", "chretien", "christian", "jew", "juif", "politi", "vote", "health", "cancer", "depress",
    "burn", "diabet", "malad", "disease", "gay", "lesb", "hiv", "trans", "sexual", "sexuel", "crim", "convict",
    "prison", "jail", "seropo", "enceinte", "pregnan",
)  # fmt: skip
SEEN = 5  # a word of real posts is kept from so many of them on


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, the kinds that it discloses, its weight, and whether it is the project's own."""

    text: str
    kinds: frozenset[str]
    weight: float
    own: bool


def rows_of(folder: Path, name: str) -> list[str]:
    """The texts of one set, in its order."""
    path = next(folder.glob(f"{name}.*.gz"))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines) if ".csv" in path.name else map(json.loads, lines)
        return [row["text"] for row in rows]


def words_of(text: str) -> list[str]:
    """The different words of a text, as the model will meet them."""
    return sorted({word for word in canvas(text).replace(".", " ").split() if word[0] not in "@#"})


def written(language: str) -> list[Sample]:
    samples = []
    for line in (HERE / "disclosures.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] == language and row["half"] not in BLIND:
            kinds = frozenset(label["kind"] for label in row["labels"])
            weight = WEIGHTS["written" if kinds else "written, without"]
            samples.append(Sample(row["text"], kinds, weight, own=True))
    return samples


def real(folder: Path, language: str, without: list[str]) -> tuple[list[Sample], list[str]]:
    """Real posts to train on, and background posts to tell points by."""
    draw = random.Random(3)
    samples, apart = [], []
    labels: dict[str, list[str]] = json.loads((HERE / "work_labels.json").read_text("utf-8"))
    for name in (*BACKGROUND[language], "en_goemotions_dev"):
        if name in without or not name.startswith(language):
            continue
        rows = rows_of(folder, name)
        told = {
            int(key.rsplit("-", 1)[1]): kinds for key, kinds in labels.items() if key.startswith(f"{name}-")
        }
        samples += [
            Sample(rows[n], frozenset(kinds), WEIGHTS["written"], own=False) for n, kinds in told.items()
        ]
        if name in BACKGROUND[language]:
            others = [rows[n][:400] for n in range(len(rows)) if n not in told]
            draw.shuffle(others)
            share = min(OF_EACH, len(others) // 2)
            samples += [
                Sample(text, frozenset(), WEIGHTS["background"], own=False) for text in others[:share]
            ]
            apart += others[share : 2 * share]
    if language == "en" and EMPLOYEES not in without:
        kinds = frozenset({"working-conditions"})
        chosen_rows = draw.sample(rows_of(folder, EMPLOYEES), 1_500)
        samples += [Sample(text, kinds, WEIGHTS["employees"], own=False) for text in chosen_rows]
    return samples, apart


def design(read: list[list[str]], place: dict[str, int]) -> csr_matrix:
    """Texts as vectors of length one over their different words; words without a place count in the length."""
    rows = [[place[word] for word in words if word in place] for words in read]
    pairs = zip(rows, read, strict=True)
    values = [value for row, words in pairs for value in [max(1, len(words)) ** -0.5] * len(row)]
    starts = np.cumsum([0, *map(len, rows)])
    return csr_matrix((values, [n for row in rows for n in row], starts), (len(rows), len(place)))


def train(samples: list[Sample], apart: list[str]) -> str:
    """The table of `agents.disclosing.register_of_work.WorkModel`."""
    read = [words_of(sample.text) for sample in samples]
    seen = Counter(word for words in read for word in words)
    own = {word for words, sample in zip(read, samples, strict=True) for word in words if sample.own}
    plain = (w for w in seen if w.isalpha() and w.isascii() and not w.startswith(PRIVATE))
    kept = sorted(w for w in plain if w in own or seen[w] >= SEEN)
    place = {word: n for n, word in enumerate(kept)}
    matrix = design(read, place)
    background = design([words_of(text) for text in apart], place)
    bias, unit, columns = [], [], []
    for kind in DISCLOSURE_KINDS:
        model = LogisticRegression(C=8.0, max_iter=300, tol=1e-4)
        model.fit(matrix, [kind in s.kinds for s in samples], sample_weight=[s.weight for s in samples])
        nothing, everything = np.quantile(model.decision_function(background), (NOTHING, ALL))
        scale = TOP / (everything - nothing)
        points = model.coef_[0] * scale
        step = float(np.abs(points).max()) / 127
        bias.append(round(float(model.intercept_[0] - nothing) * scale))
        unit.append(round(step * 1_000))
        columns.append(np.round(points / step).astype(int))
    table = np.stack(columns, axis=1)
    lines = [["bias", *bias], ["unit", *unit]]
    strong = sorted(range(len(kept)), key=lambda n: -int(np.abs(table[n]).max()))[:MOST]
    lines += [[kept[n], *table[n]] for n in sorted(strong) if np.abs(table[n]).max() > 1]
    return "".join("\t".join(map(str, line)) + "\n" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--into", type=Path, default=HERE.parents[1] / "agents" / "models")
    options = parser.parse_args()
    for language in ("en", "fr"):
        posts, apart = real(options.folder, language, options.without)
        samples = written(language) + posts
        made = train(samples, apart)
        (options.into / f"work_{language}.tsv").write_text(made, "utf-8")
        print(language, len(samples), "texts,", made.count("\n") - 2, "words")


if __name__ == "__main__":
    main()
