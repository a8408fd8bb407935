"""Which posts moved a score most? Voices by |w (s - mu)|, their part in the numerator of S - mu.

A voice is a lone post, or a cluster of copies taken together and shown by its earliest post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nsmallest

from agents.contributions import post_of, unpack
from agents.novelty import SHARE, Cluster

SHOWN = 5
Voice = tuple[int, int, str]  # how far it moves, time and key of the post to show


def most_moving(bodies: Iterable[bytes], clusters: Mapping[bytes, Cluster], prior: int) -> tuple[str, ...]:
    """Keys of at most SHOWN posts that say anything but the prior; ties by time, then by key."""
    lone: list[Voice] = []
    together: dict[Cluster, Voice] = {}
    for body in bodies:
        head = unpack(body)
        cluster = clusters.get(body)
        pull = head.weight * (head.score - prior) * (cluster.share if cluster else SHARE)
        if cluster is None:
            lone.append((-abs(pull), head.time, post_of(body)))
        else:
            this = (head.time, post_of(body))
            before, time, key = together.get(cluster, (0, *this))
            together[cluster] = (before + pull, *min(this, (time, key)))
    voices = lone + [(-abs(pull), time, key) for pull, time, key in together.values()]
    return tuple(key for pull, _, key in nsmallest(SHOWN, voices) if pull)
