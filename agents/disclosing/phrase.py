"""The little language in which disclosure rules are written, and its compilation.

A phrase is a row of slots parted by spaces, read on a canvas (see `canvas`):

    my|our <boss> ..  yelled|screamed at|on me      alternatives, a named class, a gap of up to 4 words
    i work|worked at|for the? NAME                  `?` after a slot makes it optional
    work_life balance                               `_` is a space within an alternative
    overwork* *eur                                  `*` ends or begins a word any way
    NUM . hours ... week                            a number; gaps of up to 2 and up to 8 words

A gap never crosses the end of a sentence. `NAME` takes one word that has to be a proper name (capital,
handle, hashtag or a watched company), at most once in a phrase; `^` is the start of a sentence and `$` its
end. Apostrophes and hyphens may be present, a space, or missing. The first slot must be a required one; what
is optional at the end is left off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agents.text.canvas import canvas

_SPACE = " {1,4}"
_GAPS = {".": 2, "..": 4, "...": 8}
_NUMBER = r"[€$£]?\d+[^ ]{0,8}"
_NUMBER_PARTS = 5  # "1.2.3.4.5": stops part words where triggers are looked for
_NAME = r"(?P<name>[@#]?[^ .]+)"
Classes = Mapping[str, tuple[str, ...]]
LONG_LIST = 40
UNCOMMON = 5_000  # the rank of a word that is not among the everyday ones


class PhraseError(ValueError):
    """A phrase that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`pattern` is a regular expression for a canvas, from the space or stop before the phrase to its last
    word; `triggers` are literals, padded with spaces, one of which is in every canvas (stops turned into
    spaces) where the pattern matches; `needs`: the like for each other slot whose words are given;
    `before`: least and most words from the match's beginning to the trigger; `anchored`: begins with a stop;
    `literal`: to find the trigger is to have matched."""

    source: str
    pattern: str
    triggers: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    before: tuple[int, int]
    anchored: bool
    named: bool
    literal: bool


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
    stem = alternative.strip("*")
    parts = [canvas(part)[1:-1] for part in stem.replace("-", "'").split("_")]
    if any("." in part for part in parts):
        raise PhraseError(f"{alternative!r} holds a stop, which no phrase crosses")
    loose = _SPACE.join(re.sub(" +", " ?", re.escape(part).replace(r"\ ", " ")) for part in parts)
    head = "[^ .]+" if alternative.startswith("*") else ""
    return head + loose + ("[^ .]*" if alternative.endswith("*") else "")


def _literals(alternative: str, rank: Mapping[str, int]) -> tuple[str, ...]:
    """The padded literals of which one stands on any canvas where the alternative does."""
    word = max(alternative.rstrip("*").split("_"), key=lambda part: rank.get(part, UNCOMMON))
    tail = "" if alternative.endswith("*") and alternative.rstrip("*").endswith(word) else " "
    pieces = canvas(word.replace("-", "'"))[1:-1].split()
    if not pieces:
        raise PhraseError(f"{alternative!r} holds no letter or digit")
    if len(pieces) == 1:
        return (f" {pieces[0]}{tail}",)
    rarest = max(
        range(len(pieces)),
        key=lambda place: (len(pieces[place]) > 2, rank.get(pieces[place], UNCOMMON), len(pieces[place])),
    )
    apart = f" {pieces[rarest]}" + (tail if rarest == len(pieces) - 1 else " ")
    return (apart, f" {''.join(pieces)}{tail}")


def _heads(alternative: str) -> tuple[str, ...]:
    """The padded literals of which one begins the alternative wherever it stands."""
    word, *more = alternative.rstrip("*").split("_")
    tail = " " if more or not alternative.endswith("*") else ""
    pieces = canvas(word.replace("-", "'"))[1:-1].split()
    if len(pieces) == 1:
        return (f" {pieces[0]}{tail}",)
    return (f" {pieces[0]} ", f" {''.join(pieces)}{tail}")


def _whole(alternative: str) -> tuple[str, ...]:
    """The padded literals that are the alternative, its words one space apart."""
    spelt = [""]
    for word in alternative.split("_"):
        pieces = canvas(word.replace("-", "'"))[1:-1].split()
        if not pieces:
            raise PhraseError(f"{alternative!r} holds no letter or digit")
        spelt = [f"{start} {way}" for start in spelt for way in {" ".join(pieces), "".join(pieces)}]
    return tuple(sorted(f"{words} " for words in spelt))


def _slot_pattern(slot: str, classes: Classes) -> str:
    options: list[str] = []
    for word in alternatives(slot, classes):
        if word == "NUM":
            options += [_NUMBER, *(_word(number) for number in classes.get("number", ()))]
        else:
            options.append(_NAME if word == "NAME" else _word(word))
    options = sorted(set(options), key=lambda option: (option == _NAME, -len(option)))
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def _wakes(slot: str, classes: Classes) -> bool:
    """Whether a phrase may be looked for by this slot: a required one of words whose beginning is given."""
    if slot in _GAPS or slot[-1] == "?":
        return False
    return not any(word in ("NUM", "NAME") or word.startswith("*") for word in alternatives(slot, classes))


def compile_phrase(source: str, classes: Classes, rank: Mapping[str, int]) -> list[Phrase]:
    """Read one phrase. `rank` gives everyday words their place by frequency (0 the most frequent); a phrase
    is looked for by its rarest slot. One slot with plain and other words makes two phrases."""
    slots = source.split()
    anchored, ended = slots[:1] == ["^"], slots[-1:] == ["$"]
    slots = slots[anchored : len(slots) - ended]
    while slots and (slots[-1] in _GAPS or slots[-1].endswith("?")):
        slots.pop()
    if not slots or (not anchored and (slots[0] in _GAPS or slots[0].endswith("?"))):
        raise PhraseError(f"a phrase starts with a required slot: {source!r}")
    if len(slots) == 1 and not anchored and not ended and _wakes(slots[0], classes):
        words = alternatives(slots[0], classes)
        open_ended = tuple(word for word in words if word.endswith("*"))
        made = [_literal(source, word, classes) for word in words if word not in open_ended]
        return made + ([_phrase(source, ["|".join(open_ended)], classes, rank)] if open_ended else [])
    return [_phrase(source, slots, classes, rank, anchored=anchored, ended=ended)]


def _literal(source: str, word: str, classes: Classes) -> Phrase:
    pattern = _pattern([word], classes)
    return Phrase(source, pattern, _whole(word), (), (0, 0), anchored=False, named=False, literal=True)


def _phrase(
    source: str,
    slots: list[str],
    classes: Classes,
    rank: Mapping[str, int],
    *,
    anchored: bool = False,
    ended: bool = False,
) -> Phrase:
    candidates: list[tuple[float, int, tuple[str, ...]]] = []
    for place, slot in enumerate(slots):
        if not _wakes(slot, classes):
            continue
        words = alternatives(slot, classes)
        if place == 0 and not anchored and len(words) > LONG_LIST:
            # a list of trades is matched where one stands, never searched for along the text
            candidates.append((0.0, place, tuple(head for word in words for head in _heads(word))))
            continue
        literals = tuple(literal for word in words for literal in _literals(word, rank))
        # Zipf's law: the n-th word by frequency comes up in proportion to 1 / n
        cost = sum(1 / (1 + rank.get(literal.strip(), UNCOMMON)) for literal in literals)
        candidates.append((cost, place, literals))
    if not candidates:
        raise PhraseError(f"nothing in {source!r} could wake it")
    (_, place, triggers), *others = sorted(candidates)
    needs = tuple(literals for _, _, literals in others)
    widths = [_width(slot, classes) for slot in slots[:place]]
    heads = {head for word in alternatives(slots[place], classes) for head in _heads(word)}
    within = 0 if set(triggers) >= heads else _width(slots[place], classes)[1] - 1
    before = (sum(least for least, _ in widths), sum(most for _, most in widths) + within)
    pattern = _pattern(slots, classes, anchored=anchored, ended=ended)
    return Phrase(source, pattern, triggers, needs, before, anchored, _NAME in pattern, literal=False)


def _width(slot: str, classes: Classes) -> tuple[int, int]:
    """Least and most words of a canvas that a slot takes."""
    if slot in _GAPS:
        return 0, _GAPS[slot]
    words = alternatives(slot.removesuffix("?"), classes)
    most = max(_NUMBER_PARTS if word == "NUM" else _words_of(word) for word in words)
    return (0, most) if slot[-1] == "?" else (1, most)


def _words_of(alternative: str) -> int:
    return len(canvas(alternative.strip("*").replace("-", "'").replace("_", " "))[1:-1].split())


def _pattern(slots: list[str], classes: Classes, *, anchored: bool = False, ended: bool = False) -> str:
    # a set to begin with, no look behind: the engine skips to its characters instead of trying everywhere
    parts = ["[.] {0,3}" if anchored else "[ .]"]
    for position, slot in enumerate(slots):
        if slot in _GAPS:
            parts.append(f"(?:[^ .]+{_SPACE}){{0,{_GAPS[slot]}}}?")
        elif slot.endswith("?"):
            parts.append(f"(?:{_slot_pattern(slot[:-1], classes)}{_SPACE})?")
        else:
            parts.append(_slot_pattern(slot, classes) + ("" if position == len(slots) - 1 else _SPACE))
    parts.append("(?= {0,4}[.])" if ended else "(?=[ .])")
    return "".join(parts)
