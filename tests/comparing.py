"""An exposition against the recomputation, series by series, to the last digit."""

from __future__ import annotations

from pathlib import Path

from recomputed import differences, expected_series, recomputed
from watching import Series, total


def assert_equal_to_the_recomputation(
    found: Series, lines: list[bytes], watchlist: Path, home: Path, *, repeats: bool = False
) -> None:
    """`found` is what a watch over `home` shows of `lines`, all of them and nothing else; with `repeats`
    some lines may have entered twice, which counts of records show and figures do not."""
    truth = recomputed(lines, (watchlist,), home)
    at = round(total(found, "vigie_stream_clock_timestamp_seconds") * 1000)
    expected = expected_series(truth, at)
    if repeats:
        expected = {
            key: value
            for key, value in expected.items()
            if key[0] not in {"vigie_posts_total", "vigie_records_total", "vigie_rejects_total"}
        }
    wrong = differences(found, expected)
    assert not wrong, f"(found, expected): {wrong}"
    assert len(expected) > 100
