"""Kafka stops, dies, stands still, has a full disk or a slow one, all under load."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_disks import SlowDisk, fill
from fault_stage import Stage
from fault_table import Fault
from watching import Watching, total

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(290)]


def under_load(stage: Stage, fault: Fault, harm: Callable[[Watching], None], posts: int, rate: float) -> None:
    """`harm` befalls Kafka while posts come in; afterwards all are counted and every figure is right."""
    watch = stage.watch()
    watch.until_ready(90.0)
    with stage.load(posts, rate):
        before = total(watch.series(), "vigie_records_total")
        watch.until("is at work", lambda: total(watch.series(), "vigie_records_total") > before)
        harm(watch)
    found = watch.until_counted(stage.sent, 200.0)
    fault.recover()
    stage.assert_equal(found)
    fault.equal = True
    assert watch.interrupt(20.0) == 0
    stage.close_workers()


@pytest.mark.faults
def test_broker_stopped_and_started(shared_stage: Stage, fault: Fault) -> None:
    def harm(_: Watching) -> None:
        asyncio.run(shared_stage.broker.stop())
        fault.fire("stopped for 5 s")
        time.sleep(5.0)
        asyncio.run(shared_stage.broker.start())

    under_load(shared_stage, fault, harm, 1_500, 100.0)


@pytest.mark.faults
def test_broker_killed(shared_stage: Stage, fault: Fault) -> None:
    def harm(_: Watching) -> None:
        os.kill(shared_stage.broker.pid, signal.SIGKILL)
        assert asyncio.run(shared_stage.broker.wait()) == -signal.SIGKILL
        fault.fire("SIGKILL")
        asyncio.run(shared_stage.broker.start())

    under_load(shared_stage, fault, harm, 1_500, 100.0)


@pytest.mark.faults
def test_broker_stands_still_for_a_minute(shared_stage: Stage, fault: Fault) -> None:
    def harm(watch: Watching) -> None:
        os.kill(shared_stage.broker.pid, signal.SIGSTOP)
        try:
            time.sleep(25.0)
            assert not watch.ready(), "nothing can be of now while Kafka does not answer"
            fault.fire("SIGSTOP for 60 s, not ready meanwhile")
            time.sleep(35.0)
        finally:
            os.kill(shared_stage.broker.pid, signal.SIGCONT)

    under_load(shared_stage, fault, harm, 1_500, 100.0)


@pytest.mark.faults
def test_broker_slow(shared_stage: Stage, fault: Fault) -> None:
    """As with a disk that takes a second for what takes a moment: it works one tenth of the time."""

    def harm(watch: Watching) -> None:
        pid, stopped = shared_stage.broker.pid, 0
        end = time.monotonic() + 40.0
        while time.monotonic() < end:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.9)
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.1)
            stopped += 1
        fault.fire(f"held up {stopped} times for 0.9 s of each second")

    under_load(shared_stage, fault, harm, 1_500, 100.0)


@pytest.mark.faults
def test_broker_disk_full(
    make_stage: Callable[..., Stage], small_disk: Callable[[str, int], Path], fault: Fault
) -> None:
    disk = small_disk("disk", 200)
    stage = make_stage(home=disk / "broker")

    def harm(_: Watching) -> None:
        filler = fill(disk)
        code = asyncio.run(asyncio.wait_for(stage.broker.wait(), 60.0))
        fault.fire(f"no space left: Kafka ended ({code})")
        filler.unlink()
        asyncio.run(stage.broker.stop())
        asyncio.run(stage.broker.start())

    under_load(stage, fault, harm, 4_000, 200.0)


@pytest.mark.faults
def test_broker_disk_slow(
    make_stage: Callable[..., Stage], slow_disk: Callable[[], SlowDisk], fault: Fault
) -> None:
    """Four writes a second, and Kafka has each record written out before it acknowledges it."""
    disk = slow_disk()
    stage = make_stage(home=disk.place / "broker", extra={"log.flush.interval.messages": "1"})

    def harm(_: Watching) -> None:
        before = disk.writes()
        disk.slow_down(stage.broker.pid, per_second=4)
        time.sleep(30.0)
        done = disk.writes() - before
        assert 0 < done < 30 * 16, f"it was not slow: {done} writes"
        disk.speed_up()
        fault.fire(f"{done} writes to disk in 30 s")

    under_load(stage, fault, harm, 1_500, 60.0)


@pytest.mark.faults
def test_home_disk_full(
    make_stage: Callable[..., Stage], small_disk: Callable[[str, int], Path], fault: Fault
) -> None:
    stage = make_stage()
    disk = small_disk("small", 8)

    def harm(watch: Watching) -> None:
        filler = fill(disk)
        worker = watch.child("streams.cli", "worker")
        worker.kill()  # the next one has to start without a byte to write
        watch.until("notices", lambda: "was ended by SIGKILL" in watch.output())
        watch.until_said("free some space", 30.0)
        fault.fire("no space left in the home while a worker starts, and said so")
        time.sleep(5.0)
        filler.unlink()

    stage.watch_home = disk / "home"
    under_load(stage, fault, harm, 3_000, 150.0)
