"""What a source is: an async stream of events, and a cursor from which it can go on.

Whoever runs a source sends its posts to Kafka in the order they come, and keeps a `Checkpoint` only
once Kafka has acknowledged everything before it, before it asks for the next event: a source may then
tell its platform that all is received. A source may therefore repeat events after a restart
(the same `key` and `version` count once) but loses none that it has announced as passed.

Third parties register a factory `(Mapping[str, str]) -> Source` under the entry-point group `GROUP`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Protocol

from schemas.post import Post
from schemas.reject import Invalid, Reject, reject_of

GROUP = "vigie.sources"


@dataclass(frozen=True, slots=True)
class Upsert:
    """A new post, or a higher version of a known one; `raw` is what the platform sent, for dead letters."""

    post: Post
    raw: bytes


@dataclass(frozen=True, slots=True)
class Delete:
    """The post `key` was withdrawn at `at` (epoch milliseconds)."""

    key: str
    at: int


@dataclass(frozen=True, slots=True)
class AuthorDelete:
    """The account with id `author` was withdrawn at `at` (epoch milliseconds), and all its posts with it."""

    platform: str
    author: str
    at: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """What could not enter, with its reason and place."""

    reject: Reject


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All before this is passed: `events(cursor)` goes on from here."""

    cursor: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Posts that this source cannot give any more, or a resume that was not possible: said, not hidden.

    `since` and `until` bound the lost stretch in epoch milliseconds where they are known.
    """

    detail: str
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Passing trouble that the source mends itself: it tries again in `retry_in` seconds. `detail` holds no secret."""

    detail: str
    retry_in: float


@dataclass(frozen=True, slots=True)
class Recovered:
    """The trouble is over, though there may be nothing new yet."""


Event = Upsert | Delete | AuthorDelete | Dropped | Checkpoint | Gap | Trouble | Recovered


class SourceError(Exception):
    """The source cannot go on, and says what the operator has to mend."""


class Source(Protocol):
    """One place where posts come from; `name` is stable, for cursors are kept under it."""

    @property
    def name(self) -> str: ...

    def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """Yield events after `cursor` (None: from the beginning), until there are no more or it is closed.

        Raises `SourceError` where an operator has to act; passing trouble of a network is its own to mend.
        """
        ...


def dropped(
    topic: str, offset: int, invalid: Invalid, raw: bytes, at: int,
    *, size: int | None = None, digest: str | None = None,
) -> Dropped:  # fmt: skip
    """A dead letter for `raw`, which lay at `offset` of `topic` and was read at `at` (epoch milliseconds).

    `size` and `digest` (sha256, hex) are those of the whole where `raw` is only its beginning.
    """
    letter = reject_of(raw, invalid, topic=topic, partition=0, offset=offset, at=at)
    if size is not None and digest is not None:
        letter = replace(letter, size=size, sha256=digest)
    return Dropped(letter)
