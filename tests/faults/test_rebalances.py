"""Three workers share eight partitions under load: one joins, one leaves, one is killed, one stands still."""

import os
import signal
import time
from collections.abc import Callable

import pytest
from fault_stage import Stage, counted
from fault_table import Fault
from watching import Watching, companies_of

from streams.pause import EXIT_STATUS

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(290)]


def test_rebalances_of_three_workers(make_stage: Callable[..., Stage], fault: Fault) -> None:
    stage = make_stage(partitions=8)
    with stage.load(5_000, rate=50.0):
        a, b, c = (stage.worker(name) for name in "abc")
        for one in (a, b, c):
            one.until_ready(60.0)
        shared(a, b, c)

        b.process.kill()
        assert b.process.wait(10) == -signal.SIGKILL
        fault.fire("killed one")
        b = stage.worker("b")
        b.until_ready(60.0)
        a.process.terminate()
        assert a.process.wait(30) == 0
        fault.fire("one left")
        time.sleep(3.0)  # at work without it
        a = stage.worker("a")
        a.until_ready(60.0)
        os.kill(c.process.pid, signal.SIGSTOP)
        time.sleep(14.0)  # longer than a session
        os.kill(c.process.pid, signal.SIGCONT)
        assert c.process.wait(20) == EXIT_STATUS
        fault.fire("one stood still and ended")
        c = stage.worker("c")
    c.until_ready(60.0)
    a.until("count all between them", lambda: counted(a, b, c) == stage.sent, 90.0)
    fault.recover()
    shared(a, b, c)
    for one in (a, b, c):
        one.until_counted(1)
    stage.assert_shared(a, b, c)
    stage.assert_alone()
    fault.equal = True


def test_rebalances_that_overtake_each_other(make_stage: Callable[..., Stage], fault: Fault) -> None:
    """Nobody waits until the last one is over; there is a backlog all the while."""
    stage = make_stage(partitions=8)
    stage.feed(2_000)
    with stage.load(2_000, rate=50.0):
        came = [stage.worker("a")]
        came[0].until("counts", lambda: counted(came[0]) > 0)
        for name, end in (
            ("b", None),
            ("c", signal.SIGTERM),
            ("d", signal.SIGKILL),
            ("e", signal.SIGTERM),
            ("f", None),
        ):
            came.append(stage.worker(name))
            time.sleep(3.3)  # about what a worker takes until it joins: the next one does in its recovery
            if end is not None:
                ending = next(one for one in came if one.process.poll() is None)
                ending.process.send_signal(end)
                ending.process.wait(30)
    rebalances = sum(one.log(10_000_000).count("Executing _on_partitions_assigned") for one in came)
    assert rebalances >= 6
    fault.fire(f"{len(came)} workers came, three went: {rebalances} assignments")
    for one in came[3:-1]:
        one.process.terminate()
        assert one.process.wait(30) == 0
    last = came[-1].until_counted(stage.sent, 120.0)
    fault.recover()
    stage.assert_equal(last)
    stage.assert_alone()
    fault.equal = True


def shared(*workers: Watching) -> None:
    """Each has partitions of its own: no company is shown twice."""
    workers[0].until("share the partitions", lambda: all(one.ready() for one in workers), 60.0)
    found = [companies_of(one.series()) for one in workers]
    assert all(found)
    assert sum(map(len, found)) == len(set().union(*found))
