"""Quiet weeks do not cry wolf; a crisis is seen at once; a flood, an outage and new rules are not taken for one."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from weeks import rhythm, talk, usual
from worlds import START, mention

from agents.standing.dips import DipSettings
from schemas.mention import Mention
from schemas.reputation import DAY, HOUR, MINUTE
from streams.backtest import Alert, alerts_of, measured

EVERY = 5 * MINUTE
CRISIS = 30 * DAY + 14 * HOUR  # after START


def alerts(mentions: Iterable[Mention], every: int = EVERY, since: int = 0) -> list[Alert]:
    """What would have fired, evaluated every `every` milliseconds from `since` after START on."""
    return alerts_of(measured(mentions, every, START + since), DipSettings())


def causes(found: list[Alert], subject: str = "orange") -> set[str]:
    return {alert.cause for alert in found if alert.subject == subject}


def merged(*streams: Iterable[Mention]) -> Iterable[Mention]:
    return heapq.merge(*streams, key=lambda one: one.event_time)


@pytest.mark.timeout(240)
def test_a_hundred_quiet_weeks_give_at_most_one_false_alert() -> None:
    """Half the usual volume, and an evaluation every three hours, to be quick."""
    found = alerts(talk(3, 0, 100 * 7 * DAY, rate=lambda at: rhythm(at) / 2), every=3 * HOUR)
    counted = Counter(alert.cause for alert in found)
    print(f"100 quiet weeks: {dict(counted)}")
    assert (
        counted["dip"] + counted["author-flood"] + counted["rules-change"] + counted["volume-collapse"] <= 1
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_scripted_dip_fires_within_two_evaluations(seed: int) -> None:
    """Fifteen times the talk, most of it negative: at the latest ten minutes later it is told."""
    quiet = talk(seed, 0, CRISIS)
    crisis = talk(seed + 100, CRISIS, CRISIS + HOUR, mood=lambda _: 0.85, rate=lambda at: 15 * rhythm(at))
    found = alerts(merged(quiet, crisis), since=CRISIS - DAY)
    assert causes(found) == {"dip"}
    assert START + CRISIS < found[0].fired <= START + CRISIS + 2 * EVERY
    assert found[0].last == START + CRISIS + HOUR


def test_a_flood_by_one_account_is_told_as_one() -> None:
    """Different texts, so that novelty does not stop them."""
    flood = [
        mention(
            f"flood:{n}", at=START + CRISIS + n * MINUTE // 2, author="f" * 32, label="negative", score=-9_000
        )
        for n in range(150)
    ]
    found = alerts(merged(talk(5, 0, CRISIS + 2 * HOUR), flood), since=CRISIS - DAY)
    assert causes(found) == {"author-flood"}


def test_a_flood_of_copies_moves_nothing() -> None:
    flood = [
        mention(
            f"flood:{n}", at=START + CRISIS + n * MINUTE // 2, author=f"{n % 40:032x}", signature="aa",
            label="negative", score=-9_000,
        )
        for n in range(150)
    ]  # fmt: skip
    assert causes(alerts(merged(talk(5, 0, CRISIS + 2 * HOUR), flood), since=CRISIS - DAY)) == set()


def test_an_outage_is_no_dip() -> None:
    before, after = talk(6, 0, CRISIS), talk(7, CRISIS + 9 * HOUR, CRISIS + 12 * HOUR)
    found = alerts(merged(before, after), since=CRISIS - DAY)
    assert causes(found) == {"outage"}
    (outage,) = found
    assert START + CRISIS + HOUR <= outage.fired <= START + CRISIS + HOUR + 3 * EVERY


def test_one_company_falling_silent_is_told_from_an_outage() -> None:
    found = alerts(
        merged(talk(8, 0, CRISIS), talk(9, 0, CRISIS + 2 * DAY, company="air-vigie")),
        every=HOUR,
        since=CRISIS - DAY,
    )
    assert causes(found) == {"volume-collapse"}
    assert causes(found, "air-vigie") == set()


def test_new_rules_that_see_everything_darker_are_no_dip() -> None:
    before = talk(10, 0, CRISIS)
    after = (
        replace(one, versions="v2")
        for one in talk(11, CRISIS, CRISIS + 3 * DAY, mood=lambda at: usual(at) + 0.3)
    )
    assert causes(alerts(merged(before, after), since=CRISIS - DAY)) == {"rules-change"}
