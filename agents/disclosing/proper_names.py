"""Whether a word of a post is a proper name: a watched company, a handle or hashtag, a known name, or a
capital."""

from __future__ import annotations

from collections.abc import Sequence

from agents.disclosing.disclosure_rules import RuleBook
from agents.text.canvas import PAD
from schemas.judged import Span


class ProperNames:
    """Asked with offset pairs of one text; `surface` is its canvas, `matches` are its watched companies with
    their spans."""

    __slots__ = ("_book", "_matches", "_surface", "_text")

    def __init__(
        self, text: str, surface: str, matches: Sequence[tuple[str, Sequence[Span]]], book: RuleBook
    ) -> None:
        self._text, self._surface, self._matches, self._book = text, surface, matches, book

    def __call__(self, start: int, end: int) -> bool:
        return self._watched(start, end) or self._proper(start, end)

    def strict(self, start: int, end: int) -> bool:
        """The same, but a capital that only opens a sentence tells nothing."""
        if not self(start, end):
            return False
        before = start
        while before and self._text[before - 1] in " \t\"'«“(*-•":
            before -= 1
        opens = not before or self._text[before - 1] in ".!?:\n"
        return not opens or self._text[start] in "@#" or self._watched(start, end) or self._known(start, end)

    def _watched(self, start: int, end: int) -> bool:
        return any(left < end and start < right for _, spans in self._matches for left, right in spans)

    def _known(self, start: int, end: int) -> bool:
        return self._folded(start, end) in self._book.names

    def _folded(self, start: int, end: int) -> str:
        return self._surface[start + PAD : end + PAD]

    def _proper(self, start: int, end: int) -> bool:
        word = self._text[start:end]
        if word[0] in "@#":
            return len(word) > 2
        if self._known(start, end):
            return True
        never = self._folded(start, end) in self._book.not_names
        return word[0].isupper() and not never and not self._text.isupper()
