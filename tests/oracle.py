"""Every figure of `measure` again, by the definitions, from the raw records: slow, and no code shared.

A `World` takes records in order of arrival and keeps them all in a list; figures are worked out from that
list with `fractions.Fraction` each time they are asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from hmac import digest
from math import floor, isqrt

from schemas.judged import ROLES
from schemas.mention import AuthorRetraction, Mention, MentionRecord, Retraction
from schemas.reputation import DAY, HOUR, WINDOWS, Baseline, Cohort, WindowFigures

PANE = 5 * 60_000
KAPPA, LONG_KAPPA, START_VARIANCE, MINIMUM, K = Fraction(5), Fraction(20), Fraction(1, 4), 5, 5


def rounded(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def outcome(mention: Mention) -> str:
    return mention.label if mention.scored else "unscored"


def withdrawn(mention: Mention, by: list[AuthorRetraction]) -> bool:
    """Has its author taken back what was written by then?"""
    quarter = f"quarter {mention.event_time // (91 * DAY)}".encode()
    return any(
        mention.event_time <= record.at
        and mention.author == digest(bytes.fromhex(record.author), quarter, sha256)[:16].hex()
        for record in by
    )


@dataclass
class World:
    """One partition's records, in order of arrival."""

    horizon: int = 28 * DAY
    kept: list[MentionRecord] = field(default_factory=list)
    late: Counter[str] = field(default_factory=Counter)
    newest: dict[str, int] = field(default_factory=dict)
    past: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    seen: set[Mention] = field(default_factory=set)
    watermark: int = 0
    sealed: int = -1

    def take(self, record: MentionRecord) -> None:
        if not isinstance(record, Mention):
            self.kept.append(record)
            return
        self.newest[record.company] = max(self.newest.get(record.company, 0), record.event_time)
        if record.event_time // DAY <= self.sealed:
            if record not in self.seen:
                self.late[record.company] += 1
        elif record not in self.seen:
            self.kept.append(record)
        self.seen.add(record)
        self.watermark = max(self.watermark, record.event_time)
        over = (self.watermark - self.horizon) // DAY - 1
        if over > self.sealed:
            self._seal(over)

    def _seal(self, last: int) -> None:
        for subject, mentions in self.standings().items():
            shares = self.shares(mentions)
            for mention in mentions:
                if mention.event_time // DAY <= last:
                    weight = self.weight(mention, shares)
                    w, ws = self.past.get(subject, (Fraction(0), Fraction(0)))
                    self.past[subject] = (w + weight, ws + weight * Fraction(mention.score, 10_000))
        self.kept = [
            record
            for record in self.kept
            if not isinstance(record, Mention) or record.event_time // DAY > last
        ]
        self.sealed = last

    def subjects(self) -> set[str]:
        """Every company ever named, and every person of whom something stood or stands."""
        return {*self.standings(), *self.past, *self.newest}

    def standings(self) -> dict[str, list[Mention]]:
        """The mentions that count now, by subject: of each post the highest version that is not void, unless
        its author has withdrawn since."""
        floors: dict[str, float] = defaultdict(lambda: -1)
        best: dict[str, int] = {}
        for record in self.kept:
            if isinstance(record, Retraction):
                below = float("inf") if record.below is None else record.below
                floors[record.post] = max(floors[record.post], below)
        mentions = [record for record in self.kept if isinstance(record, Mention)]
        for record in mentions:
            if record.version >= floors[record.post]:
                best[record.post] = max(best.get(record.post, 0), record.version)
        found: dict[str, list[Mention]] = defaultdict(list)
        withdrawals = [record for record in self.kept if isinstance(record, AuthorRetraction)]
        for record in mentions:
            if best.get(record.post) == record.version and not withdrawn(record, withdrawals):
                for name in names(record):
                    found[name].append(record)
        return found

    @staticmethod
    def shares(mentions: list[Mention]) -> dict[tuple[int, str], Fraction]:
        by_post = {mention.post: mention for mention in mentions}
        sizes = Counter(token(mention, by_post) for mention in mentions)
        return {(m.event_time // DAY, m.post): novelty(sizes[token(m, by_post)]) for m in mentions}

    @staticmethod
    def weight(mention: Mention, shares: dict[tuple[int, str], Fraction]) -> Fraction:
        if not mention.scored:
            return Fraction(0)
        return Fraction(mention.weight, 1000) * shares[mention.event_time // DAY, mention.post]

    def evidence(self, subject: str, at: int) -> tuple[str, ...]:
        """The five voices (a post, or a day's copies of it) that pull the 24-hour score furthest."""
        mentions = self.standings()[subject]
        shares = self.shares(mentions)
        by_post = {mention.post: mention for mention in mentions}
        day = next(window for window in self.windows(subject, at) if window.window == "24h")
        voices: dict[tuple[int, str], list[Mention]] = defaultdict(list)
        for mention in mentions:
            if day.start <= mention.event_time < day.end:
                voices[token(mention, by_post)].append(mention)

        def pull(voice: list[Mention]) -> Fraction:
            return abs(sum((self.weight(m, shares) * (m.score - day.prior) for m in voice), Fraction(0)))

        def first(voice: list[Mention]) -> tuple[int, str]:
            return min((m.event_time, m.post) for m in voice)

        ranked = sorted(voices.values(), key=lambda voice: (-pull(voice), *first(voice)))
        return tuple(first(voice)[1] for voice in ranked if pull(voice))[:5]

    def baseline(self, subject: str, at: int) -> Baseline | None:
        """The longest of 28 d, 7 d, 24 h that, without its last hour, was judged alike and has evidence."""
        mentions = self.standings()[subject]
        shares = self.shares(mentions)
        by_post = {mention.post: mention for mention in mentions}
        hour, *_ = windows = self.windows(subject, at)
        latest = [m for m in mentions if hour.start <= m.event_time < hour.end]
        for window in reversed(windows[2:]):
            before = [m for m in mentions if window.start <= m.event_time < hour.start]
            judged = Counter(m.versions for m in latest or before)
            common = max(judged, key=lambda rules: (judged[rules], rules), default=None)
            if sum(m.versions == common for m in before) * 10 < 9 * len(before):
                continue
            voices: Counter[tuple[int, str]] = Counter()
            for mention in before:
                voices[token(mention, by_post)] += self.weight(mention, shares)
            pairs = [(self.weight(m, shares), Fraction(m.score, 10_000)) for m in before]
            squares = sum((weight**2 for weight in voices.values()), Fraction(0))
            found = score_of(pairs, squares, Fraction(window.prior, 10_000))
            if int(found["evidence"]) >= 5_000:
                shown = {name: int(found[name]) for name in ("score", "low", "high", "evidence")}
                return Baseline(window.window, hour.start, **shown)
        return None

    def windows(self, subject: str, at: int) -> tuple[WindowFigures, ...]:
        mentions = self.standings()[subject]
        shares = self.shares(mentions)
        by_post = {mention.post: mention for mention in mentions}
        found = []
        groups: dict[tuple[int, str], list[Mention]] = defaultdict(list)
        for mention in mentions:
            groups[token(mention, by_post)].append(mention)
        crowds = {key for key, members in groups.items() if crowd(members)}
        for name, length in WINDOWS.items():
            end = (at // PANE + 1) * PANE
            inside = [m for m in mentions if end - length <= m.event_time < end]
            before = [m for m in mentions if m.event_time < end - length]
            past_w, past_ws = self.past.get(subject, (Fraction(0), Fraction(0)))
            for mention in before:
                past_w += self.weight(mention, shares)
                past_ws += self.weight(mention, shares) * Fraction(mention.score, 10_000)
            prior = rounded(past_ws / (past_w + LONG_KAPPA) * 10_000)
            clusters: Counter[tuple[int, str]] = Counter()
            for mention in inside:
                clusters[token(mention, by_post)] += self.weight(mention, shares)
            pairs = [(self.weight(m, shares), Fraction(m.score, 10_000)) for m in inside]
            squares = sum((weight**2 for weight in clusters.values()), Fraction(0))
            standing = score_of(pairs, squares, Fraction(prior, 10_000))
            found.append(
                WindowFigures(
                    window=name,
                    start=end - length,
                    end=end,
                    prior=prior,
                    coordinated=sum(token(m, by_post) in crowds for m in inside),
                    **standing,
                    **proportions(inside),
                )
            )
        return tuple(found)


def names(mention: Mention) -> list[str]:
    return [mention.company, *(f"{mention.company}#{person}" for person in mention.persons)]


def reposts(post: Mention) -> bool:
    return post.kind == "repost" and post.repost_of is not None and post.repost_of != post.post


def token(mention: Mention, by_post: dict[str, Mention]) -> tuple[int, str]:
    """What makes copies of one day one cluster."""
    day = mention.event_time // DAY

    def own(post: Mention) -> tuple[int, str]:
        return day, f"text {post.signature}" if post.signature else f"post {post.post}"

    if not reposts(mention):
        return own(mention)
    original = by_post.get(mention.repost_of or "")
    if original is None or original.event_time // DAY != day or reposts(original):
        return day, f"post {mention.repost_of}"
    return own(original)


def novelty(members: int) -> Fraction:
    together = rounded((1 - Fraction(3, 4) ** members) / Fraction(1, 4) * 10**6)
    return Fraction(rounded(Fraction(together, members)), 10**6)


def score_of(
    pairs: list[tuple[Fraction, Fraction]], squares: Fraction, prior: Fraction
) -> dict[str, int | str]:
    w = sum((weight for weight, _ in pairs), Fraction(0))
    ws = sum((weight * score for weight, score in pairs), Fraction(0))
    mean = ws / w if w else Fraction(0)
    spread = sum((weight * (score - mean) ** 2 for weight, score in pairs), Fraction(0))
    variance = (spread + KAPPA * START_VARIANCE) / (w + KAPPA)
    evidence = rounded(100 * w**2 / squares) if squares else 0
    trust = w / (w + KAPPA)
    error = (1 - trust) ** 2 * variance / KAPPA
    if squares:
        error += trust**2 * variance / (w**2 / squares)
    score = rounded(5_000 * (1 + (ws + KAPPA * prior) / (w + KAPPA)))
    half = least_root(error * (5_000 * Fraction(196, 100)) ** 2)
    return {
        "state": "ok" if evidence >= 100 * MINIMUM else "insufficient",
        "score": score,
        "low": max(0, score - half),
        "high": min(10_000, score + half),
        "evidence": evidence,
        "weight": rounded(1000 * w),
    }


def least_root(value: Fraction) -> int:
    """The least integer whose square is not under `value`."""
    guess = max(0, isqrt(floor(value)) - 1)
    while guess * guess < value:
        guess += 1
    return guess


def four(mentions: list[Mention]) -> tuple[int, int, int, int]:
    counts = Counter(map(outcome, mentions))
    return counts["negative"], counts["neutral"], counts["positive"], counts["unscored"]


def proportions(inside: list[Mention]) -> dict[str, object]:
    by_author = Counter(m.author for m in inside if m.author)
    total = by_author.total()
    negative, _, positive, _ = four(inside)
    modes = Counter()
    for mention in inside:
        for kind, explicit in {(d.kind, d.explicit) for d in mention.disclosures}:
            modes[f"{kind}/{'explicit' if explicit else 'implicit'}/{mention.role}"] += 1
    return {
        "mentions": four(inside),
        "net": rounded(Fraction(10_000 * (positive - negative), positive + negative))
        if positive + negative
        else None,
        "authors": rounded(Fraction(100 * total**2, sum(n**2 for n in by_author.values())))
        if total
        else None,
        "largest_author": rounded(Fraction(10_000 * max(by_author.values()), total)) if total else None,
        "platforms": dict(Counter(m.platform for m in inside)),
        "credibility": dict(Counter(m.credibility for m in inside)),
        "disclosures": dict(modes),
        "rules": dict(Counter(m.versions for m in inside)),
        "cohorts": cohorts(inside),
    }


def cohorts(inside: list[Mention]) -> tuple[Cohort, ...]:
    groups = {role: [m for m in inside if m.role == role] for role in ROLES}
    authors = {role: {m.author for m in group if m.author} for role, group in groups.items() if group}
    folded = {role for role in authors if len(authors[role]) < K}
    while folded and len(set().union(*(authors[role] for role in folded))) < K and len(folded) < len(authors):
        left = [role for role in ROLES if role in authors and role not in folded]
        folded.add(min(left, key=lambda role: len(authors[role])))
    shown = [
        Cohort(role, len(authors[role]), four(groups[role]))
        for role in ROLES
        if role in authors and role not in folded
    ]
    others = set().union(*(authors[role] for role in folded)) if folded else set()
    if len(others) >= K:
        shown.append(Cohort("other", len(others), four([m for m in inside if m.role in folded])))
    return tuple(shown)


def crowd(members: list[Mention]) -> bool:
    """Five authors of originals within an hour, in a cluster of copies."""
    if len(members) < 2:
        return False
    originals = [m for m in members if m.author and not reposts(m)]
    return any(
        len({m.author for m in originals if start.event_time <= m.event_time < start.event_time + HOUR}) >= 5
        for start in originals
    )
