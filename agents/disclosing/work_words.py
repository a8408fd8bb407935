"""Does a text read like talk of one's own work, and of which kind? Linear models over words, in integers.

What weighs: words, words in a row, the semantic fields that the words belong to (`agents.disclosing.fields`) one
by one and two by two, and a few marks of the text. The points are on the scale of the rules' weights and are
added to the accounts of `agents.disclosing.weighing`. The weights are tables that anyone can read,
agents/models/work_<language>.tsv and role_<language>.tsv, card beside them, made by tests/evaluation/train_work.py.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import isqrt
from typing import NamedTuple

from agents.disclosing.fields import Fields, Pair

BITS = 28  # bits a column: the weights of a feature are packed in one integer, so that it costs one addition
_MASK = (1 << BITS) - 1
_ZERO = 1 << 11  # weights are -2,047 to 2,047, packed from 1 up
MOST = (1 << (BITS - 12)) - 1  # features of a table: their sum stays in its column
COUNT = 14  # bits above the columns in which the words of a field are counted
FARTHEST = (1 << (COUNT - 2)) - 1  # words of a text that are read: they and their pairs can be counted
MOST_KEPT = 1 << 14  # sets of fields remembered: more are forgotten together, so that memory stays bounded
SHORT, LONG = 80, 250  # characters
MARKS = ("[digit]", "[?]", "[link]", "[tag]", "[handle]", "[addressed]", "[short]", "[long]")
_DIGIT = re.compile(r"\d")
_ROOTS = [isqrt(max(1, n) * 1_000_000) for n in range(FARTHEST + 1)]


def marks(text: str) -> int:
    """Which of `MARKS` a text shows, one bit each."""
    return (
        (_DIGIT.search(text) is not None)
        | ("?" in text) << 1
        | ("http" in text) << 2
        | ("#" in text) << 3
        | ("@" in text) << 4
        | (text[:1] == "@") << 5
        | (len(text) < SHORT) << 6
        | (len(text) > LONG) << 7
    )


def marked(bits: int) -> list[str]:
    """The names of a set of marks."""
    return [name for place, name in enumerate(MARKS) if bits >> place & 1]


class Words:
    """A text as the models read it: its words in order, the different ones, and a thousand times the root of
    their number."""

    __slots__ = ("different", "length", "row", "text")

    def __init__(self, text: str, words: str) -> None:
        """`words`: the text folded, its words parted by spaces."""
        self.text = text
        row = words.split()
        self.row = row if len(row) <= FARTHEST else row[:FARTHEST]
        self.different = set(self.row)
        self.length = _ROOTS[len(self.different)]


class Tally(NamedTuple):
    """What a model knows of a text: the packed sum of `known` words and pairs, and that of fields and marks with
    the zero to take off (`signs`, `offset`), and the fields, one bit each."""

    total: int
    known: int
    signs: int
    offset: int
    fields: int


class WorkModel:
    """One language's weights toward each of `columns`."""

    def __init__(self, table: str, fields: Fields) -> None:
        """`table`: tab-separated lines. The first: "columns" and their names; the second: "bias", in points; the
        third: "unit", points in 1/1,000 of one step of a word's weights; then a feature and its weights: a word or
        two in a row in steps, what stands in brackets (a field, two fields, a mark) in points.

        Raises `ValueError` on anything else.
        """
        rows = [line.split("\t") for line in table.splitlines()]
        if [row[0] for row in rows[:3]] != ["columns", "bias", "unit"] or len(
            {len(row) for row in rows}
        ) != 1:
            raise ValueError(
                "a work model is columns, bias, unit and features, with a number for each column"
            )
        names, bias, unit, *lines = rows
        if len(lines) > MOST:
            raise ValueError(f"a work model has at most {MOST} features, not {len(lines)}")
        self.columns = tuple(names[1:])
        self.fields = fields
        self._bias, self._unit = tuple(map(int, bias[1:])), tuple(map(int, unit[1:]))
        self._above = BITS * len(self.columns)
        packed = {
            feature: sum((int(weight) + _ZERO) << BITS * place for place, weight in enumerate(weights))
            for feature, *weights in lines
        }
        self._signs = {name: weights for name, weights in packed.items() if name.startswith("[")}
        self._ones = {
            name: weights for name, weights in packed.items() if " " not in name and name not in self._signs
        }
        self._twos = {_pair(name): w for name, w in packed.items() if " " in name and name not in self._signs}
        self._count_fields()
        self._sums: dict[int, tuple[int, int, int]] = {}
        self._of_marks: dict[int, tuple[int, int]] = {}

    def _count_fields(self) -> None:
        """Give each entry of a field a one in the field's counter, above its weights."""
        nothing = sum(_ZERO << BITS * place for place in range(len(self.columns)))
        for word, bits in self.fields.words.items():
            self._ones[word] = self._ones.get(word, nothing) + self._counted(bits)
        for pair, bits in self.fields.pairs.items():
            self._twos[pair] = self._twos.get(pair, nothing) + self._counted(bits)
        for pair in self.fields.longer:
            self._twos.setdefault(pair, nothing)
        each = range(len(self.fields.names))
        self._full = sum(((1 << (COUNT - 1)) - 1) << COUNT * place for place in each)
        self._tops = sum(1 << (COUNT * place + COUNT - 1) for place in each)

    def _counted(self, bits: int) -> int:
        places = (place for place in range(len(self.fields.names)) if bits >> place & 1)
        return sum(1 << self._above + COUNT * place for place in places)

    def tally(self, words: Words) -> Tally:
        """All that the model knows of a text, in one pass over its words."""
        row, twos = words.row, self._twos
        known = [*filter(None, map(self._ones.get, words.different))]
        pairs = set(filter(twos.__contains__, pairwise(row)))
        known += map(twos.__getitem__, pairs)
        total = sum(known)
        if not self.fields.longer.keys().isdisjoint(
            pairs
        ):  # the other way round, all entries would be gone through
            total += sum(map(self._counted, self.fields.farther(row, pairs)))
        # a counter that is not nought carries into its top bit
        tops = (total >> self._above) + self._full & self._tops
        signs, offset, fields = self._sums.get(tops) or self._sum(tops)
        code = marks(words.text)
        more, zero = self._of_marks.get(code) or self._mark(code)
        return Tally(total, len(known), signs + more, offset + zero, fields)

    def _sum(self, tops: int) -> tuple[int, int, int]:
        """The packed weights of a set of fields, the zero to take off, and the set; remembered, for sets recur."""
        fields = sum(
            1 << place for place in range(len(self.fields.names)) if tops >> (COUNT * place + COUNT - 1) & 1
        )
        known = [self._signs[sign] for sign in self.fields.signs(fields) if sign in self._signs]
        if len(self._sums) >= MOST_KEPT:
            self._sums.clear()
        found = self._sums[tops] = (sum(known), _ZERO * len(known), fields)
        return found

    def _mark(self, code: int) -> tuple[int, int]:
        known = [self._signs[mark] for mark in marked(code) if mark in self._signs]
        found = self._of_marks[code] = (sum(known), _ZERO * len(known))
        return found

    def first(self, tally: Tally, words: Words) -> int:
        """Points toward the first column."""
        # each text is a vector of length one: the sum over the root of the number of different words
        steps = ((tally.total & _MASK) - _ZERO * tally.known) * self._unit[0] // words.length
        return self._bias[0] + steps + (tally.signs & _MASK) - tally.offset

    def points(self, tally: Tally, words: Words) -> tuple[int, ...]:
        """Points toward each column."""
        total, signs, zero, found = tally.total, tally.signs, _ZERO * tally.known, []
        for bias, unit in zip(self._bias, self._unit, strict=True):
            steps = ((total & _MASK) - zero) * unit // words.length
            found.append(bias + steps + (signs & _MASK) - tally.offset)
            total >>= BITS
            signs >>= BITS
        return tuple(found)

    def plain(self, words: Words, *columns: str) -> int:
        """What the words and fields of a passage weigh toward `columns` together, in points, whatever its length."""
        tally = self.tally(words)
        signs = [self._signs.get(f"[{name}]", 0) for name in self.fields.held(tally.fields)]
        weight = 0
        for place in map(self.columns.index, columns):
            steps = (tally.total >> BITS * place & _MASK) - _ZERO * tally.known
            weight += steps * self._unit[place] // (4 * 1_000)
            weight += sum(self._weight(sign, place) for sign in signs if sign)
        return weight

    @staticmethod
    def _weight(packed: int, place: int) -> int:
        return (packed >> BITS * place & _MASK) - _ZERO

    def shares(self, words: Words, column: str) -> tuple[tuple[str, int], ...]:
        """What of a text speaks for `column`, the strongest first, in points; a field with a word that it has."""
        place = self.columns.index(column)
        unit = self._unit[place]
        told = {word: self._ones[word] for word in words.different if word in self._ones}
        rows = pairwise(words.row)
        told |= {" ".join(pair): self._twos[pair] for pair in rows if pair in self._twos}
        shares = {name: self._weight(packed, place) * unit // words.length for name, packed in told.items()}
        signs = [*self.fields.signs(self.tally(words).fields), *marked(marks(words.text))]
        for sign in signs:
            if sign in self._signs:
                shares[self._spelt(sign, words)] = self._weight(self._signs[sign], place)
        return tuple(
            sorted(((w, n) for w, n in shares.items() if n > 0), key=lambda item: (-item[1], item[0]))
        )

    def _spelt(self, sign: str, words: Words) -> str:
        """A field with the first of its words, as `vigie explain` prints it."""
        if sign[1:-1] not in self.fields.names:
            return sign
        held = next(self.fields.entries(words.row, sign[1:-1]), "")
        return f"{sign} {held}" if held else sign


def _pair(feature: str) -> Pair:
    first, second = feature.split(" ")
    return first, second
