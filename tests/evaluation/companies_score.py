"""Precision and recall of company match on the written sets of ambiguous names.

`python tests/evaluation/companies_score.py` prints them for the shipped watchlist, and for the same one
without its context words (what an entry of a hurried user gets). A pair (post, company) counts where the
post holds an ambiguous form of the company, in whatever casing. Rules and watchlist were made looking at
the dev set alone (`second` was written after both were done); but one hand wrote all sets
and the watchlist: expect less on somebody else's posts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from agents.naming.companies import CompanyMatcher
from agents.text.folding import fold
from schemas.post import Post, Source
from schemas.watchlist import Watchlist
from streams.watchlist.reading import load_watchlist

HERE = Path(__file__).parent


@dataclass(slots=True)
class Score:
    """Counts of pairs, and the texts that went wrong."""

    right: int
    false: list[str]
    missed: list[str]

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.false))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.missed))


def score(watchlist: Watchlist, rows: Iterable[dict[str, object]]) -> Score:
    """Over the pairs of `rows` ({text, about})."""
    matcher = CompanyMatcher(watchlist)
    ambiguous = {c.id: [f" {fold(form)} " for form in c.ambiguous] for c in watchlist.companies}
    result = Score(0, [], [])
    for number, row in enumerate(rows):
        text, about = str(row["text"]), set(row["about"])  # type: ignore[call-overload]
        padded = f" {fold(text)} "
        pairs = {c for c, forms in ambiguous.items() if any(form in padded for form in forms)}
        found = {m.company for m in matcher.match(Post(f"set:{number}", "twitter", text, 0, Source("set")))}
        result.right += len(found & about & pairs)
        result.false += [f"{c}: {text}" for c in sorted((found - about) & pairs)]
        result.missed += [f"{c}: {text}" for c in sorted((about - found) & pairs)]
    return result


def rows_of(part: str) -> list[dict[str, object]]:
    """The set `dev`, `heldout` or `second`."""
    lines = (HERE / f"companies_{part}.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def without_context(watchlist: Watchlist) -> Watchlist:
    """The same companies with no context words at all."""
    return Watchlist(tuple(replace(c, context=(), not_context=()) for c in watchlist.companies))


if __name__ == "__main__":
    shipped = load_watchlist()
    for name, watchlist in (("shipped", shipped), ("without context words", without_context(shipped))):
        for part in ("dev", "heldout", "second"):
            found = score(watchlist, rows_of(part))
            counts = f"{found.right} right, {len(found.false)} false, {len(found.missed)} missed"
            print(f"{name}, {part}: precision {found.precision:.3f}, recall {found.recall:.3f} ({counts})")
            if "-v" in sys.argv and part == "dev":
                print(*(f"  false  {line}" for line in found.false), sep="\n")
                print(*(f"  missed {line}" for line in found.missed), sep="\n")
