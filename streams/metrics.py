"""Every metric that Vigie exports: name, labels, what it means. Nothing else is exported.

Labels are bounded whatever the input: companies, windows and reasons come from the watchlist and the
code, platforms from `PLATFORMS` with "other" for the rest. No author, handle or address is a label.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PLATFORMS = frozenset(
    {
        "twitter", "facebook", "linkedin", "viadeo", "youtube", "bluesky", "mastodon", "reddit", "hackernews",
        "rss", "telegram", "instagram", "tiktok", "glassdoor", "indeed", "trustpilot", "web",
    }
)  # fmt: skip


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
SOURCES = Metric(
    "vigie_reputation_sources",
    "gauge",
    "Mentions by credibility class of their source.",
    ("company", "window", "credibility"),
)
ROLE_MENTIONS = Metric(
    "vigie_reputation_role_mentions",
    "gauge",
    "Mentions by role of their authors; roles of fewer than five authors are put together, or left out.",
    ("company", "window", "role"),
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
LAG = Metric(
    "vigie_lag_records", "gauge", "Records of the partition not yet worked on.", ("topic", "partition")
)
CLOCK = Metric("vigie_stream_clock_timestamp_seconds", "gauge", "Event time for which the figures hold.")
READY = Metric("vigie_ready", "gauge", "1 when recovered and assigned, 0 while figures may be stale.")
BUILD = Metric(
    "vigie_build_info",
    "gauge",
    "Versions of what runs and judges.",
    ("version", "python", "watchlist", "rules"),
)
