"""kill -9 of the worker whenever chance will have it, under load, while it recovers too: fifty times in all."""

import random
import signal
import time

import pytest
from fault_stage import Stage, counted
from fault_table import Fault
from watching import Watching

KILLS = 10
pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(290)]


@pytest.mark.parametrize("seed", range(5))
def test_random_kills(seed: int, shared_stage: Stage, fault: Fault) -> None:
    stage, rng = shared_stage, random.Random(seed)
    starts: list[float] = []  # seconds from one kill to a worker that is ready
    early = 0
    with stage.load(40 * 14 * KILLS, rate=40.0):
        for _ in range(KILLS):
            began, worker = time.monotonic(), stage.worker()
            if rng.random() < 0.2:  # at any moment of its start
                time.sleep(rng.uniform(1.0, 12.0))
                early += 1
            else:
                worker.until_ready(60.0)
                starts.append(time.monotonic() - began)
                time.sleep(rng.uniform(0.0, 2.0))
            die(worker)
            stage.close_workers()
        fault.fire(
            f"SIGKILL {KILLS} times, {early} of them in its start, else ready again after {max(starts):.1f} s at most"
        )
        heir = stage.worker()
        heir.until_ready(60.0)
    found = heir.until_counted(stage.sent, 120.0)
    fault.recover()
    stage.assert_equal(found)
    fault.equal = True
    assert counted(heir) == stage.sent
    heir.process.terminate()
    assert heir.process.wait(20) == 0
    stage.close_workers()


def die(worker: Watching) -> None:
    worker.process.kill()
    assert worker.process.wait(10) == -signal.SIGKILL
