"""The little language in which disclosure rules are written, and its compilation.

A phrase is a row of slots parted by spaces, read on a canvas (see `canvas`):

    my|our <boss> ..  yelled|screamed at|on me      alternatives, a named class, a gap of up to 4 words
    i work|worked at|for the? NAME                  `?` after a slot makes it optional
    work_life balance                               `_` is a space within an alternative
    overwork*                                       `*` ends a word any way
    NUM . hours ... week                            a number; gaps of up to 2 and up to 8 words

A gap never crosses the end of a sentence. `NAME` takes one word that has to be a proper name (capital,
handle, hashtag or a watched company); `^` is the start of a sentence and `$` its end. Apostrophes and
hyphens may be present, a space, or missing. The first slot must be a required one; what is optional at the
end is left off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agents.canvas import canvas

_SPACE = " {1,4}"
_GAPS = {".": 2, "..": 4, "...": 8}
_NUMBER = r"[€$£]?\d+[^ ]{0,8}"
_NAME = r"(?P<name>[@#]?[^ .]+)"
Classes = Mapping[str, tuple[str, ...]]


class PhraseError(ValueError):
    """A phrase that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`pattern` is a regular expression for a canvas; `triggers` are literals, padded with spaces, one of
    which is in every canvas (stops turned into spaces) where the pattern matches."""

    source: str
    pattern: str
    triggers: tuple[str, ...]
    named: bool


def alternatives(slot: str, classes: Classes) -> tuple[str, ...]:
    """The words that a slot stands for, its classes opened."""
    words: list[str] = []
    for word in slot.split("|"):
        if word.startswith("<") and word.endswith(">"):
            if word[1:-1] not in classes:
                raise PhraseError(f"unknown class {word} in {slot!r}")
            for member in classes[word[1:-1]]:
                words += alternatives(member, classes)
        elif word:
            words.append(word)
    if not words:
        raise PhraseError(f"empty slot in {slot!r}")
    return tuple(words)


def _word(alternative: str) -> str:
    """One alternative as a regular expression on a canvas."""
    stem = alternative.rstrip("*")
    parts = [canvas(part)[1:-1] for part in stem.replace("-", "'").split("_")]
    loose = _SPACE.join(re.sub(" +", " ?", re.escape(part).replace(r"\ ", " ")) for part in parts)
    return loose + ("[^ .]*" if alternative.endswith("*") else "")


def _literals(alternative: str) -> tuple[str, ...]:
    """The padded literals of which one stands on any canvas where the alternative does."""
    stem = canvas(alternative.rstrip("*").replace("-", "'").split("_")[0])[1:-1]
    last = " " if "_" not in alternative and not alternative.endswith("*") else ""
    if " " not in stem:
        return (f" {stem}{last}",)
    return (f" {stem.split(' ')[0]} ", f" {stem.replace(' ', '')}{last}")


def _slot_pattern(slot: str, classes: Classes) -> str:
    if slot == "NUM":
        words = [_word(word) for word in classes.get("number", ())]
        return f"(?:{'|'.join([_NUMBER, *words])})"
    if slot == "NAME":
        return _NAME
    words = sorted({_word(word) for word in alternatives(slot, classes)}, key=len, reverse=True)
    return words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"


def compile_phrase(source: str, classes: Classes, common: frozenset[str]) -> Phrase:
    """Read one phrase. `common` holds words too frequent to wake a rule where another slot can."""
    slots = source.split()
    anchored, ended = slots[:1] == ["^"], slots[-1:] == ["$"]
    slots = slots[anchored : len(slots) - ended]
    while slots and (slots[-1] in _GAPS or slots[-1].endswith("?")):
        slots.pop()
    if not slots or (not anchored and (slots[0] in _GAPS or slots[0].endswith("?"))):
        raise PhraseError(f"a phrase starts with a required slot: {source!r}")
    pattern = ["(?:(?<=^ )|(?<=[.])) {0,3}" if anchored else "(?<=[ .])"]
    candidates: list[tuple[int, int, tuple[str, ...]]] = []
    for position, slot in enumerate(slots):
        last = position == len(slots) - 1
        if slot in _GAPS:
            pattern.append(f"(?:[^ .]+{_SPACE}){{0,{_GAPS[slot]}}}?")
        elif slot.endswith("?"):
            pattern.append(f"(?:{_slot_pattern(slot[:-1], classes)}{_SPACE})?")
        else:
            pattern.append(_slot_pattern(slot, classes) + ("" if last else _SPACE))
            if slot not in ("NUM", "NAME"):
                words = alternatives(slot, classes)
                literals = tuple(literal for word in words for literal in _literals(word))
                frequent = sum(literal.strip() in common for literal in literals)
                candidates.append((frequent, len(literals), literals))
    if not candidates:
        raise PhraseError(f"nothing in {source!r} could wake it")
    pattern.append(r"(?= {0,4}[.]| {0,4}$)" if ended else "(?=[ .])")
    return Phrase(source, "".join(pattern), min(candidates)[2], "NAME" in slots)
