"""A child of `vigie run`, as a real small process: brought back, given up, refused, ended with its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from streams import child
from streams.child import RESTARTS, Child, ChildFailedError, ending

SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, str]]:
    """Makes `python -m streams.cli` run a text instead: a package of that name goes first on the path."""

    def make(text: str) -> dict[str, str]:
        package = tmp_path / "streams"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "cli.py").write_text(text)
        return {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}

    return make


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """No growing pause between attempts: they are five seconds at most, here none."""
    wait_for = asyncio.wait_for

    async def at_once(waited: object, limit: float) -> object:
        return await wait_for(waited, limit if limit > 5.0 else 0.01)  # type: ignore[arg-type]

    monkeypatch.setattr(child.asyncio, "wait_for", at_once)


async def test_one_that_dies_is_brought_back_until_it_is_no_accident(
    program: Callable[[str], dict[str, str]],
) -> None:
    said: list[str] = []
    one = Child("worker", [], program("import os; os._exit(70)"), said.append)
    with pytest.raises(ChildFailedError, match=f"the worker ended with exit status 70, {RESTARTS} times"):
        await one.keep_alive()
    assert said == ["the worker ended with exit status 70: starting it again"] * RESTARTS


async def test_one_that_refuses_its_settings_is_not_asked_again(
    program: Callable[[str], dict[str, str]],
) -> None:
    said: list[str] = []
    with pytest.raises(ChildFailedError, match="the feed refused its settings"):
        await Child("feed", [], program("raise SystemExit(2)"), said.append, finite=True).keep_alive()
    assert said == []


async def test_a_finite_one_may_end_well_and_another_may_not(
    program: Callable[[str], dict[str, str]],
) -> None:
    environment = program("")
    said: list[str] = []
    await Child("feed", [], environment, said.append, finite=True).keep_alive()
    assert said == []
    with pytest.raises(ChildFailedError, match="exit status 0"):
        await Child("worker", [], environment, said.append).keep_alive()
    assert len(said) == RESTARTS


async def test_stop_ends_it_and_keep_alive_returns(program: Callable[[str], dict[str, str]]) -> None:
    one = Child("worker", [], program(SLEEP), lambda _: None)
    await one.start()
    alive = asyncio.create_task(one.keep_alive())
    await one.stop(limit=8.0)
    await alive
    assert one.pid is not None
    assert not psutil.pid_exists(one.pid)


def test_it_ends_when_its_parent_is_killed(program: Callable[[str], dict[str, str]]) -> None:
    """The real one: `end_with_parent` in a child of a child."""
    inner = (
        "import threading\nfrom streams.child import end_with_parent\nend_with_parent()\n"
        "print('up', flush=True)\nthreading.Event().wait(60)\n"
    )
    outer = (
        "import os, subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE,\n"
        "    env={**os.environ, 'VIGIE_CHILD': '1'})\n"
        "print(p.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", outer, inner], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        lines = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        assert b"up" in lines
        (pid,) = (int(line) for line in lines if line != b"up")
        orphan = psutil.Process(pid)
        os.kill(parent.pid, signal.SIGKILL)
        orphan.wait(10)


def test_ends_in_words() -> None:
    assert ending(3) == "ended with exit status 3"
    assert ending(-9) == "was ended by SIGKILL"
    assert ending(-200) == "was ended by signal 200"
