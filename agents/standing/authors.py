"""How many voices, and how loud is the loudest? From exact counts by role and author.

Effective number of authors: the inverse Simpson index (sum n)^2 / sum n^2 (Simpson 1949; Hill's number of
order 2, Hill 1973): as many equally active authors would show the same concentration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple


class Concentration(NamedTuple):
    """Mentions whose author is known, their sum of squares by author, those of the most active author."""

    total: int
    squares: int
    largest: int


def concentration(by_role: Mapping[int, Mapping[int, int]]) -> Concentration:
    """`by_role`: role -> author -> mentions. An author of several roles is one author."""
    roles = sorted(by_role.values(), key=len)
    if not roles:
        return Concentration(0, 0, 0)
    main = roles.pop()  # nearly everyone, read at the speed of C; the others are few
    rest: Counter[int] = Counter()
    for counts in roles:
        rest.update(counts)
    squares = sum(n * n for n in main.values())
    largest = max(main.values())
    for author, n in rest.items():
        also = main.get(author, 0)
        squares += n * (n + 2 * also)
        largest = max(largest, n + also)
    return Concentration(sum(main.values()) + rest.total(), squares, largest)
