"""The passage that shows a disclosure: from the matched words out to the ends of their clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.disclosing.disclosure_rules import Hit
from schemas.judged import Span

_CLAUSE_END = re.compile(r"[.!?;:,\n…()«»\"“”]+(?=\s|$)|[\n()«»“”…]| [-–—] ")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n| [-–—] ")
_STRIPPED = " \t\r\n.,;:!?…-–—*•\"'«»“”()"


def passage(text: str, hits: Sequence[Hit]) -> Span:
    """Half-open offsets: the strongest hit and those that share its sentence, widened to whole clauses.

    Without hits (a review as a whole) the stripped text.
    """
    if not hits:
        return _strip(text, 0, len(text))
    first = hits[0]
    start, end = first.start, first.end
    for hit in hits[1:]:
        low, high = min(start, hit.start), max(end, hit.end)
        if not re.search(r"[.!?\n]\s", text[low:high]):
            start, end = low, high
    left, right = 0, len(text)
    for mark in _CLAUSE_END.finditer(text):
        if mark.end() <= start:
            left = mark.end()
        elif mark.start() >= end:
            right = mark.start()
            break
    return _strip(text, left, right)


def sentences(text: str) -> list[Span]:
    """The sentences of a text, stripped; at least one."""
    marks = list(_SENTENCE_END.finditer(text))
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(text)]
    pieces = [_strip(text, start, end) for start, end in zip(starts, ends, strict=True) if start < end]
    return [piece for piece in pieces if text[piece[0] : piece[1]].strip(_STRIPPED)] or [(0, len(text))]


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip(_STRIPPED))
    kept = piece.strip(_STRIPPED)
    return (start + lead, start + lead + len(kept)) if kept else (start, end)
