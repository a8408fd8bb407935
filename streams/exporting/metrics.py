"""Every metric that Vigie exports: name, labels, what it means. Nothing else is exported.

Labels are bounded whatever the input: companies, windows and reasons come from the watchlist and the
code, platforms from `schemas.post.PLATFORMS` with "other" for the rest, sources from what was fed. No author, handle
or address is a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.post import PLATFORMS


@dataclass(frozen=True, slots=True)
class Metric:
    name: str  # without the _total that the exposition adds to a counter
    kind: Literal["gauge", "counter"]
    help: str
    labels: tuple[str, ...] = ()


SCORE = Metric(
    "vigie_reputation_score", "gauge", "Rolling e-reputation, 0 to 100; 50 is neutral.", ("company", "window")
)
LOW = Metric(
    "vigie_reputation_score_low", "gauge", "Lower end of the score's 95 % interval.", ("company", "window")
)
HIGH = Metric(
    "vigie_reputation_score_high", "gauge", "Upper end of the score's 95 % interval.", ("company", "window")
)
INSUFFICIENT = Metric(
    "vigie_reputation_insufficient",
    "gauge",
    "1 where there is too little evidence for a score of its own.",
    ("company", "window"),
)
EVIDENCE = Metric(
    "vigie_reputation_evidence",
    "gauge",
    "Effective number of independent mentions behind the score.",
    ("company", "window"),
)
WEIGHT = Metric(
    "vigie_reputation_weight",
    "gauge",
    "Sum of credibility times novelty of the mentions.",
    ("company", "window"),
)
WINDOW_MENTIONS = Metric(
    "vigie_reputation_mentions", "gauge", "Mentions in the window.", ("company", "window", "sentiment")
)
NET = Metric(
    "vigie_reputation_net_sentiment_ratio",
    "gauge",
    "(positive - negative) / (positive + negative).",
    ("company", "window"),
)
AUTHORS = Metric(
    "vigie_reputation_effective_authors", "gauge", "Effective number of authors.", ("company", "window")
)
LARGEST_AUTHOR = Metric(
    "vigie_reputation_largest_author_ratio",
    "gauge",
    "Share of the most active author.",
    ("company", "window"),
)
COORDINATED = Metric(
    "vigie_reputation_coordinated_mentions",
    "gauge",
    "Mentions that many authors posted alike in a short time.",
    ("company", "window"),
)
DISCLOSURES = Metric(
    "vigie_reputation_disclosures",
    "gauge",
    "Mentions that disclose something of the inside.",
    ("company", "window", "kind", "mode", "role"),
)
PLATFORM_MENTIONS = Metric(
    "vigie_reputation_platform_mentions",
    "gauge",
    "Mentions in the window by platform.",
    ("company", "window", "platform"),
)
CREDIBILITY_MENTIONS = Metric(
    "vigie_reputation_credibility_mentions",
    "gauge",
    "Mentions in the window by the class of their source.",
    ("company", "window", "class"),
)
COHORT_AUTHORS = Metric(
    "vigie_reputation_cohort_authors",
    "gauge",
    "Distinct authors of one role; roles with fewer than five together as other.",
    ("company", "window", "role"),
)
BASELINE_LOW = Metric(
    "vigie_reputation_baseline_low",
    "gauge",
    "Lower end of what was usual before the last hour, under the same rules; absent without enough past.",
    ("company",),
)
PERSON = Metric(
    "vigie_person_reputation_score",
    "gauge",
    "The same score for a person on the opt-in list.",
    ("company", "person", "window"),
)
SHARE_OF_VOICE = Metric(
    "vigie_share_of_voice_ratio",
    "gauge",
    "Share of the weight of all companies; only where one worker sees all.",
    ("company", "window"),
)
MENTIONS = Metric(
    "vigie_mentions", "counter", "Posts about the company, each counted once.", ("company", "sentiment")
)
LATE = Metric("vigie_mentions_late", "counter", "Mentions that came too late for any window.", ("company",))
NEWEST = Metric(
    "vigie_company_newest_event_timestamp_seconds",
    "gauge",
    "Event time of the company's newest post.",
    ("company",),
)
POSTS = Metric("vigie_posts", "counter", "Posts judged, by platform.", ("platform",))
OUTCOMES = Metric("vigie_records", "counter", "Records of posts.v1 by what became of them.", ("outcome",))
REJECTS = Metric("vigie_rejects", "counter", "Dead letters by reason.", ("reason",))
TRAFFIC = Metric(
    "vigie_mention_records",
    "counter",
    "Records of mentions.v1 told apart: duplicate, stale, future, retraction, late-retraction.",
    ("outcome",),
)
LAG = Metric(
    "vigie_lag_records", "gauge", "Records of the partition not yet worked on.", ("topic", "partition")
)
COMMIT_AGE = Metric(
    "vigie_commit_age_seconds",
    "gauge",
    "How long the partition that waits longest has had records without a commit, and those for reputation.v1 without "
    "an acknowledgement; 0 where nothing waits.",
    ("topic",),
)
BUFFERED = Metric(
    "vigie_producer_buffer_records", "gauge", "Records sent that Kafka has not acknowledged yet."
)
RECOVERING = Metric(
    "vigie_recovery_left_records",
    "gauge",
    "Changelog records still to be read back before figures are shown.",
)
CONTACT_AGE = Metric(
    "vigie_group_contact_age_seconds",
    "gauge",
    "Since Kafka's group last confirmed this worker's partitions; after 10 it may give them to others.",
)
LEDGER_POSTS = Metric("vigie_ledger_posts", "gauge", "Posts of the last 28 days that this worker keeps.")
LEDGER_BYTES = Metric("vigie_ledger_bytes", "gauge", "Bytes of the table values that keep them.")
CLOCK = Metric("vigie_stream_clock_timestamp_seconds", "gauge", "Event time for which the figures hold.")
RULES_CHANGED = Metric(
    "vigie_rules_changed_timestamp_seconds",
    "gauge",
    "When other versions of rules, models or lists took over.",
)
SOURCE_STATE = Metric(
    "vigie_source_state",
    "gauge",
    "1 for the state of a source: running, waiting (to try again), ended, stopped, failed, lost (silent).",
    ("source", "state"),
)
SOURCE_EVENTS = Metric(
    "vigie_source_events",
    "counter",
    "Posts, deletions and withdrawn authors of a source.",
    ("source", "kind"),
)
SOURCE_DROPPED = Metric(
    "vigie_source_dropped", "counter", "What a source gave that could not enter.", ("source", "reason")
)
SOURCE_GAPS = Metric(
    "vigie_source_gaps", "counter", "Stretches that a source could not give any more.", ("source",)
)
SOURCE_LAG = Metric(
    "vigie_source_lag_seconds", "gauge", "From the last post's creation to its arrival here.", ("source",)
)
SOURCE_NEWEST = Metric(
    "vigie_source_newest_event_timestamp_seconds",
    "gauge",
    "Event time of a source's newest post.",
    ("source",),
)
SOURCE_RETRY = Metric(
    "vigie_source_retry_timestamp_seconds", "gauge", "When a waiting source tries again.", ("source",)
)
READY = Metric("vigie_ready", "gauge", "1 while the figures are of now, 0 while they are stale or not shown.")
BUILD = Metric(
    "vigie_build_info",
    "gauge",
    "Versions of what runs and judges.",
    ("version", "python", "watchlist", "rules"),
)


def bounded_platforms(counts: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """Counts of the platforms that are known by name, the rest together under "other"."""
    if counts.keys() <= PLATFORMS:
        return counts.items()
    bounded: dict[str, int] = {}
    for name, count in counts.items():
        known = name if name in PLATFORMS else "other"
        bounded[known] = bounded.get(known, 0) + count
    return bounded.items()
