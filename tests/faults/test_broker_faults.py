"""Kafka stops, dies, stands still, has a full disk or a slow one, all under load."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str, int], Path]]:
    """Mounts file systems of so many megabytes."""
    mounted: list[Path] = []

    def mount(name: str, megabytes: int) -> Path:
        place = tmp_path / name
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "vigie-test", str(place)]
        if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip(
                "a small file system cannot be mounted here (that takes root): no full disk was tried"
            )
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(place: Path) -> Path:
    """Leave no byte free."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(place).free < 4096
    return filler


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
        fault.fire("no space left in the home while a worker starts")
        time.sleep(8.0)
        filler.unlink()

    stage.watch_home = disk / "home"
    under_load(stage, fault, harm, 3_000, 150.0)
