"""Which versions judged which offsets, as runs tell."""

import itertools

import pytest

from agents.proving.judged_by import Stretch, overlapping, stretches
from schemas.reputation import Run

V1, V2 = ("v1",), ("v2",)


@pytest.mark.parametrize(
    ("runs", "last", "expected"),
    [
        pytest.param([Run(3, 7, "v1")], "v1", [(0, 3, ()), (3, 10, V1)], id="one version goes on to the end"),
        pytest.param([Run(3, 7, "v1")], "v2", [(0, 3, ()), (3, 8, V1), (8, 10, ())], id="another may have"),
        pytest.param([], "v1", [(0, 10, ())], id="nothing found"),
        pytest.param(
            [Run(0, 3, "v1"), Run(6, 8, "v2")], "v2", [(0, 4, V1), (4, 6, ()), (6, 10, V2)], id="changed"
        ),
        pytest.param(
            [Run(0, 5, "v1"), Run(4, 9, "v2")],
            "v2",
            [(0, 4, V1), (4, 6, ("v1", "v2")), (6, 10, V2)],
            id="judged twice after a restart",
        ),
        pytest.param(
            [Run(0, 9, "v1"), Run(3, 5, "v2")],
            "v1",
            [(0, 3, V1), (3, 6, V2), (6, 10, V1)],
            id="changed and changed back",
        ),
    ],
)
def test_stretches(runs: list[Run], last: str, expected: list[tuple[int, int, tuple[str, ...]]]) -> None:
    assert stretches(runs, 0, 10, last) == [Stretch(*part) for part in expected]


def test_stretches_cover_exactly_what_is_asked_for() -> None:
    parts = stretches([Run(0, 40, "v1"), Run(30, 90, "v2")], 20, 70, "v2")
    assert (parts[0].start, parts[-1].end) == (20, 70)
    assert all(before.end == after.start for before, after in itertools.pairwise(parts))


def test_only_runs_that_share_offsets_overlap() -> None:
    assert overlapping([Run(4, 9, "v2"), Run(0, 4, "v1")])
    assert not overlapping([Run(5, 9, "v2"), Run(0, 4, "v1")])
