"""Text as it is compared: case and accents folded, separators made one, every place remembered.

Folded text is UTF-8 bytes of letters, digits, `_`, `@`, `#`, `$` and spaces, with a space before and after.
Every other character is a space, so a word is found with its boundaries as ` word `. Scripts written
without spaces (Han, kana, Thai…) get a space on both sides of each character, so that their words, and Latin
words beside them, have boundaries too. Combining marks and invisible format characters are left out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left

_LETTERS = {  # letters that no decomposition takes to their plain form
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "œ": "oe", "æ": "ae", "ı": "i", "ħ": "h", "ŋ": "n",
}  # fmt: skip
_KEPT = frozenset("@#$_")
MOST_KEPT = 20_000  # so that no run of odd posts fills the memory
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    "\U0001b000-\U0001b2ff\U00020000-\U000323af]"
)
# Punctuation, currency, arrows, symbols and emoji beyond Latin-1: separators, whatever they decompose to.
_SIGN_RANGES = "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2bff\ufe0f\U0001f300-\U0001faff"
_SIGNS = re.compile(f"[{_SIGN_RANGES}]")


class _Folds(dict[str, str]):
    """Character -> its folded form, worked out once for each of the first `MOST_KEPT`."""

    def __missing__(self, char: str) -> str:
        if _SIGNS.match(char):
            folded = " "
        else:
            plain = unicodedata.normalize("NFKD", char).casefold()
            folded = "".join(map(_part, unicodedata.normalize("NFKD", plain)))
            spaced = _UNSPACED.sub(r" \g<0> ", folded)  # what it decomposes to may be such a letter, too
            folded = f" {folded} " if spaced == folded and _UNSPACED.match(char) else spaced
        if len(self) < MOST_KEPT:
            self[char] = folded
        return folded


def _part(char: str) -> str:
    if char in _KEPT:
        return char
    if char in _LETTERS:
        return _LETTERS[char]
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    return char if char.isalnum() else " "


_FOLDS = _Folds()
# One byte for one character is possible for ASCII and most of Latin-1; what cannot be so takes the long way:
# the few Latin-1 characters that fold to more or less than one byte, and any letter or mark beyond.
_LATIN = [chr(code) for code in range(256)]
_TABLE = bytes(ord(_FOLDS[c]) if len(_FOLDS[c]) == 1 and _FOLDS[c].isascii() else 0x20 for c in _LATIN)
_ODD = "".join(re.escape(c) for c in _LATIN if len(_FOLDS[c]) != 1 or not _FOLDS[c].isascii())
_LONG_WAY = re.compile(f"[{_ODD}]|[^\x00-\xff{_SIGN_RANGES}]")


class Folded:
    """One text folded: `data` to search in, and the way back to places in the text."""

    __slots__ = ("_starts", "data", "size")

    def __init__(self, text: str) -> None:
        self._starts: list[int] | None = None
        self.size = len(text)
        if text.isascii() or _LONG_WAY.search(text) is None:
            self.data = b" " + text.encode("latin-1", "replace").translate(_TABLE) + b" "
        else:
            self._take_long_way(text)

    def _take_long_way(self, text: str) -> None:
        parts = [" "]
        starts = [-1]
        for place, char in enumerate(text):
            folded = _FOLDS[char]
            parts.append(folded)
            width = len(folded) if folded.isascii() else len(folded.encode("utf-8", "replace"))
            starts += [place] * width
        self.data = "".join((*parts, " ")).encode("utf-8", "replace")
        starts.append(len(text))
        self._starts = starts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text that `data[start:end]` comes from, marks that follow it included."""
        if self._starts is None:
            return start - 1, end - 1
        after = end
        while after < len(self._starts) - 1 and self._starts[after] == self._starts[end - 1]:
            after += 1
        return self._starts[start], self._starts[after]

    def place(self, index: int) -> int:
        """Where in `data` the text's character `index` begins."""
        if self._starts is None:
            return index + 1
        return bisect_left(self._starts, index, 1)


def fold(text: str) -> str:
    """`text` folded, without the outer spaces."""
    return "".join(map(_FOLDS.__getitem__, text)).strip(" ")


def bounded(text: str, lead: str = " ") -> bytes:
    """What to search for in `Folded.data` to find `text` behind `lead` and before a boundary."""
    inner = "".join(map(_FOLDS.__getitem__, text))
    before = "" if lead == " " and inner.startswith(" ") else lead
    after = "" if inner.endswith(" ") else " "
    return f"{before}{inner}{after}".encode("utf-8", "replace")
