"""Which posts moved a score most? Voices by |w (s - mu)|, their part in the numerator of S - mu.

A voice is a lone post, or a cluster of copies taken together and shown by its earliest post.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import NamedTuple

from agents.measuring.contributions import post_of, telling_of
from agents.measuring.novelty import SHARE, Cluster

SHOWN = 5
Voice = tuple[int, int, bytes]  # how far it moves (the further the less), time and contribution to show


class Moved(NamedTuple):
    """A post, w (s - mu) of the voice that it stands for (1/10^13), and how many copies that has."""

    post: str
    pull: int
    copies: int


def most_moving(bodies: Iterable[bytes], clusters: Mapping[bytes, Cluster], prior: int) -> tuple[Moved, ...]:
    """At most SHOWN posts that say anything but the prior; ties by time, then by key."""
    voices: list[Voice] = []
    together: dict[Cluster, Voice] = {}
    copies: Counter[Cluster] = Counter()
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
            copies[cluster] += 1
    voices += [(-abs(pull), time, body) for pull, time, body in together.values()]
    # keys are read of the few that may be shown only
    last = max(nsmallest(SHOWN, voices), default=(0, 0, b""))[:2]
    ranked = sorted((voice for voice in voices if voice[:2] <= last), key=_order)
    return tuple(
        Moved(post_of(body), *_signed(body, clusters.get(body), together, copies, prior))
        for pull, _, body in ranked[:SHOWN]
        if pull
    )


def _signed(
    body: bytes,
    cluster: Cluster | None,
    together: Mapping[Cluster, Voice],
    copies: Mapping[Cluster, int],
    prior: int,
) -> tuple[int, int]:
    if cluster is not None:
        return together[cluster][0], copies[cluster]
    _, score, weight = telling_of(body)
    return weight * (score - prior) * SHARE, 1


def _order(voice: Voice) -> tuple[int, int, str]:
    pull, time, body = voice
    return pull, time, post_of(body)
