"""A broker's process: how it is started, known to have ended, and stopped."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import psutil

from streams.broker import tether

# The one for POSIX, the other for Windows; each is without effect on the other.
_NEW_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class BrokerProcess:
    """One run of a command in a session of its own, so that a terminal's Ctrl-C does not reach it.

    On Linux it is killed when the thread that starts it ends: start it from one that lasts.
    """

    def __init__(self, command: list[str], output: Path, environment: dict[str, str]) -> None:
        if sys.platform == "linux":
            command = [sys.executable, "-I", "-S", str(Path(tether.__file__)), str(os.getpid()), *command]
        with output.open("wb") as file:
            self._popen = subprocess.Popen(  # noqa: S603  our own executable
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                creationflags=_NEW_GROUP,
            )
        self.pid: int = self._popen.pid
        self.started = 0.0
        """When it started: Unix seconds by psutil's reckoning."""
        with contextlib.suppress(psutil.Error):  # it may have ended already
            self.started = psutil.Process(self.pid).create_time()
        self._ended: Future[int] = Future()
        self._ended.set_running_or_notify_cancel()  # a cancelled wait() must not cancel the others'
        threading.Thread(target=self._reap, name=f"broker-{self.pid}", daemon=True).start()

    def _reap(self) -> None:
        self._ended.set_result(self._popen.wait())

    @property
    def running(self) -> bool:
        return not self._ended.done()

    async def wait(self) -> int:
        """Its exit code when it ends: negative for the signal that ended it."""
        return await asyncio.wrap_future(self._ended)

    async def stop(self, limit: float) -> int:
        """End it in order, or by force after `limit` seconds; its exit code."""
        self._signal(force=False)
        try:
            async with asyncio.timeout(limit):
                return await self.wait()
        except TimeoutError:
            self._signal(force=True)
            return await self.wait()

    def kill(self) -> None:
        self._signal(force=True)

    def _signal(self, *, force: bool) -> None:
        # Popen signals nothing once it has seen the end, so never a stranger with the same process id.
        if force:
            self._popen.kill()
            return
        self._popen.terminate()
        if sys.platform != "win32":
            self._popen.send_signal(signal.SIGCONT)  # a paused broker stops in order too
