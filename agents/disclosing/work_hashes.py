"""A first look at what a text says of its author's work: linear models over hashed features, in the sentiment's pass.

What is read is what the sentiment models read (`agents.text.features`): words, their letters, neighbours. It costs next
to nothing and settles most posts; where it leaves a doubt, its points and those of the tables of words
(`agents.disclosing.work_words`) count alike. The weights are agents/models/work_<language>.npz, card beside them, made by
tests/evaluation/train_work_hashes.py; no word of `PRIVATE` has any.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from agents.text.features import BUCKETS
from agents.text.weights import Adder, Part, Weights
from agents.text.words import WordTable
from schemas.judged import DISCLOSURE_KINDS, ROLES

ANY = "any"  # the column for the post as a whole
EXPLICIT = "explicit"  # the column for a tie and a fact that are both said
COLUMNS = (ANY, *DISCLOSURE_KINDS, *ROLES, EXPLICIT)
Points = Mapping[str, int]
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


class HashedModel:
    """One language's weights toward each of `COLUMNS`.

    The file holds `buckets` (BUCKETS, columns), `scale` (columns,) in points / 1,024 (a sum is divided by 1,024
    times a root), `bias` (columns,) in points. Raises `ValueError` on another shape.
    """

    def __init__(self, content: bytes) -> None:
        with np.load(io.BytesIO(content)) as arrays:
            buckets = arrays["buckets"]
            self._scale, self._bias = arrays["scale"].astype(np.int64), arrays["bias"].astype(np.int64)
        if (buckets.shape, len(self._scale), len(self._bias)) != (
            (BUCKETS, len(COLUMNS)),
            len(COLUMNS),
            len(COLUMNS),
        ):
            raise ValueError(f"a hashed model of work has {BUCKETS} buckets and {len(COLUMNS)} columns")
        nothing = np.zeros((0, 2, len(COLUMNS)), dtype=np.int32)
        self.weights = Weights(buckets, np.zeros(0, dtype=np.int64), nothing, is_private)

    def points(self, part: Part, model: int) -> NDArray[np.int64]:
        """Points toward each column, (posts, columns); `model`: whose sums of `part` are this model's."""
        points: NDArray[np.int64] = part.sums[model] * self._scale // part.roots + self._bias
        return points


class FirstLook:
    """The hashed models of some languages."""

    def __init__(self, models: Mapping[str, HashedModel]) -> None:
        self.models = models
        self._table = WordTable()

    @cached_property
    def _adders(self) -> dict[str, Adder]:
        """For single texts; a stream has its posts read with others' models, and needs none."""
        return {code: Adder(code, [model.weights]) for code, model in self.models.items()}

    def at(self, text: str, language: str) -> list[int]:
        """Points of one text toward each of `COLUMNS`; [] where there is no model or no word."""
        words = self._table.read([text])
        if language not in self.models or len(words.flat) == 1:
            return []
        part = Part([0], *self._adders[language].read(words))
        found: list[int] = self.models[language].points(part, 0)[0].tolist()
        return found

    def at_all(self, parts: Mapping[str, Part], count: int, model: int) -> list[list[int]]:
        """The same for each of `count` posts that were read already; `model` as in `HashedModel.points`."""
        found: list[list[int]] = [[] for _ in range(count)]
        for language, part in parts.items():
            for place, row in zip(
                part.places, self.models[language].points(part, model).tolist(), strict=True
            ):
                found[place] = row
        return found


def shipped_first_look(languages: Sequence[str] = LANGUAGES) -> FirstLook:
    """The models that Vigie ships."""
    folder = files("agents").joinpath("models")
    return FirstLook(
        {code: HashedModel(folder.joinpath(f"work_{code}.npz").read_bytes()) for code in languages}
    )
