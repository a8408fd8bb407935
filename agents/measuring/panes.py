"""What do the mentions of one stretch of event time add up to? A commutative group of integers.

A pane is a tumbling bucket of 5 minutes, or any union of such buckets: `add` and `remove` keep sums of
integers only, so merging is associative and commutative, the empty pane is its identity, and removal undoes
addition exactly. What depends on a whole day (the share of a copy within its cluster) is kept
apart by cluster and resolved when the pane is read: the pane itself never has to be weighed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from agents.measuring.contributions import PROFILE, Contribution, role_of, unpack
from agents.measuring.novelty import SHARE, Cluster

PANE = 5 * 60_000

K = TypeVar("K", int, bytes)


def pane_of(time: int) -> int:
    """Number of the pane that contains `time` (epoch milliseconds)."""
    return time // PANE


@dataclass(frozen=True, slots=True)
class Sums:
    """A pane's weighed sums: w in 1/10^9, polarity in 1/10^4; squares of w by independent cluster."""

    weight: int = 0
    weight_squares: int = 0
    polarity: int = 0  # sum of w*s
    polarity_squares: int = 0  # sum of w*s^2


class Part(NamedTuple):
    """What one mention adds: its profile, author (0: none) and role, and its part of `Raw`."""

    profile: bytes
    author: int
    role: int
    c: int
    c2: int
    cs: int
    css: int


def part_of(body: bytes, head: Contribution | None = None) -> Part:
    """`head`: what `unpack` gives for `body`, where it is at hand."""
    _, score, author, _, flags, c, _, _, _, _ = head or unpack(body)
    cs = c * score
    # what `Part(...)` does, without the call in between
    return tuple.__new__(Part, (body[PROFILE], author, role_of(flags), c, c * c, cs, cs * score))


class Raw:
    """Sums before novelty, c the credibility weight: n, c, c^2, c*s, c*s^2."""

    __slots__ = ("c", "c2", "cs", "css", "n")

    def __init__(self) -> None:
        self.n = self.c = self.c2 = self.cs = self.css = 0

    def merge(self, other: Raw, sign: int = 1) -> None:
        self.n += sign * other.n
        self.c += sign * other.c
        self.c2 += sign * other.c2
        self.cs += sign * other.cs
        self.css += sign * other.css


class Weights:
    """What mentions weigh: lone ones together, copies by their cluster."""

    __slots__ = ("clusters", "lone")

    def __init__(self) -> None:
        self.lone = Raw()
        self.clusters: dict[Cluster, Raw] = {}

    def add(self, part: Part, cluster: Cluster | None) -> None:
        """Add one mention; an unscored one has no weight, but is a copy."""
        if cluster is None:
            raw = self.lone
        elif (held := self.clusters.get(cluster)) is not None:
            raw = held
        else:
            raw = self.clusters[cluster] = Raw()
        _, _, _, c, c2, cs, css = part  # at once: one by one they are half as dear again
        raw.n += 1
        raw.c += c
        raw.c2 += c2
        raw.cs += cs
        raw.css += css

    def remove(self, part: Part, cluster: Cluster | None) -> None:
        """Take back one mention."""
        raw = self.lone if cluster is None else self.clusters[cluster]
        raw.n -= 1
        raw.c -= part.c
        raw.c2 -= part.c2
        raw.cs -= part.cs
        raw.css -= part.css
        if cluster is not None and not raw.n:
            del self.clusters[cluster]

    def sums(self) -> Sums:
        """Weigh now: lone mentions in full, each cluster by its share; a cluster counts as one voice in
        the squares, for its members are not independent of each other."""
        lone = self.lone
        weight, squares = SHARE * lone.c, SHARE * SHARE * lone.c2
        polarity, polarity_squares = SHARE * lone.cs, SHARE * lone.css
        for cluster, raw in self.clusters.items():
            part = cluster.share
            together = part * raw.c
            weight += together
            squares += together * together
            polarity += part * raw.cs
            polarity_squares += part * raw.css
        return Sums(weight, squares, polarity, polarity_squares)

    def sums_without(self, part: Weights) -> Sums:
        """What is left where `part`, some of these mentions, is left out."""
        left = Weights()
        left.lone.merge(self.lone)
        left.lone.merge(part.lone, -1)
        left.clusters = dict(self.clusters)
        for cluster, raw in part.clusters.items():
            rest = left.clusters[cluster] = Raw()
            rest.merge(self.clusters[cluster])
            rest.merge(raw, -1)
        return left.sums()

    def merge(self, other: Weights) -> None:
        """Add everything that `other` holds."""
        self.lone.merge(other.lone)
        for cluster, raw in other.clusters.items():
            self.clusters.setdefault(cluster, Raw()).merge(raw)


class Pane:
    """Mentions of one subject over some panes; empty to begin with."""

    __slots__ = ("authors", "profiles", "weights")

    def __init__(self) -> None:
        self.profiles: dict[bytes, int] = {}
        self.weights = Weights()
        self.authors: dict[int, dict[int, int]] = {}  # role -> author -> mentions

    def add(self, part: Part, cluster: Cluster | None) -> None:
        profile, author, role, _, _, _, _ = part
        self.profiles[profile] = self.profiles.get(profile, 0) + 1
        if author:
            cohort = self.authors.get(role)
            if cohort is None:
                cohort = self.authors[role] = {}
            cohort[author] = cohort.get(author, 0) + 1
        self.weights.add(part, cluster)

    def remove(self, part: Part, cluster: Cluster | None) -> None:
        _decrement(self.profiles, part.profile)
        if part.author:
            cohort = self.authors[part.role]
            _decrement(cohort, part.author)
            if not cohort:
                del self.authors[part.role]
        self.weights.remove(part, cluster)

    def merge(self, other: Pane) -> None:
        """Add everything that `other` holds."""
        for profile, count in other.profiles.items():
            self.profiles[profile] = self.profiles.get(profile, 0) + count
        for role, authors in other.authors.items():
            cohort = self.authors.setdefault(role, {})
            for author, count in authors.items():
                cohort[author] = cohort.get(author, 0) + count
        self.weights.merge(other.weights)


def _decrement(counts: dict[K, int], key: K) -> None:
    left = counts[key] - 1
    if left:
        counts[key] = left
    else:
        del counts[key]
