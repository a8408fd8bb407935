"""Does a text read like talk of one's own work, of which kind, and who speaks? Linear models over hashed features.

What is read is what the sentiment models read (`agents.text.features`), in the same pass. The points are on the
scale of the rules' weights and are added to the accounts of `agents.disclosing.weighing`. The weights are
agents/models/work_<language>.npz, card beside them, made by tests/evaluation/train_work.py; no word of `PRIVATE`
has any.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from agents.disclosing.passage import sentences
from agents.text.features import BUCKETS
from agents.text.weights import Adder, Part, Weights
from agents.text.words import WordTable
from schemas.judged import DISCLOSURE_KINDS, ROLES, Span

ANY = "any"  # the column for the post as a whole
EXPLICIT = "explicit"  # the column for a tie and a fact that are both said
COLUMNS = (ANY, *DISCLOSURE_KINDS, *ROLES, EXPLICIT)
_KINDS = len(DISCLOSURE_KINDS) + 1
LANGUAGES = ("en", "fr")
# what would tell a person's health, religion, politics, union, sexual life or crimes: no such word weighs
PRIVATE = (
    "union", "syndic", "cgt", "cfdt", "religi", "church", "eglise", "mosqu", "synagog", "muslim", "musulman",
    "islam", "catholi", "chretien", "christian", "jew", "juif", "politi", "vote", "health", "cancer", "depress",
    "burn", "diabet", "malad", "disease", "gay", "lesb", "hiv", "trans", "sexual", "sexuel", "crim", "convict",
    "prison", "jail", "seropo", "enceinte", "pregnan", "arrest", "ramadan", "priere", "pray",
)  # fmt: skip


def is_private(word: str) -> bool:
    """Whether a folded word could tell what no model may learn."""
    return word.lstrip("#").startswith(PRIVATE)


class WorkModel:
    """One language's weights toward each of `COLUMNS`.

    The file holds `buckets` (BUCKETS, columns), `scale` (columns,) in points / 1,024 (a sum is divided by 1,024 times a root), `bias` (columns,) in points.
    """

    def __init__(self, content: bytes) -> None:
        with np.load(io.BytesIO(content)) as arrays:
            buckets = arrays["buckets"].astype(np.int32)
            self._scale, self._bias = arrays["scale"].astype(np.int64), arrays["bias"].astype(np.int64)
        if buckets.shape != (BUCKETS, len(COLUMNS)) or len(self._scale) != len(self._bias) != len(COLUMNS):
            raise ValueError(f"a work model has {BUCKETS} buckets and {len(COLUMNS)} columns, not {buckets.shape}")
        nothing = np.zeros((0, 2, len(COLUMNS)), dtype=np.int32)
        self.weights = Weights(buckets, np.zeros(0, dtype=np.int64), nothing, is_private)

    def points(self, part: Part, model: int = 0) -> NDArray[np.int64]:
        """Points toward each column, (posts, columns); `model`: whose sums of `part` are this model's."""
        points: NDArray[np.int64] = part.sums[model] * self._scale // part.roots + self._bias
        return points

    def share(self, cells: NDArray[np.int32], column: str) -> NDArray[np.int64]:
        """What the cells of tokens, (tokens, columns), weigh toward `column`: points of a text of one feature."""
        place = COLUMNS.index(column)
        shares: NDArray[np.int64] = cells[:, place].astype(np.int64) * self._scale[place] // 1024
        return shares


@dataclass(frozen=True, slots=True)
class WorkTalk:
    """The models of each language, with a table of words of their own for what is looked at closely."""

    models: Mapping[str, WorkModel]
    adders: Mapping[str, Adder]
    table: WordTable

    def said(self, text: str, language: str) -> Said:
        """What the model of `language` makes of one text; nothing where there is no word."""
        words = self.table.read([text])
        if len(words.rows) < 2:  # noqa: PLR2004 - its END alone
            return Said(self, text, language, None)
        part = Part([0], *self.adders[language].read(words))
        return Said(self, text, language, self.models[language].points(part)[0].tolist())

    def all_said(self, parts: Mapping[str, Part], texts: Sequence[str], model: int) -> list[Said]:
        """The same for a batch that was read already; `model` as in `WorkModel.points`."""
        found = [Said(self, text, "", None) for text in texts]
        for language, part in parts.items():
            points = self.models[language].points(part, model).tolist()
            for place, row in zip(part.places, points, strict=True):
                found[place] = Said(self, texts[place], language, row)
        return found


class Said:
    """What the models make of one text. `whole`: points for any disclosure, far below nought where there are none."""

    __slots__ = ("_language", "_points", "_talk", "_text", "whole")

    def __init__(self, talk: WorkTalk, text: str, language: str, points: list[int] | None) -> None:
        self._talk, self._text, self._language, self._points = talk, text, language, points
        self.whole = points[0] if points else -10_000

    @property
    def evidence(self) -> Mapping[str, int]:
        """Points for any disclosure and for each kind."""
        return dict(zip(COLUMNS[:_KINDS], self._points[:_KINDS], strict=True)) if self._points else {}

    @property
    def speaker(self) -> Mapping[str, int]:
        """Points for each role, and under "explicit" for a tie and a fact that are both said."""
        return dict(zip(COLUMNS[_KINDS:], self._points[_KINDS:], strict=True)) if self._points else {}

    def passage(self, kind: str, told: Sequence[tuple[int, Span]]) -> Span:
        """The sentence that shows `kind`, by its words and by what rules tell of it (`told`: weights and spans);
        the first of those that do alike."""
        parts = sentences(self._text)
        if len(parts) == 1 or self._points is None:
            return parts[0]
        weights = []
        for start, end in parts:
            rules = sum(weight for weight, (low, high) in told if low < end and start < high)
            shares = self._shares(self._text[start:end], kind)
            weights.append(sum(shares) // 4 + rules)
        return parts[weights.index(max(weights))]

    def _shares(self, text: str, column: str) -> list[int]:
        words = self._talk.table.read([text])
        _, cells = self._talk.adders[self._language].cells(words)
        shares: list[int] = self._talk.models[self._language].share(cells, column).tolist()
        return shares

    def shares(self, column: str) -> tuple[tuple[str, int], ...]:
        """The words of the text that speak for `column`, each with the word before, the strongest first."""
        if self._points is None:
            return ()
        words = self._talk.table.read([self._text])
        (rows,) = words.posts()
        shares = self._shares(self._text, column)
        root = max(1, int(len(rows) ** 0.5))
        found: dict[str, int] = {}
        for row, share in zip(rows, shares, strict=False):
            word = words.table.folded[row]
            found[word] = max(found.get(word, 0), share // root)
        return tuple(sorted(((w, n) for w, n in found.items() if n > 0), key=lambda item: (-item[1], item[0])))


def shipped_talk(languages: Sequence[str] = LANGUAGES) -> WorkTalk:
    """The models that Vigie ships."""
    folder = files("agents").joinpath("models")
    models = {code: WorkModel(folder.joinpath(f"work_{code}.npz").read_bytes()) for code in languages}
    adders = {code: Adder(code, [model.weights]) for code, model in models.items()}
    return WorkTalk(models, adders, WordTable())
