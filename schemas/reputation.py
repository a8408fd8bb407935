"""What is published of a company at one instant: the value of `reputation.v1`, keyed by company.

Everything is an integer (its unit in the field's comment), so the same figures are the same bytes
everywhere. A figure that does not exist (no author known, nothing but neutral posts) is None.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import orjson

from schemas.judged import Label

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# name -> length in milliseconds of event time, shortest first
WINDOWS: dict[str, int] = {"1h": HOUR, "6h": 6 * HOUR, "24h": DAY, "7d": 7 * DAY, "28d": 28 * DAY}
Outcome = Literal["negative", "neutral", "positive", "unscored"]
OUTCOMES: tuple[Outcome, ...] = ("negative", "neutral", "positive", "unscored")
State = Literal["ok", "insufficient"]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Authors of one role ("other": roles too small to be shown, together), never fewer than k."""

    role: str
    authors: int
    mentions: tuple[int, int, int, int]  # by OUTCOMES


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """One company over [`start`, `end`) of event time (epoch milliseconds)."""

    window: str
    start: int
    end: int
    state: State  # "insufficient": the score says little more than the company's past
    score: int  # 0..10,000: hundredths of a point, 5,000 is neutral
    low: int  # 95 % interval about the score, same unit
    high: int
    prior: int  # long-run mean polarity before the window, 1/10,000
    evidence: int  # effective number of independent mentions, 1/100
    weight: int  # sum of credibility x novelty, 1/1,000
    mentions: tuple[int, int, int, int]  # by OUTCOMES
    net: int | None  # (P-N)/(P+N), 1/10,000
    authors: int | None  # effective number of authors, 1/100
    largest_author: int | None  # share of the most active author, 1/10,000
    coordinated: int  # mentions in clusters that many authors posted within a short time
    platforms: dict[str, int]
    credibility: dict[str, int]  # mentions by class of source
    disclosures: dict[str, int]  # mentions by "kind/mode/role" disclosed at least once
    rules: dict[str, int]  # mentions by hash of the versions that judged them
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the last hour is to be compared with: `window` without its last hour (ends at `end`), the
    longest one with evidence enough that nearly the same rules judged. Units as in WindowFigures."""

    window: str
    end: int
    score: int
    low: int
    high: int
    evidence: int


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """`first` and `last` are the outermost offsets of an origin that were judged under the versions whose
    hash is `rules`. Runs overlap where a judge started anew, and one lies within another where versions
    were changed and changed back."""

    first: int
    last: int
    rules: str


@dataclass(frozen=True, slots=True)
class Origin:
    """How far one partition of posts.v1 (`topic/partition`) is in the figures: everything below `offset`,
    and of the record at `offset` what concerns `companies` ("" stands for its retraction).

    `runs`, in order: by which versions what concerned these figures' partition was judged.
    """

    partition: str
    offset: int
    companies: tuple[str, ...]
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Reputation:
    """One company (or one opted-in person within it) as of `at`, from what `offset` had brought.

    `evidence` names the posts that moved the 24-hour score most. `previous` is the SHA-256 (hex) of
    the company's record before this one (of the person's, for a person): a chain that shows any later
    change. `origins` are what the figures rest on: with them they can be worked out again.
    """

    company: str
    person: str | None
    at: int
    watermark: int
    offset: int  # last offset of the mentions.v1 partition that is in these figures
    newest: int  # event time of the newest mention
    late: int  # mentions so far that came after their day was sealed
    versions: dict[str, str]
    windows: tuple[WindowFigures, ...]
    evidence: tuple[str, ...] = ()
    baseline: Baseline | None = None  # None: too little past, or the rules have changed since
    previous: str | None = None
    origins: tuple[Origin, ...] = ()


def encode(record: Reputation) -> bytes:
    """The one way to write `record`: JSON with sorted keys."""
    return orjson.dumps(asdict(record), option=orjson.OPT_SORT_KEYS)


def decode(raw: bytes) -> Reputation:
    """Inverse of `encode`; ValueError, KeyError or TypeError if `raw` is no such record."""
    fields: dict[str, Any] = orjson.loads(raw)
    fields["windows"] = tuple(_window(window) for window in fields["windows"])
    fields["evidence"] = tuple(fields["evidence"])
    fields["origins"] = tuple(_origin(origin) for origin in fields.get("origins", ()))
    baseline = fields.get("baseline")
    fields["baseline"] = None if baseline is None else Baseline(**baseline)
    return Reputation(**fields)


def _window(fields: dict[str, Any]) -> WindowFigures:
    cohorts = tuple(
        Cohort(cohort["role"], cohort["authors"], tuple(cohort["mentions"])) for cohort in fields["cohorts"]
    )
    return WindowFigures(**{**fields, "mentions": tuple(fields["mentions"]), "cohorts": cohorts})


def _origin(fields: dict[str, Any]) -> Origin:
    runs = tuple(Run(**run) for run in fields["runs"])
    return Origin(**{**fields, "companies": tuple(fields["companies"]), "runs": runs})


def outcome(label: Label, *, scored: bool) -> Outcome:
    """What a mention counts as: its label, or "unscored" where the label is no finding."""
    return label if scored else "unscored"
