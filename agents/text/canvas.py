"""A text as rules read it: lower case, no accents, one character for one, so that offsets hold.

Letters and digits are folded; `@ # % & € $ £ _` stay; what ends a sentence becomes a full stop; anything
else a space. The canvas carries one stop before and after the text: offset in text = offset in canvas - 1.
"""

from __future__ import annotations

import unicodedata

PAD = 1
_KEPT = frozenset("@#%&€$£_")
_STOPS = frozenset(".!?;\n\r…")


class _Folding(dict[int, int]):
    """Code point -> folded code point, filled on demand (posts use a few hundred of them)."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        if char in _KEPT:
            folded = char
        elif char in _STOPS:
            folded = "."
        else:
            base = unicodedata.normalize("NFKD", char)[0].lower()
            folded = base if base.isalnum() and len(base) == 1 else " "
        self[code] = ord(folded)
        return self[code]


_FOLDING = _Folding()
for _code in range(0x250):
    _ = _FOLDING[_code]


def canvas(text: str) -> str:
    """The folded text between two stops: `len(canvas(text)) == len(text) + 2`."""
    return f".{text.translate(_FOLDING)}."


def spaced(text: str) -> str:
    """The canvas with spaces for stops: words parted by spaces."""
    return canvas(text).replace(".", " ")
