"""The two steps of the stream, a batch of records at a time: what Faust's agents run.

Values in, values out; reading, sending and writing are the caller's, and so is the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from agents.judge import Judge
from agents.measure import Measure
from agents.measuring.author_keys import author_root
from agents.measuring.fenced_count import FencedCount, Read
from agents.measuring.mentions import mentions_of
from schemas.instants import rfc3339
from schemas.judged import Judged
from schemas.mention import AuthorRetraction, Coordinates, MentionRecord, Retraction, decode_mention
from schemas.post import PLATFORMS, AuthorDeletion, Deletion, Post, PostRecord
from schemas.reject import Invalid, Reject, reject_of
from schemas.sealed import Gone, Opened, Sealed, decode_record

FUTURE_ALLOWANCE = 86_400_000  # a post may be dated this much (ms) after Kafka received it


class Record(Read, Protocol):
    """A record as Kafka gives it; `timestamp` is the broker's time of receipt, epoch milliseconds."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...


Opener = Callable[[Sequence[Sealed]], Sequence[Opened]]  # looks up keys; the same length


def no_keys(sealed: Sequence[Sealed]) -> Sequence[Opened]:
    """The opener where nothing is sealed."""
    return [Invalid("unopened", "it is sealed, and there is no key store") for _ in sealed]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `judge` makes of one batch: everything to be sent before the batch is done."""

    partition: int
    # in the order of the posts, for `measure` tells by the origin's offset what has passed; what is no
    # Mention goes to every partition
    records: list[MentionRecord] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    # by offset; what they once contributed stays where it was counted
    gone: list[tuple[int, Gone]] = field(default_factory=list)


def verdict_of(
    batch: Sequence[Record], judge_posts: Judge, count: FencedCount, secret: bytes, opener: Opener = no_keys
) -> Verdict:
    """One batch of one partition of posts.v1, decoded, opened, judged, and each post counted once in `count`."""
    verdict = Verdict(batch[0].partition)
    decoded = _decoded(batch, opener)
    judged = iter(_judge_each([found for found in decoded if isinstance(found, Post)], judge_posts))
    versions = judge_posts.version
    names = []
    for record, found in zip(batch, decoded, strict=True):
        if not isinstance(found, Post):
            names.append(_unjudged(record, found, secret, verdict))
            continue
        outcome = next(judged)
        if not isinstance(outcome, Judged):
            verdict.rejects.append(_reject(record, outcome))
            names.append(_REJECTED)
            continue
        if found.version > 1:
            void = Retraction(found.key, found.version, found.created_at, _coordinates(record))
            verdict.records.append(void)
        if outcome.mentions:
            origin, received = _coordinates(record), record.timestamp
            verdict.records.extend(
                mentions_of(
                    found, outcome, origin=origin, secret=secret, versions=versions, received=received
                )
            )
        names.append(_counted(found.platform, matched=bool(outcome.mentions)))
    count.read(f"{batch[0].topic}/{verdict.partition}", batch, names)
    return verdict


_REJECTED = ("rejected",)


def _unjudged(
    record: Record, found: Deletion | AuthorDeletion | Gone | Invalid, secret: bytes, verdict: Verdict
) -> tuple[str, ...]:
    """Add to the verdict what a record that is no post leads to; the names under which it is counted."""
    if isinstance(found, Deletion):
        verdict.records.append(Retraction(found.key, None, _bounded(found.at, record), _coordinates(record)))
        return ("deletion",)
    if isinstance(found, AuthorDeletion):
        root = author_root(found.platform, found.author, secret)
        # nobody can withdraw what is still to be written
        until = min(found.at, record.timestamp)
        verdict.records.append(AuthorRetraction(root, until, _coordinates(record)))
        return ("author-deletion",)
    if isinstance(found, Gone):
        if found.version > 1:  # that an older version is void needs no key
            at = _bounded(found.created_at, record)
            verdict.records.append(Retraction(found.key, found.version, at, _coordinates(record)))
        verdict.gone.append((record.offset, found))
        return ("lost" if found.lost else "erased",)
    verdict.rejects.append(_reject(record, found))
    return _REJECTED


def _bounded(at: int, record: Record) -> int:
    """A time that a writer gives, no further in the future than a post's may be: what rests on it is kept until then."""
    return min(at, record.timestamp + FUTURE_ALLOWANCE)


@dataclass(frozen=True, slots=True)
class Folded:
    """What `measure` makes of one batch: table writes (None = tombstone) of one partition."""

    partition: int
    writes: dict[str, bytes | None]


def folded_of(batch: Sequence[Record], measure: Measure) -> Folded:
    """One batch of one partition of mentions.v1, folded into its state: ledger segments to be kept."""
    records = [(record.offset, decode_mention(record.value or b"")) for record in batch]
    return Folded(batch[0].partition, measure.fold(records, now=batch[-1].timestamp))


@lru_cache(maxsize=100)
def _counted(platform: str, *, matched: bool) -> tuple[str, ...]:
    """The names that count a judged post; of platforms there are few, whatever a source calls itself."""
    name = platform if platform in PLATFORMS else "other"
    return (f"platform:{name}", "matched" if matched else "unmatched")


def _decoded(batch: Sequence[Record], opener: Opener) -> list[PostRecord | Gone | Invalid]:
    """What each record holds, sealed ones opened."""
    found = [decode_record(record.value or b"") for record in batch]
    opened = iter(opener([one for one in found if isinstance(one, Sealed)]))
    plain = [next(opened) if isinstance(one, Sealed) else one for one in found]
    return [
        _from_the_future(one, record) if isinstance(one, Post) and _early(one, record) else one
        for record, one in zip(batch, plain, strict=True)
    ]


def _early(post: Post, record: Record) -> bool:
    return post.created_at > record.timestamp + FUTURE_ALLOWANCE


def _judge_each(posts: list[Post], judge_posts: Judge) -> list[Judged | Invalid]:
    """All at once, which is fast; one at a time where a post makes that fail, so that it falls alone."""
    try:
        return list(judge_posts.judge(posts))
    except Exception:  # noqa: BLE001 - whatever it was, it is found again below and dead-lettered
        return [_judge_alone(post, judge_posts) for post in posts]


def _judge_alone(post: Post, judge_posts: Judge) -> Judged | Invalid:
    try:
        return judge_posts.judge([post])[0]
    except Exception as fault:  # noqa: BLE001
        return Invalid("unjudged", f"{type(fault).__name__}: {fault}"[:500])


def _from_the_future(post: Post, record: Record) -> Invalid:
    return Invalid(
        "future",
        f"created_at {rfc3339(post.created_at)} is over a day after its receipt at {rfc3339(record.timestamp)}",
    )


def _coordinates(record: Record) -> Coordinates:
    return Coordinates(record.topic, record.partition, record.offset)


def _reject(record: Record, why: Invalid) -> Reject:
    return reject_of(
        record.value or b"",
        why,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        at=record.timestamp,
    )
