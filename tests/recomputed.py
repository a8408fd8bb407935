"""What a watch must show for a file of posts, worked out again from the file: slowly, post by post.

Judging is the product's own (it has tests of its own); everything after it is not: counts are made here by
hand, and figures come from the oracle's definitions over the plain list of mentions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from oracle import World, outcome

from agents.judge import Judge
from agents.measuring.author_keys import author_root
from agents.measuring.mentions import mentions_of
from schemas.codec import decode_post
from schemas.mention import AuthorRetraction, Coordinates, Retraction
from schemas.post import PLATFORMS, AuthorDeletion, Deletion, Post
from schemas.reject import Invalid
from schemas.reputation import WindowFigures
from streams.judges import load_judge
from streams.settings import read_settings

SENTIMENTS = ("negative", "neutral", "positive", "unscored")
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass
class Recomputed:
    """One world of all posts: in the product each company's lie in one partition, so the figures are the same."""

    world: World = field(default_factory=World)
    platforms: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    newest: dict[str, int] = field(default_factory=dict)
    mentions: Counter[tuple[str, str]] = field(default_factory=Counter)
    identities: set[tuple[str, int, str]] = field(default_factory=set)

    def take(self, raw: bytes, judge: Judge, secret: bytes, number: int) -> None:
        found = decode_post(raw)
        origin = Coordinates("posts.v1", 0, number)
        if isinstance(found, Invalid):
            self.outcomes["rejected"] += 1
            self.rejects[found.reason] += 1
        elif isinstance(found, Deletion):
            self.outcomes["deletion"] += 1
            self.world.take(Retraction(found.key, None, found.at, origin))
        elif isinstance(found, AuthorDeletion):
            self.outcomes["author-deletion"] += 1
            root = author_root(found.platform, found.author, secret)
            self.world.take(AuthorRetraction(root, found.at, origin))
        else:
            self._post(found, judge, secret, origin)

    def _post(self, post: Post, judge: Judge, secret: bytes, origin: Coordinates) -> None:
        self.platforms[post.platform if post.platform in PLATFORMS else "other"] += 1
        (judged,) = judge.judge([post])
        mentions = mentions_of(post, judged, origin=origin, secret=secret, versions=judge.version)
        self.outcomes["matched" if mentions else "unmatched"] += 1
        if post.version > 1:
            self.world.take(Retraction(post.key, post.version, post.created_at, origin))
        for mention in mentions:
            self.newest[mention.company] = max(self.newest.get(mention.company, 0), mention.event_time)
            identity = (mention.post, mention.version, mention.company)
            if identity not in self.identities:  # a post delivered twice counts once
                self.identities.add(identity)
                self.mentions[mention.company, outcome(mention)] += 1
                self.world.take(mention)


def recomputed(lines: Iterable[bytes], watchlists: tuple[Path, ...], home: Path) -> Recomputed:
    """From the raw lines; `home` holds the key of the authors' hashes."""
    judge = load_judge(read_settings({}, watchlists=watchlists))
    secret = (home / "author.key").read_bytes()
    found = Recomputed()
    for number, raw in enumerate(lines):
        found.take(raw, judge, secret, number)
    return found


def expected_series(truth: Recomputed, at: int) -> Series:
    """The series of an exposition that must be there with these values, for a stream clock of `at` ms."""
    found: Series = {}

    def put(name: str, value: float, **labels: str) -> None:
        found[name, frozenset(labels.items())] = value

    for platform, count in truth.platforms.items():
        put("vigie_posts_total", count, platform=platform)
    for became, count in truth.outcomes.items():
        put("vigie_records_total", count, outcome=became)
    for reason, count in truth.rejects.items():
        put("vigie_rejects_total", count, reason=reason)
    for company in truth.newest:
        found |= _of_company(truth, company, at)
    return found


def _of_company(truth: Recomputed, company: str, at: int) -> Series:
    here = ("company", company)
    found: Series = {
        ("vigie_mentions_total", frozenset({here, ("sentiment", name)})): truth.mentions[company, name]
        for name in SENTIMENTS
    }
    found["vigie_company_newest_event_timestamp_seconds", frozenset({here})] = truth.newest[company] / 1000
    found["vigie_mentions_late_total", frozenset({here})] = truth.world.late[company]
    if (baseline := truth.world.baseline(company, at)) is not None:
        found["vigie_reputation_baseline_low", frozenset({here})] = baseline.low / 100
    for window in truth.world.windows(company, at):
        found |= _of_window(company, window)
    return found


def differences(found: Series, expected: Series) -> dict[object, tuple[float | None, float | None]]:
    """(found, expected) of each series that is not as it must be, or must not be there at all."""
    names = {name for name, _ in expected}
    shown = {key: value for key, value in found.items() if key[0] in names}
    return {
        key: (shown.get(key), expected.get(key))
        for key in shown.keys() | expected.keys()
        if shown.get(key) != expected.get(key)
    }


def _of_window(company: str, window: WindowFigures) -> Series:
    where = {"company": company, "window": window.window}
    return {
        (f"vigie_reputation_{name}", frozenset((where | labels).items())): value
        for name, labels, value in (*_standing(window), *_counted(window))
    }


def _standing(window: WindowFigures) -> Iterator[tuple[str, dict[str, str], float]]:
    """Names (after `vigie_reputation_`), labels and values of what is one number a window."""
    plain: list[tuple[str, float | None]] = [
        ("score", window.score / 100 if window.state == "ok" else None),
        ("score_low", window.low / 100),
        ("score_high", window.high / 100),
        ("insufficient", float(window.state != "ok")),
        ("evidence", window.evidence / 100),
        ("weight", window.weight / 1000),
        ("net_sentiment_ratio", None if window.net is None else window.net / 10_000),
        ("effective_authors", None if window.authors is None else window.authors / 100),
        ("largest_author_ratio", None if window.largest_author is None else window.largest_author / 10_000),
        ("coordinated_mentions", window.coordinated),
    ]
    for name, value in plain:
        if value is not None:
            yield name, {}, value


def _counted(window: WindowFigures) -> Iterator[tuple[str, dict[str, str], float]]:
    """The same of what is told apart further."""
    for label, count in zip(SENTIMENTS, window.mentions, strict=True):
        yield "mentions", {"sentiment": label}, count
    platforms = Counter[str]()
    for platform, count in window.platforms.items():
        platforms[platform if platform in PLATFORMS else "other"] += count
    for platform, count in platforms.items():
        yield "platform_mentions", {"platform": platform}, count
    for level, count in window.credibility.items():
        yield "credibility_mentions", {"class": level}, count
    for cohort in window.cohorts:
        yield "cohort_authors", {"role": cohort.role}, cohort.authors
    for name, count in window.disclosures.items():
        kind, mode, role = name.split("/")
        yield "disclosures", {"kind": kind, "mode": mode, "role": role}, count
