"""Starting, stopping and waiting for a child; small Python programs stand for the broker."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from streams.broker.process import BrokerProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins wait for signals")

UP = """
import signal, sys
signal.signal(signal.SIGTERM, {})
with open(sys.argv[1], "w") as up:
    up.write("up")
while True:
    signal.pause()
"""
ORDERLY = UP.format("lambda *_: sys.exit(7)")
STUBBORN = UP.format("signal.SIG_IGN")


async def started(tmp_path: Path, program: str) -> BrokerProcess:
    """A process that has come as far as to open the pipe's other end."""
    up = tmp_path / "up"
    os.mkfifo(up)
    process = BrokerProcess([sys.executable, "-c", program, str(up)], tmp_path / "out", dict(os.environ))
    assert await asyncio.to_thread(up.read_text) == "up"
    return process


async def test_an_orderly_end_gives_its_exit_code(tmp_path: Path) -> None:
    process = await started(tmp_path, ORDERLY)
    assert await process.stop(limit=20.0) == 7
    assert not process.running
    assert await process.stop(limit=20.0) == 7


async def test_one_that_does_not_obey_is_killed_after_the_limit(tmp_path: Path) -> None:
    process = await started(tmp_path, STUBBORN)
    assert await process.stop(limit=0.2) == -signal.SIGKILL


async def test_a_cancelled_wait_leaves_the_others_waiting(tmp_path: Path) -> None:
    process = await started(tmp_path, ORDERLY)
    impatient, patient = asyncio.create_task(process.wait()), asyncio.create_task(process.wait())
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    process.kill()
    assert await patient == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="the tether is Linux's")
async def test_a_tether_to_a_parent_that_is_gone_runs_nothing(tmp_path: Path) -> None:
    tether = Path(sys.modules["streams.broker.tether"].__file__ or "")
    ran = tmp_path / "ran"
    command = [sys.executable, "-c", f"open({str(ran)!r}, 'w')"]
    # process 1 is never the parent of a test's child
    child = await asyncio.create_subprocess_exec(sys.executable, "-I", "-S", str(tether), "1", *command)
    assert await child.wait() == 1
    assert not ran.exists()
