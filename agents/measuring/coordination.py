"""Do many accounts say the same thing at once? Copies by hand, not reposts: those are meant to be copies.

The pattern (identical text, several accounts, short interval) is the usual trace of coordinated posting
(Pacheco et al. 2021, "Uncovering Coordinated Networks on Social Media"). It is counted and shown, never
held against anyone: a slogan shared by a crowd looks the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from agents.measuring.contributions import is_repost, unpack
from schemas.reputation import HOUR

AUTHORS = 5
SPAN = HOUR


def is_coordinated(members: Collection[bytes]) -> bool:
    """Whether some span of an hour holds originals by `AUTHORS` different authors."""
    if len(members) < AUTHORS:  # as nearly all are
        return False
    heads = [unpack(body) for body in members]
    posts = sorted((head.time, head.author) for head in heads if head.author and not is_repost(head.flags))
    within: Counter[int] = Counter()
    oldest = 0
    for time, author in posts:
        within[author] += 1
        while posts[oldest][0] <= time - SPAN:
            within[posts[oldest][1]] -= 1
            if not within[posts[oldest][1]]:
                del within[posts[oldest][1]]
            oldest += 1
        if len(within) >= AUTHORS:
            return True
    return False
