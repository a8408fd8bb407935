from __future__ import annotations

from dataclasses import replace

import pytest

from agents.measuring.panes import Sums
from agents.standing.reputation import S, ScoreSettings, W, ceil_sqrt, half_up, prior_of, standing
from schemas.reputation import Reputation, WindowFigures, decode, encode

SETTINGS = ScoreSettings()


def sums(*polarities: int, weight: int = W) -> Sums:
    """Lone mentions of equal weight."""
    n, total = len(polarities), sum(polarities)
    squares = sum(s * s for s in polarities)
    return Sums(n * weight, n * weight**2, weight * total, weight * squares)


def test_silence_is_the_prior_and_says_so() -> None:
    silent = standing(Sums(), 2_000, SETTINGS)
    assert (silent.state, silent.score, silent.evidence) == ("insufficient", 6_000, 0)
    # v = 1/4, SE^2 = v / kappa = 1/20: 50 * 1.96 * sqrt(0.05) = 21.92 points, rounded outward
    assert (silent.low, silent.high) == (6_000 - 2_192, 6_000 + 2_192)


def test_ten_glad_mentions_by_hand() -> None:
    glad = standing(sums(*[S] * 10), 0, SETTINGS)
    # S = 10 / 15, v = (5/4) / 15, SE^2 = v / 15 = 1/180
    assert (glad.state, glad.score, glad.evidence) == ("ok", 8_333, 1_000)
    assert (glad.low, glad.high) == (8_333 - 731, 8_333 + 731)


def test_the_interval_stays_on_the_scale() -> None:
    assert standing(sums(*[S] * 10), S, SETTINGS).high == 10_000
    assert standing(sums(*[-S] * 10), -S, SETTINGS).low == 0


def test_more_evidence_narrows_and_copies_are_no_evidence() -> None:
    few, many = (standing(sums(*[3_000, -3_000] * n), 0, SETTINGS) for n in (3, 300))
    assert many.high - many.low < few.high - few.low
    lone = sums(*[3_000] * 4)
    one_voice = replace(lone, weight_squares=lone.weight**2)
    assert standing(one_voice, 0, SETTINGS).evidence == 100
    assert standing(one_voice, 0, SETTINGS).high > standing(lone, 0, SETTINGS).high


def test_the_prior_is_shrunk_to_neutral() -> None:
    assert prior_of(Sums(), SETTINGS) == 0
    assert prior_of(sums(*[S] * 20), SETTINGS) == 5_000
    assert prior_of(sums(*[-S] * 20_000), SETTINGS) == -9_990


@pytest.mark.parametrize(("n", "d", "expected"), [(1, 2, 1), (-1, 2, 0), (-3, 2, -1), (7, 3, 2), (0, 5, 0)])
def test_halves_go_up(n: int, d: int, expected: int) -> None:
    assert half_up(n, d) == expected


@pytest.mark.parametrize(("n", "d", "expected"), [(0, 1, 0), (9, 1, 3), (10, 1, 4), (1, 9, 1), (82, 9, 4)])
def test_roots_go_up(n: int, d: int, expected: int) -> None:
    assert ceil_sqrt(n, d) == expected


def record(company: str, weight: int, person: str | None = None) -> Reputation:
    window = WindowFigures(
        window="1h", start=0, end=1, state="ok", score=5_000, low=4_000, high=6_000, prior=0, evidence=900,
        weight=weight, mentions=(1, 2, 3, 4), net=None, authors=None, largest_author=None, coordinated=0,
        platforms={"twitter": 10}, credibility={}, disclosures={}, rules={}, cohorts=(),
    )  # fmt: skip
    return Reputation(company, person, 1, 1, 0, 1, 0, {"arithmetic": "1"}, (window,))


def test_a_record_reads_back_and_its_bytes_are_one() -> None:
    published = record("a", 3_000, "chief")
    assert decode(encode(published)) == published
    assert encode(decode(encode(published))) == encode(published)
