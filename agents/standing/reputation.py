"""What is a company's standing over a window, and how sure is that? Integer formulas, rounding stated.

Scales: polarity 1/10^4, w = credibility x novelty 1/10^9, published score 1/100 of a point on 0..100.
Every quotient is rounded half up once, when it is published; `low` and `high` are rounded outward.

Prior     mu = sum(ws) / (sum(w) + kappa0) over all the ledger knows before the window (sealed days
          included): an empirical-Bayes shrinkage to 0 (Efron & Morris 1975). Rounded to 1/10^4 and published.
Score     S = (sum(ws) + kappa*mu) / (sum(w) + kappa): Buehlmann's credibility estimator (Buehlmann 1967) with
          kappa mentions' worth of trust in the past; silence drifts to mu. Shown as 50 (1 + S).
Evidence  n_eff = (sum w)^2 / sum W^2 (Kish 1965), W the weight of a cluster of copies, which is one voice.
Variance  v = (sum(w (s-m)^2) + kappa*v0) / (sum(w) + kappa), m the weighted mean, v0 = 1/4 a variance to
          start from, so that one lone mention is not taken for certainty.
Error     SE^2 = B^2 v / n_eff + (1-B)^2 v / kappa, B = sum(w) / (sum(w) + kappa): the mean squared error of
          the shrunk estimator when companies stray from mu with variance v / kappa. With equal weights
          of 1 it is v / (n + kappa), the posterior variance of the normal model.
Interval  S -+ 1.96 SE (95 %, normal), within 0..100.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from agents.measuring.panes import Sums
from schemas.reputation import State

W = 10**9  # weight 1
S = 10**4  # polarity 1
POINTS = 10**4  # the published range, 0..100 in 1/100


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """`kappa`, `long_kappa` in 1/1,000 of a fully credible mention; `minimum` of evidence in 1/100."""

    kappa: int = 5_000
    long_kappa: int = 20_000
    minimum: int = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A score with its interval (1/100 of a point), prior (1/10^4) and evidence (1/100)."""

    state: State
    score: int
    low: int
    high: int
    prior: int
    evidence: int


def prior_of(past: Sums, settings: ScoreSettings) -> int:
    """Long-run mean polarity, 1/10^4."""
    return half_up(past.polarity, past.weight + settings.long_kappa * (W // 1000))


def standing(window: Sums, prior: int, settings: ScoreSettings) -> Standing:
    kappa = settings.kappa * (W // 1000)
    total = window.weight + kappa
    score = half_up(POINTS * (S * total + window.polarity + kappa * prior), 2 * S * total)
    evidence = half_up(100 * window.weight**2, window.weight_squares) if window.weight else 0
    half = _half_width(window, kappa)
    return Standing(
        "ok" if evidence >= settings.minimum else "insufficient",
        score,
        max(0, score - half),
        min(POINTS, score + half),
        prior,
        evidence,
    )


def _half_width(window: Sums, kappa: int) -> int:
    """1.96 SE in 1/100 of a point, rounded up.

    With T = sum(w) + kappa: v = (sum(ws^2) - sum(ws)^2/sum(w) + kappa/4) / T and
    SE^2 = v (sum(W^2) + kappa) / T^2, since B^2 / n_eff = sum(W^2) / T^2 and (1-B)^2 / kappa = kappa / T^2
    (kappa and W as plain numbers).
    """
    weight, total = window.weight, window.weight + kappa
    spread = 4 * window.polarity_squares + kappa * S * S
    if weight:
        spread = spread * weight - 4 * window.polarity**2
    # 1.96 * (POINTS / 2 points a unit of polarity) / S, squared, is 98^2 / 100^2 for POINTS = S
    numerator = 98**2 * spread * (window.weight_squares + kappa * W)
    denominator = 100**2 * 4 * total**3 * (weight or 1)
    return ceil_sqrt(numerator, denominator)


def half_up(numerator: int, denominator: int) -> int:
    """Nearest integer to a quotient (denominator > 0), halves toward +infinity."""
    return (2 * numerator + denominator) // (2 * denominator)


def ceil_sqrt(numerator: int, denominator: int) -> int:
    """Least integer not under the square root of a quotient >= 0."""
    root = isqrt(-(-numerator // denominator))
    return root if root * root * denominator >= numerator else root + 1
