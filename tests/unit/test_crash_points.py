"""A crash point kills at the passing that was asked for, and says so; without one nothing happens."""

import os
import signal
import subprocess
import sys

import pytest

from streams.crash_points import POINTS, chosen, nothing
from streams.settings import SettingsError

PASSES = """
from streams.crash_points import POINTS, chosen
reached = chosen()
for number in range(1, 6):
    for point in POINTS:
        reached(point)
    print(number, flush=True)
"""


@pytest.mark.parametrize(("wanted", "passed"), [("judge-before", 0), ("ledger-flushed:3", 2)])
def test_it_dies_at_the_nth_passing_and_says_so(wanted: str, passed: int) -> None:
    environment = {**os.environ, "VIGIE_CRASH_POINT": wanted}
    ended = subprocess.run(
        [sys.executable, "-c", PASSES], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == [str(number) for number in range(1, passed + 1)]
    assert f"crash point {wanted}" in ended.stderr


def test_without_one_nothing_is_done() -> None:
    assert chosen({}) is nothing
    for point in POINTS:
        chosen({})(point)


@pytest.mark.parametrize("wrong", ["nowhere", "judge-before:0", "judge-before:x", "judge-before:-1"])
def test_a_wrong_one_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="VIGIE_CRASH_POINT"):
        chosen({"VIGIE_CRASH_POINT": wrong})
