"""What an audit makes of two figures."""

from dataclasses import replace

import pytest
from worlds import START, mention

from agents.measure import Measure, MeasureSettings
from agents.proving.comparison import Cause, compare, differences_of
from schemas.reputation import HOUR, Reputation


@pytest.fixture
def published() -> Reputation:
    measure = Measure(MeasureSettings())
    measure.fold([(0, mention("t:1")), (1, mention("t:2", author="a2"))], now=START + HOUR)
    return measure.figures(START)[0]


def rescored(record: Reputation, **fields: int) -> Reputation:
    day = record.windows[2]
    return replace(record, windows=(*record.windows[:2], replace(day, **fields), *record.windows[3:]))


def test_the_same_figures_are_identical_wherever_they_lay(published: Reputation) -> None:
    elsewhere = replace(
        published, offset=99, previous="0" * 64, versions={**published.versions, "rules": "x"}
    )
    finding = compare(published, elsewhere, (0, 1), [])
    assert (finding.outcome, finding.differences, finding.causes) == ("identical", (), ())


def test_a_difference_without_a_cause_is_unexplained_and_named(published: Reputation) -> None:
    finding = compare(published, rescored(published, score=1), (0, 1), [])
    assert finding.outcome == "unexplained"
    assert [found.field for found in finding.differences] == ["windows.24h.score"]
    assert finding.differences[0].recomputed == 1
    assert finding.causes[0].name == "tampering"


def test_a_known_cause_explains_a_difference_and_is_silent_without_one(published: Reputation) -> None:
    cause = Cause("versions", "version v1 is not kept")
    assert compare(published, rescored(published, score=1), (0, 1), [cause]).outcome == "explained"
    assert compare(published, published, (0, 1), [cause]).causes == ()


def test_tampering_is_told_even_where_the_figures_agree(published: Reputation) -> None:
    finding = compare(published, published, (0, 1), [Cause("tampering", "the next record names another")])
    assert finding.outcome == "unexplained"


def test_another_arithmetic_explains(published: Reputation) -> None:
    other = replace(rescored(published, score=1), versions={**published.versions, "arithmetic": "0"})
    assert compare(published, other, (0, 1), []).causes[0].name == "arithmetic"


def test_late_posts_explain_the_long_run_and_nothing_else(published: Reputation) -> None:
    late = replace(rescored(published, prior=9, score=9), late=2)
    assert compare(published, late, (0, 1), []).causes[0].name == "late-posts"
    counted = replace(rescored(published, weight=9), late=2)
    assert compare(published, counted, (0, 1), []).outcome == "unexplained"


def test_figures_that_posts_do_not_give_are_unexplained(published: Reputation) -> None:
    assert compare(published, None, (0, 1), []).outcome == "unexplained"
    assert len(list(differences_of(published, None))) == 1
