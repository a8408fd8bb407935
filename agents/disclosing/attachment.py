"""Which watched company a disclosure concerns: the one named in it, the author's own, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agents.disclosing.disclosure_rules import Hit
from schemas.judged import Span
from schemas.post import Post

Employers = Callable[[str], Sequence[str]]
"""Ids of the watched companies that a bio or a declared employer names."""


def nobody(_text: str) -> Sequence[str]:
    """No watched employer in any bio."""
    return ()


def own_employers(post: Post, employers: Employers) -> tuple[str, ...]:
    """The watched companies that the author's badge or bio names."""
    said = " . ".join(filter(None, (post.author.declared_employer, post.author.bio)))
    return tuple(employers(said)) if said else ()


def company_of(
    post: Post,
    span: Span,
    hits: Sequence[Hit],
    matches: Sequence[tuple[str, Sequence[Span]]],
    employers: Employers,
) -> str | None:
    """The company named within the passage; else the author's own; else the only one that the post is about.

    A rule that states an unnamed employer ("my company") leaves a company elsewhere in the post alone: it is
    what the author speaks of, not whom the author works for (protocol, rule 17).
    """
    for hit in hits:
        if hit.name and (named := _overlapping(hit.name, matches)):
            return named
    if inside := _overlapping(span, matches):
        return inside
    if own := own_employers(post, employers):
        return own[0]
    unnamed = any(hit.rule.name.endswith((".company", ".boss", ".benefit")) for hit in hits)
    return matches[0][0] if len(matches) == 1 and not unnamed else None


def _overlapping(span: Span, matches: Sequence[tuple[str, Sequence[Span]]]) -> str | None:
    for company, places in matches:
        if any(left < span[1] and span[0] < right for left, right in places):
            return company
    return None
