"""A worker that stood still for long ends before it writes again."""

import os
import signal
import subprocess
import sys
import time

from streams.pause import EXIT_STATUS, PauseGuard


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_beats_in_time_are_no_pause() -> None:
    clock, ends = Clock(), list[float]()
    guard = PauseGuard(6.0, clock, ends.append)
    for _ in range(100):
        clock.now += 5.9
        guard.check()
        guard.beat()
    assert ends == []


def test_a_write_after_a_pause_is_stopped_even_if_the_watching_thread_is_not_yet_awake() -> None:
    clock, ends = Clock(), list[float]()
    guard = PauseGuard(6.0, clock, ends.append)
    clock.now += 61.0
    guard.check()
    assert ends == [61.0]


def test_a_beat_after_a_pause_does_not_hide_it() -> None:
    clock, ends = Clock(), list[float]()
    guard = PauseGuard(6.0, clock, ends.append)
    clock.now += 7.0
    guard.beat()
    guard.check()
    assert ends == [7.0]


def test_a_stopped_process_ends_when_it_goes_on() -> None:
    program = (
        "import threading\nfrom streams.pause import PauseGuard\n"
        "PauseGuard(0.6).start()\nprint('on', flush=True)\nthreading.Event().wait(30)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        os.kill(process.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        while time.monotonic() < stopped + 1.0:
            time.sleep(0.05)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(10) == EXIT_STATUS
