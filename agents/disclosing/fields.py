"""Semantic fields: which walks of talk a text's words belong to (people at work, shifts, pay, sport, home, ...).

Word lists that a domain expert can read and extend, agents/lexicons/fields_<language>.toml. A model that weighs
fields, and pairs of fields, knows what to make of a word that no text it was trained on has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from agents.text.canvas import spaced

PERSONS = frozenset({"I", "we", "they", "you", "third"})
APART = frozenset(
    {"sport", "school", "home", "customer", "press", "fiction", "advert", "official", "opinion", "hobby"}
)
"""Fields that are no work: the others but for the persons are."""
Pair = tuple[str, str]
Entry = tuple[str, ...]
PAIR = 2  # words of most entries that are more than one


class FieldsError(ValueError):
    """A file of fields that breaks its own terms."""


def read_fields(toml: str) -> tuple[tuple[str, ...], dict[Entry, int]]:
    """The fields' names, and each entry, as its words on a canvas, with one bit for each field it is in."""
    data = tomllib.loads(toml)
    lists: Mapping[str, str] = data.get("fields", {})
    if not lists or not all(isinstance(words, str) for words in lists.values()):
        raise FieldsError("a file of fields holds [fields], each a string of words")
    entries: dict[Entry, int] = {}
    for place, words in enumerate(lists.values()):
        for entry in words.split():
            spelt = tuple(spaced(entry.replace("_", " ")).split())
            if spelt:
                entries[spelt] = entries.get(spelt, 0) | 1 << place
    return tuple(lists), entries


class Fields:
    """The fields of one language; `names` are in the order of their bits."""

    def __init__(self, toml: str) -> None:
        """Raises `FieldsError` or `tomllib.TOMLDecodeError` on a file that cannot be used."""
        self.names, entries = read_fields(toml)
        self.words = {entry[0]: bits for entry, bits in entries.items() if len(entry) == 1}
        self.pairs: dict[Pair, int] = {
            (entry[0], entry[1]): bits for entry, bits in entries.items() if len(entry) == PAIR
        }
        self.longer: dict[Pair, list[tuple[Entry, int]]] = {}
        for entry, bits in entries.items():
            if len(entry) > PAIR:
                self.longer.setdefault((entry[0], entry[1]), []).append((entry, bits))
        self._persons = self._bits(PERSONS)
        self._apart = self._bits(APART)
        self.work = (1 << len(self.names)) - 1 & ~self._persons & ~self._apart

    def _bits(self, names: frozenset[str]) -> int:
        return sum(1 << place for place, name in enumerate(self.names) if name in names)

    def farther(self, words: Sequence[str], pairs: AbstractSet[Pair]) -> Iterator[int]:
        """The fields of the entries of more than two words that stand in `words`, whose `pairs` are given."""
        for pair in self.longer.keys() & pairs:
            yield from (bits for entry, bits in self.longer[pair] if _stands(entry, words))

    def entries(self, words: Sequence[str], field: str) -> Iterator[str]:
        """The entries of one field that stand in `words`."""
        bit = 1 << self.names.index(field)
        yield from (word for word in dict.fromkeys(words) if self.words.get(word, 0) & bit)
        for pair in dict.fromkeys(pairwise(words)):
            if self.pairs.get(pair, 0) & bit:
                yield " ".join(pair)
            for entry, bits in self.longer.get(pair, ()):
                if bits & bit and _stands(entry, words):
                    yield " ".join(entry)

    def held(self, bits: int) -> list[str]:
        """The names of a set of fields."""
        return [name for place, name in enumerate(self.names) if bits >> place & 1]

    def signs(self, bits: int) -> list[str]:
        """What a model may weigh in a set of fields: each one, each two together, and how many are work."""
        held = self.held(bits)
        signs = [f"[{name}]" for name in held]
        signs += [f"[{one}] [{other}]" for place, one in enumerate(held) for other in held[place + 1 :]]
        signs.append(f"[work {min(4, (bits & self.work).bit_count())}]")
        signs.append(f"[apart {min(3, (bits & self._apart).bit_count())}]")
        if not bits & self._persons:
            signs.append("[nobody]")
        return signs


def _stands(entry: Entry, words: Sequence[str]) -> bool:
    """Whether the words of `entry` stand in a row."""
    size = len(entry)
    return any(tuple(words[at : at + size]) == entry for at, word in enumerate(words) if word == entry[0])
