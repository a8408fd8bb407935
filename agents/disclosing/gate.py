"""Which phrases may match a text: those of which every slot with given words has one in it.

What a word stands for is worked out once and remembered, for the words of posts recur: a text costs one
lookup for each of its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from agents.disclosing.phrase import Phrase
from agents.text.canvas import canvas

MOST_KEPT = 1 << 16  # words remembered: more are forgotten together, so that memory stays bounded
SHORT = 280  # characters that are hardly more than a sentence, and are taken as one
Wakes = tuple[tuple[int, str], ...]
"""Phrases by their places in a set, each with the trigger that wakes it."""


class Meaning(NamedTuple):
    """What one word stands for: the slots that it fills, one bit each, and whom it wakes in each set."""

    slots: int
    kinds: Wakes
    signs: Wakes
    speech: Wakes


# A phrase lies within a sentence. Not every stop ends one: a rule's number takes up to eight signs after its
# digits, stops too ("2.5 h", "60 h."), and "word.word" may be a compound.
_SENTENCE_END = re.compile(r"\." + "".join(rf"(?<!\d[^ ]{{{gap}}}\.)" for gap in range(8)) + r"(?=[ .]|\Z)")


class Woken(NamedTuple):
    """The sentence between two stops of a canvas: the slots that have no word in it, and whom it wakes."""

    start: int
    end: int
    absent: int
    wakes: list[tuple[int, str]]


class Surface:
    """A text as rules read it: `text` is its canvas, `words` the same with spaces for stops, `woken` the
    sentences that wake phrases of each set."""

    __slots__ = ("_starts", "text", "woken", "words")

    def __init__(self, text: str, gate: Gate) -> None:
        self.text = canvas(text)
        self.words = self.text.replace(".", " ")
        self._starts: list[int] = []
        ends = () if len(text) <= SHORT else (end.start() for end in _SENTENCE_END.finditer(self.text))
        self.woken = gate.read(self.words, [0, *ends, len(text) + 1])

    @property
    def starts(self) -> list[int]:
        """Where each word begins; worked out when first asked for, as for most texts it never is."""
        if not self._starts:
            parts = self.words.split(" ")
            before = enumerate(accumulate(map(len, parts), initial=0))
            self._starts = [
                spaces + size for (spaces, size), part in zip(before, parts, strict=False) if part
            ]
        return self._starts


class Gate:
    """What words mean to three sets of phrases (kinds, signs, speech)."""

    def __init__(self, sets: Sequence[Sequence[Phrase]]) -> None:
        uses = Counter(need for phrases in sets for phrase in phrases for need in set(phrase.needs))
        # the more often a slot is asked for the lower its bit: small integers are quicker to compare
        bits = {need: 1 << place for place, (need, _) in enumerate(uses.most_common())}
        self._all = (1 << len(bits)) - 1
        self.needed = [[sum({bits[need] for need in phrase.needs}) for phrase in phrases] for phrases in sets]
        slots: dict[str, int] = {}
        for need, bit in bits.items():
            for literal in need:
                slots[literal[1:]] = slots.get(literal[1:], 0) | bit
        wakes: list[dict[str, list[tuple[int, str]]]] = []
        for phrases in sets:
            wakes.append({})
            for number, phrase in enumerate(phrases):
                for trigger in sorted(set(phrase.triggers)):
                    wakes[-1].setdefault(_waking(trigger), []).append((number, trigger))
        self._words = _Words(
            {
                form: Meaning(slots.get(form, 0), *(tuple(found.get(form, ())) for found in wakes))
                for form in slots.keys() | {form for found in wakes for form in found}
            }
        )

    def read(self, words: str, stops: Sequence[int]) -> tuple[list[Woken], list[Woken], list[Woken]]:
        """`woken` of a surface; `stops` are where its sentences begin and end."""
        woken: tuple[list[Woken], list[Woken], list[Woken]] = ([], [], [])
        for start, end in pairwise(stops):
            present = 0
            wakes: tuple[list[tuple[int, str]], ...] = ([], [], [])
            kinds, signs, speech = wakes
            meanings = map(self._words.__getitem__, words[start:end].split())
            for slots, of_kinds, of_signs, of_speech in filter(None, meanings):
                present |= slots
                if of_kinds:
                    kinds += of_kinds
                if of_signs:
                    signs += of_signs
                if of_speech:
                    speech += of_speech
            for sentences, found in zip(woken, wakes, strict=True):
                if found:
                    sentences.append(Woken(start, end + 1, self._all ^ present, found))
        return woken


def _waking(trigger: str) -> str:
    """The word that wakes a trigger, as `_Words` looks it up; of several words the longest is the rarest."""
    return f"{max(trigger.split(), key=len)} " if " " in trigger[1:-1] else trigger[1:]


class _Words(dict[str, Meaning | None]):
    """What each word stands for, None where nothing; `meanings` are by word and space, or by beginning."""

    def __init__(self, meanings: dict[str, Meaning]) -> None:
        super().__init__()
        self._meanings = meanings
        self._longest = max(map(len, meanings), default=1)

    def __missing__(self, word: str) -> Meaning | None:
        if len(word) > self._longest:  # its beginning tells as much, and is worth keeping
            return self[word[: self._longest]]
        forms = (f"{word} ", *(word[:length] for length in range(1, len(word) + 1)))
        found = [self._meanings[form] for form in forms if form in self._meanings]
        meaning = None
        if found:
            slots, *wakes = found[0]
            for more, *others in found[1:]:
                slots |= more
                wakes = [a + b for a, b in zip(wakes, others, strict=True)]
            meaning = Meaning(slots, *wakes)
        if len(self) >= MOST_KEPT:
            self.clear()
        self[word] = meaning
        return meaning
