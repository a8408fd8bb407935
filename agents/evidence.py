"""Which posts moved a score most? Voices by |w (s - mu)|, their part in the numerator of S - mu.

A voice is a lone post, or a cluster of copies taken together and shown by its earliest post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nsmallest

from agents.contributions import post_of, unpack
from agents.novelty import SHARE, Cluster

SHOWN = 5
Voice = tuple[int, int, bytes]  # how far it moves (the further the less), time and contribution to show


def most_moving(bodies: Iterable[bytes], clusters: Mapping[bytes, Cluster], prior: int) -> tuple[str, ...]:
    """Keys of at most SHOWN posts that say anything but the prior; ties by time, then by key."""
    voices: list[Voice] = []
    together: dict[Cluster, Voice] = {}
    for body in bodies:
        head = unpack(body)
        cluster = clusters.get(body)
        if cluster is None:
            voices.append((-abs(head.weight * (head.score - prior) * SHARE), head.time, body))
        else:
            pull, time, first = together.get(cluster, (0, head.time, body))
            pull += head.weight * (head.score - prior) * cluster.share
            _, time, first = min((0, time, first), (0, head.time, body), key=_order)
            together[cluster] = (pull, time, first)
    voices += [(-abs(pull), time, body) for pull, time, body in together.values()]
    # keys are read of the few that may be shown only
    last = max(nsmallest(SHOWN, voices), default=(0, 0, b""))[:2]
    ranked = sorted((voice for voice in voices if voice[:2] <= last), key=_order)
    return tuple(post_of(body) for pull, _, body in ranked[:SHOWN] if pull)


def _order(voice: Voice) -> tuple[int, int, str]:
    pull, time, body = voice
    return pull, time, post_of(body)
