"""What the page asks of its index: how companies stand, how one's score went, and which posts moved it most.

The ranking is that of `agents.standing.evidence` over any range: voices by |w (s - mu)|, copies of one day taken together,
with the novelty of `agents.measuring.novelty`. Said in points: their part of 50 (S - mu).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from agents.measuring.novelty import SHARE, share
from agents.measuring.panes import PANE
from agents.standing.reputation import ScoreSettings
from schemas.correction import Correction, decode_correction
from schemas.reputation import DAY, WINDOWS, State

FILTERS = ("role", "platform", "label", "language", "kind")  # `kind`: of what is disclosed
_KAPPA = ScoreSettings().kappa * SHARE

_NAMED = """
WITH named AS (
    SELECT *, time / :day AS day, CASE WHEN repost_of IS NULL THEN coalesce(signature, post) ELSE coalesce((
        SELECT coalesce(o.signature, o.post) FROM mention o WHERE o.company = m.company AND o.post = m.repost_of
        AND o.repost_of IS NULL AND o.time / :day = m.time / :day), repost_of) END AS token
    FROM mention m WHERE company = :company AND time >= :first AND time < :beyond
), counted AS MATERIALIZED (SELECT *, count(*) OVER (PARTITION BY day, token) AS members FROM named)
"""


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a company as it was published; units as in schemas.reputation.WindowFigures."""

    state: State
    score: int
    low: int
    high: int
    prior: int
    weight: int
    mentions: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A company's figures as of `at` (epoch ms), and where in reputation.v1 they stand."""

    company: str
    at: int
    windows: dict[str, Window]
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Range:
    """Event time from `start` to `end` (epoch ms, excluded)."""

    start: int
    end: int

    @property
    def window(self) -> str:
        """The published window that is nearest in length."""
        return min(WINDOWS, key=lambda name: abs(WINDOWS[name] - (self.end - self.start)))


@dataclass(frozen=True, slots=True)
class Voice:
    """A post, or copies of one shown by the earliest; `points` is how far it moved the range's score."""

    company: str
    post: str
    version: int
    time: int
    platform: str
    kind: str
    language: str
    role: str
    label: str
    score: int
    weight: int  # of all copies together: credibility x novelty, 1/1,000
    credibility: str
    author: str | None
    register: str
    found_by: str
    disclosures: tuple[tuple[str, bool, int, int], ...]
    rules: str
    partition: int
    offset: int
    copies: int
    points: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The voices asked for, in order; `voices` of all that pass the filters, `mentions` in the range."""

    shown: list[Voice]
    voices: int
    mentions: int
    choices: dict[str, dict[str, int]] = field(
        default_factory=dict
    )  # filter -> value -> mentions in the range


def last_of(at: int, length: int) -> Range:
    """The window of `length` as it stands at `at`: panes, the last of which holds `at`."""
    end = (at // PANE + 1) * PANE
    return Range(end - length, end)


def newest(index: sqlite3.Connection) -> list[Standing]:
    """Each company's last figures."""
    rows = index.execute(
        "SELECT company, max(step), at, windows, partition, offset FROM standing GROUP BY company"
    )
    return [_standing(company, *rest) for company, _, *rest in rows]


def in_force(index: sqlite3.Connection, company: str, at: int) -> Standing | None:
    """What was published last before `at`; the company's first record where all came later."""
    columns = "SELECT company, at, windows, partition, offset FROM standing WHERE company = ?"
    row = index.execute(f"{columns} AND at <= ? ORDER BY step DESC LIMIT 1", (company, at)).fetchone()
    row = row or index.execute(f"{columns} ORDER BY step LIMIT 1", (company,)).fetchone()
    return None if row is None else _standing(*row)


def history(index: sqlite3.Connection, company: str, window: str, within: Range) -> list[tuple[int, Window]]:
    """Instants and figures over `within`."""
    rows = index.execute(
        "SELECT at, windows FROM standing WHERE company = ? AND at BETWEEN ? AND ? ORDER BY step",
        (company, within.start, within.end),
    )
    return [(at, _window(orjson.loads(windows)[window])) for at, windows in rows]


def evidence(  # every name put into the questions is one of ours; what people chose is bound
    index: sqlite3.Connection, company: str, within: Range, chosen: dict[str, str], prior: int, *,
    limit: int, skip: int = 0,
) -> Evidence:  # fmt: skip
    """The posts of `company` that moved the score of `within` most; `chosen`: filter -> value."""
    index.create_function("share", 1, share, deterministic=True)
    asked = {
        "company": company, "start": within.start, "end": within.end, "day": DAY, "prior": prior,
        "first": within.start // DAY * DAY, "beyond": -(-within.end // DAY) * DAY,
    }  # fmt: skip
    inside = "time >= :start AND time < :end"
    total, mentions = index.execute(
        f"{_NAMED} SELECT sum(share(members) * weight), count(*) FROM counted WHERE {inside}",
        asked,
    ).fetchone()
    passing = " AND ".join([inside, *(_condition(name) for name in FILTERS if name in chosen)])
    asked |= {
        name: f"% {chosen[name]} %" if name == "kind" else chosen[name] for name in FILTERS if name in chosen
    }
    cursor = index.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(
        f"""{_NAMED}, voice AS (
            SELECT *, min(time) AS earliest, count(*) AS here, sum(weight) AS together,
                share(members) * sum(weight * (score - :prior)) AS pull
            FROM counted WHERE {passing} GROUP BY day, token)
        SELECT company, post, version, time, platform, kind, language, role, label, score, share(members) * together AS weight,
            credibility, author, register, found_by, disclosures, rules, partition, offset, here AS copies, pull,
            count(*) OVER () AS voices
        FROM voice ORDER BY abs(pull) DESC, time, post LIMIT {int(limit)} OFFSET {int(skip)}""",
        asked,
    ).fetchall()
    scale = 50 / 10_000 / ((total or 0) + _KAPPA)
    shown = [_voice(row, scale) for row in rows]
    return Evidence(shown, rows[0]["voices"] if rows else 0, mentions, _choices(index, asked, inside))


def voice(index: sqlite3.Connection, company: str, post: str) -> Voice | None:
    """One post as it was judged toward `company`, by itself."""
    cursor = index.cursor()
    cursor.row_factory = sqlite3.Row
    row = cursor.execute(
        """SELECT company, post, version, time, platform, kind, language, role, label, score, weight * :share AS weight,
            credibility, author, register, found_by, disclosures, rules, partition, offset, 1 AS copies, 0 AS pull
        FROM mention WHERE company = :company AND post = :post""",
        {"company": company, "post": post, "share": SHARE},
    ).fetchone()
    return None if row is None else _voice(row, 0.0)


def correction(index: sqlite3.Connection, company: str, post: str, version: int) -> Correction | None:
    """What was said last of a version of a post."""
    row = index.execute(
        "SELECT said FROM correction WHERE company = ? AND post = ? AND version = ?", (company, post, version)
    ).fetchone()
    return None if row is None else decode_correction(row[0])


def _condition(name: str) -> str:
    return "' ' || kinds || ' ' LIKE :kind" if name == "kind" else f"{name} = :{name}"


def _choices(index: sqlite3.Connection, asked: dict[str, object], inside: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name in FILTERS:
        column = "kinds" if name == "kind" else name
        rows = index.execute(
            f"SELECT {column}, count(*) FROM mention WHERE company = :company AND {inside} GROUP BY 1 ORDER BY 2 DESC",
            asked,
        )
        counts: dict[str, int] = {}
        for value, count in rows:
            for one in value.split() if name == "kind" else (value,):
                counts[one] = counts.get(one, 0) + count
        found[name] = counts
    return found


def _voice(row: sqlite3.Row, scale: float) -> Voice:
    given = {name: row[name] for name in row.keys() if name not in {"pull", "voices"}}  # noqa: SIM118 - a Row
    given["weight"] //= SHARE
    given["disclosures"] = tuple(
        (kind, explicit, start, end) for kind, explicit, start, end in orjson.loads(row["disclosures"])
    )
    return Voice(**given, points=row["pull"] * scale)


def _standing(company: str, at: int, windows: bytes, partition: int, offset: int) -> Standing:
    named = {name: _window(fields) for name, fields in orjson.loads(windows).items()}
    return Standing(company, at, named, partition, offset)


def _window(fields: Sequence[Any]) -> Window:
    state, score, low, high, prior, weight, *mentions = fields
    return Window(state, score, low, high, prior, weight, (*mentions,))
