"""Weeks of talk about one company: a day's rhythm, moods that wander a little, reposts, a few loud authors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import pi, sin
from random import Random

from worlds import START, mention

from schemas.mention import Mention
from schemas.reputation import DAY, HOUR

SCORES = {"negative": -6_000, "neutral": 500, "positive": 6_000}
Mood = Callable[[int], float]  # event time -> probability of a negative post
Rate = Callable[[int], float]  # event time -> posts an hour


def rhythm(at: int) -> float:
    """20 posts an hour in the mean: few at night, many in the evening."""
    return 20 * (1 + 0.7 * sin(2 * pi * (at % DAY) / DAY - 2))


def usual(at: int) -> float:
    return 0.25


def talk(
    seed: int, start: int, end: int, *, mood: Mood = usual, rate: Rate = rhythm, company: str = "orange"
) -> Iterator[Mention]:
    """Mentions of [start, end) in order of event time (milliseconds from START)."""
    rng = Random(seed)
    at, hour, sway = start, -1, 0.0
    number = 0
    while True:
        at += int(rng.expovariate(rate(at)) * HOUR) + 1
        if at >= end:
            return
        if at // HOUR != hour:
            hour, sway = (
                at // HOUR,
                rng.gauss(0, 0.04),
            )  # moods are catching: more than chance from post to post
        number += 1
        negative = min(0.95, max(0.02, mood(at) + sway))
        label = "negative" if rng.random() < negative else rng.choice(("neutral", "neutral", "positive"))
        repost = rng.random() < 0.1
        yield mention(
            f"{company}:{seed}:{number}",
            company,
            START + at,
            label=label,
            score=SCORES[label] + rng.randint(-3_000, 3_000),
            weight=rng.choice((500, 800, 1_000)),
            kind="repost" if repost else "post",
            repost_of=f"{company}:{seed}:{max(1, number - rng.randint(1, 5))}" if repost else None,
            author=f"{int(2_000 * rng.random() ** 2):032x}",
        )
