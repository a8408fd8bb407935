"""Employer reviews as CSV, as scraped from Glassdoor and its like (route: file)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from streams.sources.mapping import Outcome, build, hashed, words
from streams.sources.times import canonical

_LINK = re.compile(r"Employee-Review-(.+)-RVW(\d+)")
_COLUMNS = {  # what is asked for: the headings it is found under, in lower case
    "headline": ("title", "headline", "summary"),
    "link": ("title_link", "link", "url"),
    "when": ("date", "date_review", "review_date"),
    "stars": ("rating", "overall_rating"),
    "author": ("authorinfo", "job_title"),
    "pros": ("positive_review", "pros"),
    "cons": ("negative_review", "cons"),
    "firm": ("firm", "company"),
}


def map_review(row: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One review: headline, pros and cons as its text, the firm as subject and as employer."""
    lower = {name.strip().lower(): str(value or "").strip() for name, value in row.items() if name}
    said = {
        part: next((value for name in names if (value := lower.get(name))), "")
        for part, names in _COLUMNS.items()
    }
    found = _LINK.search(said["link"])
    firm = said["firm"] or (found[1].replace("-", " ") if found else "")
    labelled = [said["headline"].strip('"')] + [
        f"{label}: {said[part]}" for label, part in (("Pros", "pros"), ("Cons", "cons")) if said[part]
    ]
    text = "\n".join(part for part in labelled if part)
    when = said["when"]
    yield build(
        origin,
        "employer-reviews",
        found[2] if found else hashed(when, firm, said["author"], text),
        text=text or None,
        created_at=canonical(when) or canonical(when, "%d %B %Y") or canonical(when, "%b %d, %Y") or when,
        kind="review",
        url=said["link"] or None,
        rating=_stars(said["stars"]),
        author={
            "bio": said["author"] or None,
            "declared_employer": firm or None,
            "employer_source": "review" if firm else None,
        },
        entities={"mentions": words([firm])},
    )


def _stars(value: str) -> float | None:
    try:
        stars = float(value)
    except ValueError:
        return None
    return stars if 0 <= stars <= 10 else None
