"""Has a company's standing fallen, or does something else only make it look so?

A dip is a fall that chance, within the intervals, does not explain: high < low(baseline) - delta in a short
window, and high < low(baseline) in a long one (as burn-rate alerts do: Beyer et al. 2018, "The Site Reliability
Workbook", chapter 5: the short one says that it goes on, the long one that it matters), each with a minimum
of evidence. The long window moves slowly: by the time it had fallen by delta, everybody would know.

Told apart, in this order, so that each moment of a company has one cause:
outage          nothing has come of any company for a while: no figure says anything new
author-flood    a fall, but one author wrote more than a third of a window
dip             a fall
rules-change    what came lately was judged by other rules than what came before: no like to compare with
volume-collapse a company is hardly spoken of any more, while others are
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from agents.standing.figures import same_rules
from schemas.reputation import HOUR, WINDOWS, Reputation, WindowFigures

Cause = Literal["outage", "author-flood", "dip", "rules-change", "volume-collapse"]
SHORT, LONG, DAILY, MONTHLY = "1h", "6h", "24h", "28d"


@dataclass(frozen=True, slots=True)
class DipSettings:
    """Margins in 1/100 of a point, evidence in 1/100, ratios in 1/10,000, times in milliseconds.

    deploy/prometheus/rules/vigie.yml states the same values; a test compares them.
    """

    delta: int = 800
    short_evidence: int = 800
    long_evidence: int = 2_000
    largest_author: int = 3_333
    outage: int = HOUR
    collapse: int = 2_500  # of the month's daily mean
    collapse_expected: int = 20  # mentions a day under which a silent day is nothing strange


class Diagnosis(NamedTuple):
    """Why a subject's figures want a look at `at`; `margin`: how far the fall goes beyond what makes a dip, 1/100 point."""

    subject: str
    at: int
    cause: Cause
    margin: int


def diagnose(records: Iterable[Reputation], settings: DipSettings) -> list[Diagnosis]:
    """One evaluation: the records of all companies (and persons) at one instant."""
    records = list(records)
    newest = max((record.newest for record in records), default=0)
    found = []
    for record in records:
        fall = _fall(record, settings)
        cause: Cause | None = "outage" if record.at - newest > settings.outage else None
        if cause is None and fall > 0:
            cause = "author-flood" if _flooded(record, settings) else "dip"
        cause = cause or _unlike(record, settings)
        if cause is not None:
            found.append(Diagnosis(_subject(record), record.at, cause, max(0, fall)))
    return found


def _fall(record: Reputation, settings: DipSettings) -> int:
    """How far both windows lie under the baseline, beyond what makes a dip; 0 where that cannot be told."""
    short, long = _window(record, SHORT), _window(record, LONG)
    told = short.evidence >= settings.short_evidence and long.evidence >= settings.long_evidence
    if record.baseline is None or not told:
        return 0
    low = record.baseline.low
    return max(0, min(low - settings.delta - short.high, low - long.high))


def _flooded(record: Reputation, settings: DipSettings) -> bool:
    loudest = (_window(record, name).largest_author or 0 for name in (SHORT, LONG))
    return max(loudest) > settings.largest_author


def _unlike(record: Reputation, settings: DipSettings) -> Cause | None:
    """Causes that leave nothing to compare."""
    day, month = _window(record, DAILY), _window(record, MONTHLY)
    latest = _window(record, SHORT)
    if latest.rules and not same_rules(latest, day):
        return "rules-change"
    days = WINDOWS[MONTHLY] // WINDOWS[DAILY]
    spoken_of = sum(month.mentions) >= settings.collapse_expected * days
    if spoken_of and 10_000 * days * sum(day.mentions) < settings.collapse * sum(month.mentions):
        return "volume-collapse"
    return None


def _window(record: Reputation, name: str) -> WindowFigures:
    return next(window for window in record.windows if window.window == name)


def _subject(record: Reputation) -> str:
    return record.company if record.person is None else f"{record.company}#{record.person}"
