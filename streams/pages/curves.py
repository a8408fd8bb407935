"""Curves as the path data of inline SVG: the score's line, with gaps where there is too little evidence, and its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from schemas.reputation import HOUR

Point = tuple[int, int, int, int, bool]  # at (epoch ms), score, low, high (1/100 of a point), enough evidence
GAP = 3 * HOUR  # without a record for longer, the line breaks


@dataclass(frozen=True, slots=True)
class Curve:
    """Paths for a view box of `width` x `height`; `last` is the newest point's place."""

    width: int
    height: int
    line: str
    band: str
    last: tuple[float, float]
    start: int
    end: int
    bottom: int  # of the value axis, in points
    top: int


def curve(points: Sequence[Point], width: int, height: int, span: tuple[int, int] = (0, 100)) -> Curve | None:
    """None for no points; `span`: least and greatest value shown, in points."""
    if not points:
        return None
    start, end = points[0][0], points[-1][0]
    bottom, top = span

    def x(at: int) -> float:
        return round(width * (at - start) / (end - start), 1) if end > start else float(width)

    def y(value: int) -> float:
        within = min(max(value / 100, bottom), top)
        return round(height * (top - within) / (top - bottom), 1)

    lines, bands = [], []
    for run in _runs(points):
        upper = [f"{x(at)} {y(high)}" for at, _, _, high, _ in run]
        lower = [f"{x(at)} {y(low)}" for at, _, low, _, _ in reversed(run)]
        bands.append(f"M{'L'.join(upper + lower)}Z")
        for enough, part in groupby(run, key=lambda point: point[4]):
            if enough:
                lines.append("M" + "L".join(f"{x(at)} {y(score)}" for at, score, *_ in part))
    at, score, *_ = points[-1]
    return Curve(width, height, "".join(lines), "".join(bands), (x(at), y(score)), start, end, bottom, top)


def around(points: Sequence[Point]) -> tuple[int, int]:
    """A value axis of tens that holds every interval."""
    low = min((low for _, _, low, _, _ in points), default=0)
    high = max((high for _, _, _, high, _ in points), default=10_000)
    return max(0, low // 1000 * 10), min(100, -(-high // 1000) * 10)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    runs: list[list[Point]] = []
    for point in points:
        if runs and point[0] - runs[-1][-1][0] <= GAP:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs
