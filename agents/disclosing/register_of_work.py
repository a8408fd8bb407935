"""Does a text read like talk of one's own work, and of which kind? A linear model over words, in integers.

It lifts what rules saw and could not settle: `evidence` is added to the accounts of
`agents.disclosing.weighing`, on the scale of the rules' weights. Its weights are a table of words that anyone
can read, agents/models/work_<language>.tsv, card beside it, made by tests/evaluation/train_work.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from math import isqrt

from schemas.judged import DISCLOSURE_KINDS, DisclosureKind

FLOOR = -8
CEILING = 44  # with the least of rules (15) still one point short: it tips the scales and never decides
_FIELD = 20  # bits a kind: the weights of a word are packed in one integer, so that a word costs one addition
_MASK = (1 << _FIELD) - 1
_ZERO = 128  # weights are -127 to 127, packed from 1 up
MOST = (1 << (_FIELD - 8)) - 1  # words of a table: their sum stays in its field

Evidence = Mapping[DisclosureKind, int]


class WorkModel:
    """One language's weights."""

    def __init__(self, table: str) -> None:
        """`table`: tab-separated lines. The first: "bias" and a number for each kind, in points; the second:
        "unit", points in 1/1,000 of one step of each kind's weights; then a word and its six weights.

        Raises `ValueError` on anything else.
        """
        rows = [line.split("\t") for line in table.splitlines()]
        if [row[0] for row in rows[:2]] != ["bias", "unit"] or {len(row) for row in rows} != {7}:
            raise ValueError("a work model is bias, unit and words, with a number for each of six kinds")
        head, unit, *lines = rows
        if len(lines) > MOST:
            raise ValueError(f"a work model has at most {MOST} words, not {len(lines)}")
        self._bias = tuple(map(int, head[1:]))
        self._unit = tuple(map(int, unit[1:]))
        self._packed = {
            word: sum((int(weight) + _ZERO) << _FIELD * place for place, weight in enumerate(weights))
            for word, *weights in lines
        }

    def evidence(self, words: str) -> Evidence:
        """Points for each kind, `FLOOR` to `CEILING`; `words` are folded and parted by spaces."""
        different = set(words.split())
        if not different:
            return {}
        known = [*filter(None, map(self._packed.get, different))]
        total, zero = sum(known), _ZERO * len(known)
        length = isqrt(len(different) * 1_000_000)
        found: dict[DisclosureKind, int] = {}
        for kind, bias, unit in zip(DISCLOSURE_KINDS, self._bias, self._unit, strict=True):
            # each text is a vector of length one: the sum over the root of the number of different words
            points = bias + ((total & _MASK) - zero) * unit // length
            found[kind] = max(FLOOR, min(CEILING, points))
            total >>= _FIELD
        return found

    def shares(self, words: str, kind: DisclosureKind) -> tuple[tuple[str, int], ...]:
        """The words of a text that speak for `kind`, the strongest first, with their weights in steps."""
        place = DISCLOSURE_KINDS.index(kind)
        weights = {
            word: (self._packed[word] >> _FIELD * place & _MASK) - _ZERO
            for word in set(words.split())
            if word in self._packed
        }
        return tuple(
            sorted(((w, n) for w, n in weights.items() if n > 0), key=lambda item: (-item[1], item[0]))
        )


def shipped_model(language: str) -> WorkModel | None:
    """The model shipped for a language, None where there is none."""
    path = files("agents").joinpath("models", f"work_{language}.tsv")
    return WorkModel(path.read_text("utf-8")) if path.is_file() else None
