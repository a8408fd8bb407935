"""Train agents/models/work_<language>.tsv: talk of one's own work, by kind, against everything else; and
role_<language>.tsv: who speaks, and whether it is said outright.

    PYTHONPATH=.:tests python -m evaluation.train_work ../shared/data [--without NAME ...] [--into DIR]

Needs scikit-learn, which is no dependency of the project. Written posts: disclosures.jsonl but for its blind
half. Real ones: posts of ../shared labelled by the protocol (work_labels.json: numbers and kinds, no text),
employees' reviews, and as background sets in which hardly any post discloses. No non-commercial set is read.
`--without` leaves out a set, or a half of the written posts (so one writer can be measured by the others).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from evaluation.evaluate_disclosures import APART, BLIND, labels_of_real_posts
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agents.disclosing.fields import Fields
from agents.disclosing.work_hashes import ANY, PRIVATE
from agents.disclosing.work_words import Words, WorkModel, marked, marks
from agents.disclosing.workplace import EMPLOYER_REVIEW_SITES
from agents.text.canvas import spaced
from schemas.judged import DISCLOSURE_KINDS, ROLES

HERE = Path(__file__).parent
LEXICONS = HERE.parents[1] / "agents" / "lexicons"
UNSEEN = BLIND | {"test"}  # halves that no model has seen
EMPLOYEES = "en_glassdoor_a_proscons"
EXAMPLES = "disclosure_examples"
BACKGROUND = {
    "en": ("en_goemotions_train", "en_semeval_13_16", "en_brand_sxsw"),
    "fr": ("fr_insurance_posts", "fr_xlmt_train", "fr_allocine_tv_train", "fr_xed"),
}
OF_EACH = 2_500  # texts of a background set
OF_EMPLOYEES = 1_500
WEIGHTS = {
    "written": 1.0,
    "apart": 3.0,
    "real": 0.5,
    "employees": 0.06,
    "background": {"en": 0.15, "fr": 0.3},
}
STRENGTH = 6.0  # inverse of the penalty
RARITY = 8.0  # what the logarithms of rarity are divided by
OF_SIGNS = 0.2  # how far fields and marks are scaled, so that single words keep a say
POINTS = 60  # a logit, on the scale of the rules
# logits that the model is given on top, told by leaving one writer out (the card): for a post as a whole, and for
# each kind within a post that discloses, where those of the training are not as frequent as those of posts
MORE = {
    "en": dict(zip((ANY, *DISCLOSURE_KINDS), (0.03, 0.7, 0.9, 1.0, -0.3, 0.7, 0.9), strict=True)),
    "fr": dict(zip((ANY, *DISCLOSURE_KINDS), (0.2, 0.5, 0.6, 0.9, 0.1, 0.5, 0.6), strict=True)),
}
ROWS_OF_WORDS, ROWS_OF_SIGNS = 127, 2_000  # the greatest weight of a word in steps, of a sign in points
SEEN = {
    "word": 2,
    "pair": 2,
    "foreign": 5,
}  # posts from which on a feature is kept; foreign: not in written ones


NOTHING: frozenset[str] = frozenset()
Reading = tuple[list[str], list[str], int]
"""Words and pairs, signs, and the number of different words of a text."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, the kinds that it discloses, its weight, who speaks, the mode of its labels, whether it is a
    written post, and whether it stood on an employer-review site."""

    text: str
    kinds: frozenset[str]
    weight: float
    role: str | None
    modes: frozenset[str]
    own: bool
    review: bool = False


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one set, in its order."""
    path = next(path for path in folder.glob(f"{name}.*") if path.suffix in (".gz", ".jsonl"))
    raw = path.read_bytes()
    lines = io.StringIO((gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8"), newline="")
    return list(csv.DictReader(lines) if ".csv" in path.name else map(json.loads, lines))


def written(language: str, without: Sequence[str]) -> list[Sample]:
    """The project's own posts."""
    samples = []
    for line in (HERE / "disclosures.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] != language or row["half"] in UNSEEN or row["half"] in without:
            continue
        kinds = frozenset(label["kind"] for label in row["labels"])
        modes = frozenset(label["mode"] for label in row["labels"] if label["mode"])
        samples.append(
            Sample(
                row["text"],
                kinds,
                WEIGHTS["apart" if row.get("set") in APART and not kinds else "written"],
                row["role"],
                modes,
                own=True,
                review=row["platform"] in EMPLOYER_REVIEW_SITES,
            )
        )
    return samples


def real(folder: Path, language: str, without: Sequence[str]) -> list[Sample]:
    """Real posts, and the examples that came with them."""
    samples = []
    for name in (*BACKGROUND[language], EMPLOYEES, "en_goemotions_dev"):
        if name not in without and name.startswith(language):
            samples += _of_set(name, [row["text"] for row in rows_of(folder, name)], language)
    if EXAMPLES not in without:
        rows = [row for row in rows_of(folder, EXAMPLES) if row["lang"] == language]
        samples += [
            Sample(row["text"], frozenset(row["kinds"]), WEIGHTS["written"], None, NOTHING, own=True)
            for row in rows
        ]
    return samples


def _of_set(name: str, rows: Sequence[str], language: str) -> list[Sample]:
    """The labelled rows of one set, and of the others a share: taken for disclosing nothing, or working conditions."""
    told = labels_of_real_posts().get(name, {})
    samples = [
        Sample(
            rows[n],
            frozenset(said["kinds"]),
            WEIGHTS["real"],
            said.get("role"),
            frozenset(said.get("modes", ())),
            own=False,
        )
        for n, said in told.items()
        if not said.get("held")
    ]
    others = [rows[n] for n in range(len(rows)) if n not in told]
    random.Random(3).shuffle(others)
    if name == EMPLOYEES:
        kinds = frozenset({"working-conditions"})
        chosen, weight = others[:OF_EMPLOYEES], WEIGHTS["employees"]
        samples += [Sample(text, kinds, weight, None, NOTHING, own=False, review=True) for text in chosen]
    elif name in BACKGROUND[language]:
        chosen, weight = others[: min(OF_EACH, len(others) // 2)], WEIGHTS["background"][language]
        samples += [Sample(text[:400], NOTHING, weight, None, NOTHING, own=False) for text in chosen]
    return samples


def read(text: str, fields: WorkModel) -> tuple[list[str], list[str], int]:
    """Words and pairs, signs, and the number of different words, as the model will meet them; `fields` is a model
    without weights, that finds fields."""
    words = Words(text, spaced(text))
    plain = [word for word in words.different if word[0] not in "@#"]
    pairs = set(zip(words.row, words.row[1:], strict=False))
    plain += [" ".join(pair) for pair in pairs if not {pair[0][0], pair[1][0]} & set("@#")]
    signs = fields.fields.signs(fields.tally(words).fields) + marked(marks(text))
    return plain, signs, max(1, len(words.different))


def _as_post(sample: Sample, signs: Sequence[str]) -> Sample:
    """A bare verdict of a review ("great experience") tells nothing where the site is not known (rule 13)."""
    return replace(sample, kinds=frozenset()) if sample.review and "[work 0]" in signs else sample


def kept_words(readings: Sequence[Reading], samples: Sequence[Sample]) -> list[str]:
    """The words and pairs that may bear a weight."""
    seen = Counter(feature for plain, _, _ in readings for feature in plain)
    own = Counter(
        f for (plain, _, _), sample in zip(readings, samples, strict=True) if sample.own for f in plain
    )

    def wanted(feature: str) -> bool:
        parts = feature.split(" ")
        if not all(part.isalnum() and part.isascii() and not part.startswith(PRIVATE) for part in parts):
            return False
        least = SEEN["pair" if len(parts) > 1 else "word"]
        return own[feature] >= least or (own[feature] > 0 and seen[feature] > least)

    return sorted(filter(wanted, seen))


def rarity(readings: Sequence[Reading], words: Sequence[str]) -> np.ndarray:
    """How rare each word or pair is, as a factor: its inverse document frequency, scaled."""
    seen = Counter(feature for plain, _, _ in readings for feature in plain)
    counts = np.array([seen[word] for word in words])
    return (np.log((1 + len(readings)) / (1 + counts)) + 1) / RARITY


def design(
    readings: Sequence[Reading], words: Sequence[str], signs: Sequence[str], rare: np.ndarray
) -> csr_matrix:
    """Texts as vectors: words by rarity over the root of the number of different ones, signs scaled."""
    place = {feature: n for n, feature in enumerate([*words, *signs])}
    factors = np.concatenate([rare, np.full(len(signs), OF_SIGNS)])
    columns, values, starts = [], [], [0]
    for plain, shown, length in readings:
        for features, value in ((plain, length**-0.5), (shown, 1.0)):
            held = [place[feature] for feature in features if feature in place]
            columns += held
            values += list(factors[held] * value)
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), (len(starts) - 1, len(place)))


Fitted = Callable[[str], tuple[np.ndarray, float]]


def table(words: Sequence[str], signs: Sequence[str], columns: Sequence[str], fitted: Fitted) -> str:
    """The table of `agents.disclosing.work_words.WorkModel`; `fitted` gives weights and bias in points."""
    bias, unit, weights = [], [], []
    for column in columns:
        coefficients, intercept = fitted(column)
        of_words, of_signs = coefficients[: len(words)], coefficients[len(words) :]
        step = float(np.abs(of_words).max()) / ROWS_OF_WORDS
        bias.append(round(intercept))
        unit.append(max(1, round(step * 1_000)))
        small = np.clip(np.round(of_signs), -ROWS_OF_SIGNS, ROWS_OF_SIGNS)
        weights.append(np.concatenate([np.round(of_words / step), small]).astype(int))
    rows = np.stack(weights, axis=1)
    lines: list[list[object]] = [["columns", *columns], ["bias", *bias], ["unit", *unit]]
    names = [*words, *signs]
    lines += [
        [names[n], *rows[n]]
        for n in range(len(names))
        if np.abs(rows[n]).max() > (1 if n < len(words) else 0)
    ]
    return "".join("\t".join(map(str, line)) + "\n" for line in lines)


def train(language: str, samples: Sequence[Sample], fields: Fields) -> dict[str, str]:
    """The tables by name: `work` and `role`."""
    finder = WorkModel("columns\tx\nbias\t0\nunit\t1\n", fields)
    readings = [read(sample.text, finder) for sample in samples]
    samples = [_as_post(sample, signs) for sample, (_, signs, _) in zip(samples, readings, strict=True)]
    words = kept_words(readings, samples)
    signs = sorted({sign for _, shown, _ in readings for sign in shown})
    rare = rarity(readings, words)
    matrix = design(readings, words, signs, rare)
    factors = np.concatenate([rare, np.full(len(signs), OF_SIGNS)])
    weights = np.array([sample.weight for sample in samples])

    def fit(chosen: np.ndarray, wanted: list[bool], more: float) -> tuple[np.ndarray, float]:
        model = LogisticRegression(C=STRENGTH, max_iter=400, tol=1e-4)
        model.fit(matrix[chosen], np.array(wanted)[chosen], sample_weight=weights[chosen])
        return model.coef_[0] * factors * POINTS, (float(model.intercept_[0]) + more) * POINTS

    everything = np.ones(len(samples), bool)
    disclosing = np.array([bool(sample.kinds) for sample in samples])
    with_role = np.array([sample.role is not None for sample in samples])
    with_mode = np.array([bool(sample.modes) for sample in samples])

    def of_kind(kind: str) -> tuple[np.ndarray, float]:
        if kind == ANY:
            return fit(everything, [bool(sample.kinds) for sample in samples], MORE[language][ANY])
        return fit(disclosing, [kind in sample.kinds for sample in samples], MORE[language][kind])

    def of_role(role: str) -> tuple[np.ndarray, float]:
        if role == "explicit":
            return fit(with_mode, ["explicit" in sample.modes for sample in samples], 0.0)
        return fit(with_role, [sample.role == role for sample in samples], 0.0)

    return {
        "work": table(words, signs, [ANY, *DISCLOSURE_KINDS], of_kind),
        "role": table(words, signs, [*ROLES, "explicit"], of_role),
    }


def tables(folder: Path, language: str, without: Sequence[str]) -> dict[str, str]:
    """All that is trained for one language."""
    fields = Fields((LEXICONS / f"fields_{language}.toml").read_text("utf-8"))
    return train(language, [*written(language, without), *real(folder, language, without)], fields)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--into", type=Path, default=HERE.parents[1] / "agents" / "models")
    options = parser.parse_args()
    for language in ("en", "fr"):
        for name, made in tables(options.folder, language, options.without).items():
            (options.into / f"{name}_{language}.tsv").write_text(made, "utf-8")
            print(name, language, made.count("\n") - 3, "features")


if __name__ == "__main__":
    main()
