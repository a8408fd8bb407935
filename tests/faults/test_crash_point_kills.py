"""kill -9 of the worker at every named point of its work: the next one goes on as if nothing had been."""

import signal

import pytest
from fault_stage import Stage
from fault_table import Fault

from streams.crash_points import POINTS

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]
QUICK = {"ledger-written"}  # in `make test` too
SELDOM = {"buried-written", "commit-before", "commit-after"}  # of the few batches of one test
TIMES = {point: 1 if point in SELDOM else 3 for point in POINTS}


@pytest.mark.parametrize(
    "point", [pytest.param(point, marks=() if point in QUICK else pytest.mark.faults) for point in POINTS]
)
def test_killed_at(point: str, shared_stage: Stage, fault: Fault) -> None:
    stage = shared_stage
    dying = stage.worker(VIGIE_CRASH_POINT=f"{point}:{TIMES[point]}")
    try:
        dying.until_ready(40.0)
        stage.feed(400)
        assert dying.process.wait(40) == -signal.SIGKILL
        assert f"crash point {point}" in dying.output()
        fault.fire("SIGKILL by itself")
        heir = stage.worker()
        found = heir.until_counted(stage.sent)
        fault.recover()
        stage.assert_equal(found)
        fault.equal = True
        heir.process.terminate()
        assert heir.process.wait(20) == 0
    finally:
        stage.close_workers()
