"""Names inside compound hashtags: #BoycottAirFrance, #grèveSNCF."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from agents.text.folding import fold
from schemas.judged import Span

_TAG = re.compile(r"(?<![\w#@])#(\w{3,80})")
# A new word begins at a capital after a small letter, at the last capital of a run, and at a digit.
_PARTS = re.compile(r"[^\W\d_]?[^\W\d_A-ZÀ-ÖØ-Þ]+|[A-ZÀ-ÖØ-Þ]+(?![^\W\d_A-ZÀ-ÖØ-Þ])|\d+")
MOST_PARTS = 8


def compounds(text: str, names: Mapping[str, Collection[int]]) -> Iterator[tuple[int, Span]]:
    """(company, span of the tag) for each of `names`, joined and folded, that is part of a hashtag in `text`.

    Only whole parts count: #BoycottAirFrance holds "airfrance", #Airfrancestrike holds nothing.
    """
    for tag in _TAG.finditer(text):
        parts = [fold(part) for part in _PARTS.findall(tag[1])]
        if not 2 <= len(parts) <= MOST_PARTS:
            continue
        runs = ("".join(parts[i:j]) for i in range(len(parts)) for j in range(len(parts), i, -1))
        found = {company for run in runs for company in names.get(run, ())}
        yield from ((company, tag.span()) for company in sorted(found))
