"""A post's text in pieces to be shown: what discloses is marked, what names a person is hidden, long text is cut."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.post import Post

Disclosed = tuple[str, bool, int, int]  # kind, explicit, start, end (code points, end excluded)
HIDDEN = "▒▒▒"
WHOLE = 1_200  # code points up to which a text is shown whole
HEAD = 600
AROUND = 160  # code points kept on each side of a mark
_HANDLE = re.compile(r"(?<![\w@./])@\w(?:[\w.\-]*\w)?(?:@[\w.\-]+\w)?")
_OTHER = (
    (re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}\.[\w.\-]{0,120}\w"), HIDDEN),  # e-mail
    (re.compile(r"(?<![\w+])(?:\+\d{1,3}|0)(?:[ .\-]?\d){8,11}(?!\w)"), HIDDEN),  # telephone
)
_LINK = re.compile(r"(https?://[^\s/]+)(/\S*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marks` (kind, explicit) that lie over it, `ends` those of them that end with it; `cut`:
    it stands for text left out, `hidden`: for a person's name."""

    text: str
    marks: tuple[tuple[str, bool], ...] = ()
    ends: tuple[tuple[str, bool], ...] = ()
    cut: bool = False
    hidden: bool = False


def pieces(post: Post, disclosed: Sequence[Disclosed], known: Collection[str]) -> list[Piece]:
    """`known`: accounts (lower case, no @) of watched companies and of people who agreed to be named."""
    text = post.text
    spans = [(kind, explicit, max(0, low), min(high, len(text))) for kind, explicit, low, high in disclosed]
    hidden = _apart(_names(post, known))
    kept = _kept(len(text), [(low, high) for _, _, low, high in spans])
    edges = {edge for low, high in kept for edge in (low, high)}
    edges |= {edge for _, _, low, high in spans for edge in (low, high) if low < high}
    edges |= {edge for low, high, _ in hidden for edge in (low, high)}
    return list(_cut(text, sorted({0, len(text), *edges}), spans, hidden, kept))


def _cut(
    text: str,
    edges: list[int],
    spans: Sequence[Disclosed],
    hidden: Sequence[tuple[int, int, str]],
    kept: Sequence[tuple[int, int]],
) -> Iterator[Piece]:
    for low, high in pairwise(edges):
        if not any(start <= low and high <= end for start, end in kept):
            yield Piece("", cut=True)
            continue
        marks = tuple(
            (kind, explicit) for kind, explicit, start, end in spans if start <= low and high <= end
        )
        ends = tuple((kind, explicit) for kind, explicit, start, end in spans if start <= low and high == end)
        mask = next(((start, word) for start, end, word in hidden if start <= low and high <= end), None)
        if mask is None:
            yield Piece(text[low:high], marks, ends)
        else:
            yield Piece(mask[1] if mask[0] == low else "", marks, ends, hidden=True)


def _names(post: Post, known: Collection[str]) -> Iterator[tuple[int, int, str]]:
    text = post.text
    for found in _HANDLE.finditer(text):
        if found[0][1:].lower() not in known:
            yield found.start(), found.end(), f"@{HIDDEN}"
    for pattern, word in _OTHER:
        for found in pattern.finditer(text):
            yield found.start(), found.end(), word
    for found in _LINK.finditer(text):
        yield found.start(2), found.end(2), "/…"
    named = {post.author.handle, post.author.name, *post.entities.mentions}
    for name in named:
        if name and len(name) > 2 and name.lower() not in known:
            for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
                yield found.start(), found.end(), HIDDEN


def _apart(hidden: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Overlapping ones become one."""
    merged: list[tuple[int, int, str]] = []
    for low, high, word in sorted(hidden):
        if merged and low < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]), merged[-1][2])
        else:
            merged.append((low, high, word))
    return merged


def _kept(length: int, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    if length <= WHOLE:
        return [(0, length)]
    kept: list[tuple[int, int]] = []
    for low, high in sorted(
        [(0, HEAD), *((max(0, low - AROUND), min(length, high + AROUND)) for low, high in spans)]
    ):
        if kept and low <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(high, kept[-1][1]))
        else:
            kept.append((low, high))
    return kept
