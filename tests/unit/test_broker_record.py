"""Ending a broker that outlived its starter, and nobody else: a sleeping Python stands for the broker."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.broker.error import BrokerError
from streams.broker.layout import Layout
from streams.broker.living import living_broker
from streams.broker.lock import FileLock
from streams.broker.record import Record, end_broker, find_broker

SLEEPER = "import signal, sys; print(flush=True); signal.pause()"
STUBBORN = (
    "import signal, sys; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause(); signal.pause()"
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in waits for signals")


@contextmanager
def stand_in(properties: Path, program: str = SLEEPER) -> Iterator[psutil.Process]:
    with subprocess.Popen([sys.executable, "-c", program, str(properties)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            yield psutil.Process(child.pid)
        finally:
            child.kill()


def record_of(process: psutil.Process) -> Record:
    return Record(process.pid, process.create_time(), owner=1)


def test_a_record_is_read_as_it_was_written_and_nonsense_is_none(tmp_path: Path) -> None:
    path = tmp_path / "broker.json"
    assert Record.read(path) is None
    Record(12, 34.5, 6).write(path)
    assert Record.read(path) == Record(12, 34.5, 6)
    for nonsense in ("", "[]", "{}", '{"pid": "x", "started": 1, "owner": 1}', "\0"):
        path.write_text(nonsense)
        assert Record.read(path) is None


def test_only_the_very_process_is_found(tmp_path: Path) -> None:
    properties = tmp_path / "server.properties"
    with stand_in(properties) as process:
        record = record_of(process)
        assert find_broker(record, properties) == process
        assert find_broker(replace(record, started=record.started - 60), properties) is None
        assert find_broker(record, tmp_path / "elsewhere" / "server.properties") is None
        assert find_broker(replace(record, pid=os.getpid()), properties) is None
    assert find_broker(record, properties) is None


@pytest.mark.parametrize("program", [SLEEPER, STUBBORN])
def test_it_is_ended_even_against_its_will(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.broker.record._ORDERLY_STOP", 0.3)
    with stand_in(tmp_path, program) as process:
        end_broker(process)
        assert not process.is_running()
        end_broker(process)


def test_taking_a_home_ends_what_an_earlier_run_left_there(tmp_path: Path) -> None:
    layout, said = Layout(tmp_path), list[str]()
    layout.directory.mkdir()
    with stand_in(layout.properties) as process:
        record_of(process).write(layout.record)
        broker = EmbeddedBroker(tmp_path, say=said.append)
        broker._take_home()
        assert not process.is_running()
        asyncio.run(broker.stop())
    assert said == [f"ending the broker that an earlier run left behind (process {process.pid})"]


def test_a_living_broker_is_found_by_its_home(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.directory.mkdir()
    layout.ports.write_text('{"broker": 20001, "controller": 20002}')
    assert living_broker(tmp_path) is None
    with stand_in(layout.properties) as process:
        record_of(process).write(layout.record)
        assert living_broker(tmp_path) == "127.0.0.1:20001"
    assert living_broker(tmp_path) is None


def test_the_lock_goes_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "kafka" / "lock"
    program = (
        "import pathlib, signal, sys\n"
        "from streams.broker.lock import FileLock\n"
        "lock = FileLock(pathlib.Path(sys.argv[1]))\n"
        "print(lock.acquire(wait=False), flush=True)\n"
        "signal.pause()\n"
    )
    lock = FileLock(path)
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert not lock.acquire(wait=False)
        with pytest.raises(BrokerError, match=r"another vigie runs a broker over .*: stop it"):
            EmbeddedBroker(tmp_path, say=print)._take_home()
        holder.kill()
        holder.wait()
        assert lock.acquire(wait=False)
    lock.release()
    with lock:
        assert not FileLock(path).acquire(wait=False)
    with lock:
        pass
