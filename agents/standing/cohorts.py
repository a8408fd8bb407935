"""Who speaks, by role, without showing anyone: groups of fewer than k authors are never told apart.

k-anonymity by generalisation (Sweeney 2002): roles with fewer than k distinct authors are put together as
"other", and so are the smallest of the rest until "other" has k itself, since what is
left over could be had by subtraction from the total.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.judged import ROLES
from schemas.reputation import Cohort

Counts = tuple[int, int, int, int]


def cohorts_of(
    mentions: Mapping[str, Counts], authors: Mapping[int, Mapping[int, int]], smallest: int
) -> tuple[Cohort, ...]:
    """`mentions` by role and outcome, `authors` by index in ROLES; roles in order, "other" last.

    Nothing is shown where all authors together are fewer than `smallest`.
    """
    known = {role: authors.get(ROLES.index(role), {}) for role in mentions}
    by_size = sorted(mentions, key=lambda role: (len(known[role]), ROLES.index(role)))
    folded: list[str] = []
    others: set[int] = set()
    for role in by_size:
        if len(known[role]) < smallest or (folded and len(others) < smallest):
            folded.append(role)
            others.update(known[role])
    shown = [
        Cohort(role, len(known[role]), mentions[role])
        for role in sorted(mentions, key=ROLES.index)
        if role not in folded
    ]
    if len(others) >= smallest:
        negative, neutral, positive, unscored = (
            sum(column) for column in zip(*(mentions[role] for role in folded), strict=True)
        )
        shown.append(Cohort("other", len(others), (negative, neutral, positive, unscored)))
    return tuple(shown)
