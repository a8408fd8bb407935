"""How much news is in a copy? Near-duplicates of one day weigh together little more than one post.

A cluster is the set of a subject's mentions of one UTC day that share a signature; a repost belongs to
its original's cluster where the original is known to the subject that day, else all reposts of one
original make a cluster. That is an equivalence relation on the *set* of mentions, whatever order they
came in. Chains of "less than 24 h apart" would be one too, but they grow without bound and break where a
link is deleted. The price: copies on both sides of midnight weigh as two clusters.

The m members of a cluster weigh together (1 - 0.75^m) / 0.25 (a geometric series: each copy three
quarters of the one before, 4 posts' worth at most), shared equally.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from agents.measuring.contributions import Contribution, is_repost, post_of, root_of, unpack
from agents.measuring.coordination import is_coordinated
from schemas.reputation import DAY

SHARE = 1_000_000  # a post without copies has this share
_SETTLED = 64  # 4 * 0.75^64 is less than half of 1/1,000,000: the series has reached its limit

Token = int | str


@lru_cache(maxsize=4096)
def share(members: int) -> int:
    """Novelty of each of `members` copies, in 1/1,000,000, rounded half up, at each of two steps:
    the cluster's weight, then its equal division. Never 0 below 8,000,000 copies a day."""
    power = min(members, _SETTLED)
    fours: int = 4**power
    together: int = (2 * 4 * SHARE * (fours - 3**power) + fours) // (2 * fours)
    return (2 * together + members) // (2 * members)


class Cluster:
    """Two or more members; compared by identity, so that a pane can be keyed by it."""

    __slots__ = ("_coordinated", "members", "share")

    def __init__(self) -> None:
        self.members: dict[bytes, None] = {}
        self.share = SHARE
        self._coordinated: bool | None = None

    @property
    def coordinated(self) -> bool:
        """Judged anew when that may have changed: a member that comes undoes no hour of many authors, one that goes
        makes none."""
        if self._coordinated is None:
            self._coordinated = is_coordinated(self.members)
        return self._coordinated

    def enter(self, body: bytes) -> None:
        self.members[body] = None
        self.share = share(len(self.members))
        if not self._coordinated:
            self._coordinated = None

    def leave(self, body: bytes) -> None:
        del self.members[body]
        self.share = share(len(self.members) or 1)
        if self._coordinated:
            self._coordinated = None


Move = tuple[
    bytes, Cluster | None, Cluster | None
]  # a contribution, the cluster it leaves, the one it enters


class Clusters:
    """The clusters of one subject. `add` and `remove` return who thereby changed cluster.

    `original` finds the subject's contribution of a post, None if the ledger holds none. A lone member is
    kept as itself; `of` knows only members of real clusters.
    """

    def __init__(self, original: Callable[[str], bytes | None]) -> None:
        self._original = original
        self._reposts = False  # whether any came: else none can wait for its original
        self.days: dict[int, dict[Token, bytes | Cluster]] = {}
        self.of: dict[bytes, Cluster] = {}

    def add(self, body: bytes, head: Contribution) -> list[Move]:
        """Place `body`, which the ledger already holds; the moves do not name `body` itself."""
        day = head.time // DAY
        tokens = self.days.get(day)
        if tokens is None:
            tokens = self.days[day] = {}
        if is_repost(head.flags):
            self._reposts = True
            return self._enter(body, tokens, self._token(body))
        if not head.signature:
            return self._enter(body, tokens, post_of(body))
        waiting = tokens.pop(post_of(body), None) if self._reposts else None
        moves = [] if waiting is None else self._move_all(waiting, tokens, head.signature)
        return moves + self._enter(body, tokens, head.signature)

    def remove(self, body: bytes, head: Contribution) -> list[Move]:
        """Take `body` out, after the ledger let it go. The cluster it was in: ask `of` before."""
        day = head.time // DAY
        tokens = self.days[day]
        if is_repost(head.flags):
            token = self._token(body)
            orphans: list[bytes] = []
        else:
            key = post_of(body)
            token = head.signature or key
            held = tokens[token]
            members = held.members if isinstance(held, Cluster) else ()
            orphans = [m for m in members if m != body and head.signature and root_of(m) == key]
        moves = self._leave(body, tokens, token)
        for orphan in orphans:
            before = self.of.get(orphan)
            moves += self._leave(orphan, tokens, token)
            entering = self._enter(orphan, tokens, post_of(body))
            moves += [*entering, (orphan, before, self.of.get(orphan))]
        if not tokens:
            del self.days[day]
        return moves

    def drop(self, day: int) -> None:
        """Forget a day that is over for good."""
        for held in self.days.pop(day, {}).values():
            if isinstance(held, Cluster):
                for body in held.members:
                    del self.of[body]

    def _token(self, repost: bytes) -> Token:
        """A repost's token: its original's, if known that day and itself no repost."""
        root = root_of(repost)
        if root is None:
            raise ValueError("a repost names what it reposts")
        original = self._original(root)
        if original is None:
            return root
        head = unpack(original)
        if is_repost(head.flags) or head.time // DAY != unpack(repost).time // DAY:
            return root
        return head.signature or root

    def _enter(self, body: bytes, tokens: dict[Token, bytes | Cluster], token: Token) -> list[Move]:
        held = tokens.get(token)
        if held is None:
            tokens[token] = body
            return []
        if isinstance(held, Cluster):
            held.enter(body)
            self.of[body] = held
            return []
        cluster = Cluster()
        cluster.enter(held)
        cluster.enter(body)
        tokens[token] = self.of[held] = self.of[body] = cluster
        return [(held, None, cluster)]

    def _leave(self, body: bytes, tokens: dict[Token, bytes | Cluster], token: Token) -> list[Move]:
        held = tokens[token]
        if not isinstance(held, Cluster):
            del tokens[token]
            return []
        held.leave(body)
        del self.of[body]
        if len(held.members) > 1:
            return []
        (last,) = held.members
        tokens[token] = last
        del self.of[last]
        return [(last, held, None)]

    def _move_all(
        self, waiting: bytes | Cluster, tokens: dict[Token, bytes | Cluster], token: Token
    ) -> list[Move]:
        """Reposts whose original has come join its cluster."""
        moves: list[Move] = []
        for body in list(waiting.members) if isinstance(waiting, Cluster) else [waiting]:
            before = self.of.pop(body, None)
            moves += self._enter(body, tokens, token)
            moves.append((body, before, self.of.get(body)))
        return moves
