"""Which posts moved a score most? Voices by |w (s - mu)|, their part in the numerator of S - mu.

A voice is a lone post, or a cluster of copies taken together and shown by its earliest post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nsmallest

from agents.measuring.contributions import post_of, telling_of
from agents.measuring.novelty import SHARE, Cluster

SHOWN = 5
Voice = tuple[int, int, bytes]  # how far it moves (the further the less), time and contribution to show


def most_moving(bodies: Iterable[bytes], clusters: Mapping[bytes, Cluster], prior: int) -> tuple[str, ...]:
    """Keys of at most SHOWN posts that say anything but the prior; ties by time, then by key."""
    voices: list[Voice] = []
    together: dict[Cluster, Voice] = {}
    for body in bodies:
        time, score, weight = telling_of(body)
        pull = weight * (score - prior)
        cluster = clusters.get(body)
        if cluster is None:
            voices.append((-abs(pull * SHARE), time, body))
        else:
            before, earliest, first = together.get(cluster, (0, time, body))
            if time < earliest or (time == earliest and post_of(body) < post_of(first)):
                earliest, first = time, body
            together[cluster] = (before + pull * cluster.share, earliest, first)
    voices += [(-abs(pull), time, body) for pull, time, body in together.values()]
    # keys are read of the few that may be shown only
    last = max(nsmallest(SHOWN, voices), default=(0, 0, b""))[:2]
    ranked = sorted((voice for voice in voices if voice[:2] <= last), key=_order)
    return tuple(post_of(body) for pull, _, body in ranked[:SHOWN] if pull)


def _order(voice: Voice) -> tuple[int, int, str]:
    pull, time, body = voice
    return pull, time, post_of(body)
