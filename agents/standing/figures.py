"""From a pane to what is published of a window: the standing, and everything that puts it in proportion."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from agents.measuring.contributions import Names, Profile, profile_of
from agents.measuring.panes import PANE, Pane, Sums, pane_of
from agents.measuring.windows import Timeline
from agents.standing.authors import concentration
from agents.standing.cohorts import cohorts_of
from agents.standing.evidence import Moved, most_moving
from agents.standing.reputation import ScoreSettings, W, half_up, prior_of, standing
from schemas.reputation import OUTCOMES, WINDOWS, Baseline, WindowFigures

EVIDENCE_WINDOW = "24h"
BASELINE_WINDOWS = ("24h", "7d", "28d")
BASELINE_EVIDENCE = 5_000  # 1/100
SAME_RULES = 9_000  # 1/10,000 of what came before the last hour


@dataclass(frozen=True, slots=True)
class Counts:
    """A pane's mentions by what can be counted of them."""

    mentions: tuple[int, int, int, int]
    platforms: dict[str, int]
    credibility: dict[str, int]
    disclosures: dict[str, int]
    rules: dict[str, int]
    roles: dict[str, tuple[int, int, int, int]]


class Reading(NamedTuple):
    """A subject at one instant: its windows, and the posts that moved the 24-hour score most (None: not asked)."""

    windows: tuple[WindowFigures, ...]
    moved: tuple[Moved, ...] | None
    baseline: Baseline | None

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(found.post for found in self.moved or ())


class Figures:
    """Reads timelines; remembers how profiles spell out."""

    def __init__(self, names: Names, score: ScoreSettings, smallest_cohort: int) -> None:
        self._names = names
        self._score = score
        self._smallest_cohort = smallest_cohort
        self._profiles: dict[bytes, Profile] = {}

    def read(self, timeline: Timeline, sealed: Sums, at: int, *, evidence: bool = True) -> Reading:
        """All windows of a subject as of event time `at`; `sealed`: its mentions of sealed days; `evidence`: whether
        to look for the posts that moved the score, which takes a walk through all of the last day's."""
        high = pane_of(at) + 1
        whole, after = timeline.whole.sums(), timeline.after(high)
        known_weight = sealed.weight + whole.weight - after.weight
        known_polarity = sealed.polarity + whole.polarity - after.polarity
        figures = []
        moved: tuple[Moved, ...] | None = None
        for name, length in WINDOWS.items():
            pane = timeline.window(name, at)
            sums = pane.weights.sums()
            past = Sums(known_weight - sums.weight, 0, known_polarity - sums.polarity, 0)
            prior = prior_of(past, self._score)
            figures.append(self._window(name, high * PANE - length, high * PANE, pane, sums, prior))
            if evidence and name == EVIDENCE_WINDOW:
                bodies = timeline.between(high - length // PANE, high)
                moved = most_moving(bodies, timeline.clusters.of, prior)
        return Reading(tuple(figures), moved, self._baseline(timeline, figures, at))

    def _baseline(self, timeline: Timeline, figures: list[WindowFigures], at: int) -> Baseline | None:
        """The longest window that, without its last hour, compares like with like."""
        latest = timeline.window(figures[0].window, at).weights
        for whole in reversed(figures):
            if whole.window in BASELINE_WINDOWS and same_rules(figures[0], whole):
                past = timeline.window(whole.window, at).weights.sums_without(latest)
                found = standing(past, whole.prior, self._score)
                if found.evidence >= BASELINE_EVIDENCE:
                    return Baseline(
                        whole.window, figures[0].start, found.score, found.low, found.high, found.evidence
                    )
        return None

    def _window(self, name: str, start: int, end: int, pane: Pane, sums: Sums, prior: int) -> WindowFigures:
        stand = standing(sums, prior, self._score)
        counts = self._counts(pane)
        negative, _, positive, _ = counts.mentions
        authors = concentration(pane.authors)
        return WindowFigures(
            window=name,
            start=start,
            end=end,
            state=stand.state,
            score=stand.score,
            low=stand.low,
            high=stand.high,
            prior=prior,
            evidence=stand.evidence,
            weight=half_up(sums.weight, W // 1000),
            mentions=counts.mentions,
            net=half_up(10_000 * (positive - negative), positive + negative) if positive + negative else None,
            authors=half_up(100 * authors.total**2, authors.squares) if authors.total else None,
            largest_author=half_up(10_000 * authors.largest, authors.total) if authors.total else None,
            coordinated=sum(raw.n for cluster, raw in pane.weights.clusters.items() if cluster.coordinated),
            platforms=counts.platforms,
            credibility=counts.credibility,
            disclosures=counts.disclosures,
            rules=counts.rules,
            cohorts=cohorts_of(counts.roles, pane.authors, self._smallest_cohort),
        )

    def _counts(self, pane: Pane) -> Counts:
        mentions = [0] * len(OUTCOMES)
        roles: dict[str, list[int]] = {}
        platforms: Counter[str] = Counter()
        credibility: Counter[str] = Counter()
        disclosures: Counter[str] = Counter()
        rules: Counter[str] = Counter()
        for packed, count in pane.profiles.items():
            profile = self._profiles.get(packed)
            if profile is None:
                profile = self._profiles[packed] = profile_of(packed, self._names)
            outcome = OUTCOMES.index(profile.outcome)
            mentions[outcome] += count
            roles.setdefault(profile.role, [0] * len(OUTCOMES))[outcome] += count
            platforms[profile.platform] += count
            credibility[profile.credibility] += count
            rules[profile.rules] += count
            for kind, explicit in profile.disclosures:
                disclosures[f"{kind}/{'explicit' if explicit else 'implicit'}/{profile.role}"] += count
        return Counts(
            _four(mentions), dict(platforms), dict(credibility), dict(disclosures), dict(rules),
            {role: _four(counts) for role, counts in roles.items()},
        )  # fmt: skip


def same_rules(latest: WindowFigures, whole: WindowFigures) -> bool:
    """Whether what came before `latest` was nearly all judged as most of `latest` was (or most of the
    whole, where nothing came lately)."""
    rules = max((latest.rules or whole.rules).items(), key=lambda item: (item[1], item[0]), default=("", 0))[
        0
    ]
    alike = whole.rules.get(rules, 0) - latest.rules.get(rules, 0)
    return 10_000 * alike >= SAME_RULES * (sum(whole.mentions) - sum(latest.mentions))


def _four(counts: list[int]) -> tuple[int, int, int, int]:
    negative, neutral, positive, unscored = counts
    return negative, neutral, positive, unscored
