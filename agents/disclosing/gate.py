"""Which phrases may match a text: those of which every slot with given words has one in it.

What a word stands for is worked out once and remembered, for the words of posts recur: a text costs one
lookup for each of its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise

from agents.disclosing.phrase import Phrase
from agents.text.canvas import PAD, canvas

MOST_KEPT = 1 << 16  # words remembered: more are forgotten together, so that memory stays bounded
SHORT = 280  # characters that are hardly more than a sentence, and are taken as one
Wake = tuple[int, int, int, str]
"""A phrase by the slots that it needs, one bit each, its set, its place there, and the trigger."""
Meaning = tuple[int, tuple[Wake, ...]]
"""What one word stands for: the slots that it fills, and whom it wakes."""
Awake = tuple[dict[int, list[tuple[str, int, int]]], ...]
"""For each set the phrases that may match, with their triggers and the sentences that those stand in."""

# A phrase lies within a sentence. Not every stop ends one: a rule's number takes up to eight signs after its
# digits, stops too ("2.5 h", "60 h."), and "word.word" may be a compound.
_SENTENCE_END = re.compile(r"\." + "".join(rf"(?<!\d[^ ]{{{gap}}}\.)" for gap in range(8)) + r"(?=[ .]|\Z)")


class Surface:
    """A text as rules read it: `text` is its canvas, `words` the same with spaces for stops."""

    __slots__ = ("_starts", "awake", "text", "words")

    def __init__(self, text: str) -> None:
        """No phrase is awake yet: see `wake`."""
        self.text = canvas(text)
        self.words = self.text.replace(".", " ")
        self._starts: list[int] = []
        self.awake: Awake = ({}, {}, {})

    def wake(self, gate: Gate) -> None:
        """Find the phrases of `gate` that may match."""
        length = len(self.text) - 2 * PAD
        ends = () if length <= SHORT else (end.start() for end in _SENTENCE_END.finditer(self.text))
        self.awake = gate.awake(self.words, [0, *ends, length + 1])

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
        slots: dict[str, int] = {}
        for need, bit in bits.items():
            for literal in need:
                slots[literal[1:]] = slots.get(literal[1:], 0) | bit
        wakes: dict[str, list[Wake]] = {}
        for place, phrases in enumerate(sets):
            for number, phrase in enumerate(phrases):
                needed = sum({bits[need] for need in phrase.needs})
                for trigger in set(phrase.triggers):
                    wakes.setdefault(_waking(trigger), []).append((needed, place, number, trigger))
        self._words = _Words(
            {form: (slots.get(form, 0), tuple(wakes.get(form, ()))) for form in slots.keys() | wakes.keys()}
        )
        self._waking = frozenset(form[:-1] for form in wakes if form.endswith(" "))
        self._beginnings = tuple(form for form in wakes if not form.endswith(" "))

    def may_wake(self, words: Sequence[str], text: str) -> bool:
        """Whether `words`, which are those of `text`, could wake a phrase; where none of its pieces could, a text wakes
        none."""
        return not self._waking.isdisjoint(words) or any(map(text.__contains__, self._beginnings))

    def awake(self, words: str, stops: Sequence[int]) -> Awake:
        """`words` as in `Surface`; `stops` are where its sentences begin and end."""
        awake: Awake = ({}, {}, {})
        for start, end in pairwise(stops):
            meanings = list(filter(None, map(self._words.__getitem__, words[start:end].split())))
            present = 0
            for slots, _ in meanings:
                present |= slots
            absent = self._all ^ present  # not ~present: negative integers are slow
            woken = [wake for _, wakes in meanings for wake in wakes if not wake[0] & absent]
            for _, place, number, trigger in woken:
                awake[place].setdefault(number, []).append((trigger, start, end + 1))
        return awake


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
        slots = 0
        for filled, _ in found:
            slots |= filled
        meaning = (slots, tuple(wake for _, wakes in found for wake in wakes)) if found else None
        if len(self) >= MOST_KEPT:
            self.clear()
        self[word] = meaning
        return meaning
