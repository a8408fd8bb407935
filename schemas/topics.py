"""The nouns of Vigie: every topic, its key and value, who writes it and who reads it.

A topic is `<noun>.v<N>`; a change that older readers cannot read makes a new N.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """`retention` in milliseconds since Kafka appended the record; None keeps for ever."""

    name: str
    key: str
    value: str
    writers: str
    readers: str
    retention: int | None
    # the broker's time of receipt, so that retention and offsets_for_times do not depend on event time
    timestamps: Literal["LogAppendTime", "CreateTime"] = "LogAppendTime"

    def config(self) -> dict[str, str]:
        """Kafka's own settings for this topic."""
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(-1 if self.retention is None else self.retention),
            "message.timestamp.type": self.timestamps,
        }


POSTS = Topic(
    "posts.v1",
    key="post key (`platform:native_id`), `platform:@author` of an AuthorDeletion; a keyed hash for what can name somebody",
    value="schemas.sealed.Sealed, schemas.post.Post, Deletion or AuthorDeletion, JSON",
    writers="sources, or anything that speaks Kafka",
    readers="judge, replay, audit",
    retention=400 * _DAY,
)
MENTIONS = Topic(
    "mentions.v1",
    key="company id; empty for a Retraction or AuthorRetraction, which goes to every partition",
    value="schemas.mention.Mention, Retraction or AuthorRetraction, JSON",
    writers="judge",
    readers="measure",
    retention=60 * _DAY,
)
REPUTATION = Topic(
    "reputation.v1",
    key="company id",
    value="schemas.reputation.Reputation, JSON",
    writers="publish",
    readers="audit, evidence",
    retention=None,
)
REJECTS = Topic(
    "rejects.v1",
    key="`topic/partition/offset` of what was rejected",
    value="schemas.reject.Reject, JSON",
    writers="sources, judge",
    readers="people",
    retention=90 * _DAY,
)

SEALS = Topic(
    "seals.v1",
    key="`topic/partition` of what is sealed",
    value="schemas.seal.Seal, JSON",
    writers="publish",
    readers="audit",
    retention=None,
)

CORRECTIONS = Topic(
    "corrections.v1",
    key="post key",
    value="schemas.correction.Correction, JSON",
    writers="people, on the evidence page",
    readers="replay, evidence, evaluation",
    retention=400 * _DAY,
)

ERASURES = Topic(
    "erasures.v1",
    key="`erasure/part`",
    value="schemas.erasure.Erasure, JSON",
    writers="erase",
    readers="feed, worker, audit",
    retention=None,
)

TOPICS: tuple[Topic, ...] = (POSTS, MENTIONS, REPUTATION, REJECTS, SEALS, ERASURES, CORRECTIONS)
