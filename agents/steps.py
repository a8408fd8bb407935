"""The two steps of the stream as generators over batches of records: what Faust runs as its agents.

They take any AsyncIterable of batches and yield what the batch leads to; reading, sending and
writing are the caller's, and so is the order: a batch is done when the next one is asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.judge import Judge
from agents.measure import Measure
from agents.measuring.author_keys import author_root
from agents.measuring.fenced_count import FencedCount
from agents.measuring.mentions import mentions_of
from schemas.instants import rfc3339
from schemas.judged import Judged
from schemas.mention import AuthorRetraction, Coordinates, MentionRecord, Retraction, decode_mention
from schemas.post import PLATFORMS, AuthorDeletion, Deletion, Post, PostRecord
from schemas.reject import Invalid, Reject, reject_of
from schemas.sealed import Gone, Opened, Sealed, decode_record

FUTURE_ALLOWANCE = 86_400_000  # a post may be dated this much (ms) after Kafka received it


class Record(Protocol):
    """A record as Kafka gives it; `timestamp` is the broker's time of receipt, epoch milliseconds."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def value(self) -> bytes | None: ...


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


async def judge(
    batches: AsyncIterable[Sequence[Record]],
    judge_posts: Judge,
    count_of: Callable[[int], FencedCount],
    secret: bytes,
    opener: Opener = no_keys,
) -> AsyncIterator[Verdict]:
    """Batches of posts.v1 -> verdicts. `count_of(partition)` counts each post once by platform."""
    async for batch in batches:
        yield verdict_of(batch, judge_posts, count_of(batch[0].partition), secret, opener)


def verdict_of(
    batch: Sequence[Record], judge_posts: Judge, count: FencedCount, secret: bytes, opener: Opener = no_keys
) -> Verdict:
    """One batch of one partition, decoded, opened, judged and counted."""
    verdict = Verdict(batch[0].partition)
    decoded = _decoded(batch, opener)
    posts = [found for _, found in decoded if isinstance(found, Post)]
    judged = iter(_judge_each(posts, judge_posts))
    for record, found in decoded:
        origin = _coordinates(record)
        names: tuple[str, ...]
        if isinstance(found, Post):
            outcome = next(judged)
            if isinstance(outcome, Judged):
                if found.version > 1:
                    verdict.records.append(Retraction(found.key, found.version, found.created_at, origin))
                mentions = mentions_of(
                    found,
                    outcome,
                    origin=origin,
                    secret=secret,
                    versions=judge_posts.version,
                    received=record.timestamp,
                )
                verdict.records.extend(mentions)
                names = (f"platform:{_counted(found)}", "matched" if mentions else "unmatched")
            else:
                verdict.rejects.append(_reject(record, outcome))
                names = ("rejected",)
        elif isinstance(found, Deletion):
            verdict.records.append(Retraction(found.key, None, found.at, origin))
            names = ("deletion",)
        elif isinstance(found, AuthorDeletion):
            root = author_root(found.platform, found.author, secret)
            # nobody can withdraw what is still to be written
            verdict.records.append(AuthorRetraction(root, min(found.at, record.timestamp), origin))
            names = ("author-deletion",)
        elif isinstance(found, Gone):
            if found.version > 1:  # that an older version is void needs no key
                verdict.records.append(Retraction(found.key, found.version, found.created_at, origin))
            verdict.gone.append((record.offset, found))
            names = ("lost" if found.lost else "erased",)
        else:
            verdict.rejects.append(_reject(record, found))
            names = ("rejected",)
        if count.add("", record.offset, names):
            count.link(f"{origin.topic}/{origin.partition}", record.offset, record.timestamp, record.value)
    return verdict


@dataclass(frozen=True, slots=True)
class Folded:
    """What `measure` makes of one batch: table writes (None = tombstone) of one partition."""

    partition: int
    writes: dict[str, bytes | None]


async def measure(
    batches: AsyncIterable[Sequence[Record]], measure_of: Callable[[int], Measure]
) -> AsyncIterator[Folded]:
    """Batches of mentions.v1 -> ledger segments to be kept. `measure_of(partition)` is its state."""
    async for batch in batches:
        partition = batch[0].partition
        records = [(record.offset, decode_mention(record.value or b"")) for record in batch]
        yield Folded(partition, measure_of(partition).fold(records, now=batch[-1].timestamp))


def _counted(post: Post) -> str:
    """The platform's name in counts, which stay bounded whatever a source calls itself."""
    return post.platform if post.platform in PLATFORMS else "other"


def _decoded(batch: Sequence[Record], opener: Opener) -> list[tuple[Record, PostRecord | Gone | Invalid]]:
    found = [(record, decode_record(record.value or b"")) for record in batch]
    opened = iter(opener([one for _, one in found if isinstance(one, Sealed)]))
    plain = ((record, next(opened) if isinstance(one, Sealed) else one) for record, one in found)
    return [
        (record, _from_the_future(one, record) if isinstance(one, Post) and _early(one, record) else one)
        for record, one in plain
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
