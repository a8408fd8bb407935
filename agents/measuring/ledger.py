"""Which version of each post counts? A join-semilattice: whatever the order and however often told.

Per post: the contributions of its highest version, and a barrier below which versions are void
(`FOR_EVER` after a deletion). A higher version replaces, the same version again changes nothing, and
of two different contributions to one subject under one version the lesser bytes stand, so that the
order of arrival decides nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from agents.measuring.contributions import HEAD, unpack, version_of
from schemas.reputation import DAY

FOR_EVER = 2**64 - 1


class Barrier(NamedTuple):
    """Versions under `below` are void; remembered until the day of `time` is sealed."""

    below: int
    time: int


Verdict = Literal["counted", "duplicate", "stale"]


class Change(NamedTuple):
    """What a contribution did: whether it stands now, and which others are gone."""

    verdict: Verdict
    came: bool = False
    removed: tuple[bytes, ...] = ()


_DUPLICATE, _STALE, _COUNTED = Change("duplicate"), Change("stale"), Change("counted", came=True)


class Ledger:
    """Contributions by post, one per subject of the highest version, in order of their subjects."""

    def __init__(self) -> None:
        self.posts: dict[str, bytes | tuple[bytes, ...]] = {}
        self.barriers: dict[str, Barrier] = {}

    def of(self, post: str) -> tuple[bytes, ...]:
        held = self.posts.get(post, ())
        return (held,) if isinstance(held, bytes) else held

    def __iter__(self) -> Iterator[bytes]:
        for post in self.posts:
            yield from self.of(post)

    def join(self, post: str, body: bytes) -> Change:
        """One contribution to one subject; says what changed."""
        version = version_of(body)
        barrier = self.barriers.get(post)
        if barrier is not None and version < barrier.below:
            self._remember(post, barrier.below, max(barrier.time, unpack(body).time))
            return _STALE
        held = self.posts.get(post)
        if held is None:
            self.posts[post] = body
            return _COUNTED
        held = (held,) if isinstance(held, bytes) else held
        standing = version_of(held[0])
        if version < standing:
            return _STALE
        if version > standing:
            self.posts[post] = body
            return Change("counted", came=True, removed=held)
        return self._beside(post, held, body)

    def _beside(self, post: str, held: tuple[bytes, ...], body: bytes) -> Change:
        """The same version: of another subject, or the same again."""
        subject = unpack(body).subject
        for rival in held:
            if unpack(rival).subject == subject:
                if rival <= body:
                    return _DUPLICATE
                self._keep(post, (*(other for other in held if other != rival), body))
                return Change("duplicate", came=True, removed=(rival,))
        self._keep(post, (*held, body))
        return _COUNTED

    def retract(self, post: str, below: int | None, time: int) -> tuple[bytes, ...]:
        """Void versions under `below` (None: all, for ever); returns the contributions that are gone."""
        floor = FOR_EVER if below is None else below
        held = self.of(post)
        standing = self.barriers.get(post, Barrier(0, time))
        void = held if held and version_of(held[0]) < floor else ()
        time = max(time, standing.time, *(unpack(body).time for body in void))
        self._remember(post, max(floor, standing.below), time)
        if void:
            del self.posts[post]
        return void

    def restore_barrier(self, post: str, barrier: Barrier) -> None:
        """Join a barrier that was persisted, before the contributions: what it voids is not joined."""
        standing = self.barriers.get(post, barrier)
        self.retract(post, max(barrier.below, standing.below), max(barrier.time, standing.time))

    def forget(self, post: str, body: bytes) -> None:
        """Drop one contribution whose day is sealed."""
        held = self.posts.pop(post)
        if not isinstance(held, bytes):
            self._keep(post, tuple(other for other in held if other != body))

    def forget_barriers(self, sealed: int) -> None:
        """Drop barriers of days up to `sealed`: what they would stop is late."""
        self.barriers = {
            post: barrier for post, barrier in self.barriers.items() if barrier.time // DAY > sealed
        }

    def _keep(self, post: str, bodies: tuple[bytes, ...]) -> None:
        self.posts[post] = bodies[0] if len(bodies) == 1 else tuple(sorted(bodies, key=_subject))

    def _remember(self, post: str, below: int, time: int) -> None:
        self.barriers[post] = Barrier(below, time)


def _subject(body: bytes) -> int:
    subject: int = HEAD.unpack_from(body)[3]
    return subject
