"""A child process of `vigie run` that is watched, brought back when it dies, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

RESTARTS = 5  # within…
WITHIN = 300.0  # seconds; then it is no accident any more
REFUSED = 2  # exit status: a setting, a file or an address that cannot be used


class ChildFailedError(Exception):
    """A child that cannot be kept alive; the message names it and its end."""


class Child:
    """`vigie <arguments>` as a process of its own session, so that Ctrl-C reaches only the parent."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        say: Callable[[str], None],
        *,
        reads_input: bool = False,
        finite: bool = False,
    ) -> None:
        """`reads_input`: our standard input is its own. `finite`: it may come to a good end by itself."""
        self.name = name
        self._finite = finite
        self._reads_input = reads_input
        self._arguments = arguments
        self._environment = dict(environment)
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopped = asyncio.Event()
        self._starts: deque[float] = deque(maxlen=RESTARTS + 1)

    async def start(self) -> None:
        # the read end of a pipe that only we hold: when we die, however we die, the child sees its end
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "streams.cli",
            *self._arguments,
            stdin=None if self._reads_input else asyncio.subprocess.PIPE,
            env={**os.environ, **self._environment, "VIGIE_CHILD": "0" if self._reads_input else "1"},
            start_new_session=True,
        )
        self._starts.append(time.monotonic())

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def keep_alive(self) -> None:
        """Return when the child was stopped, or is finite and ended well; bring it back when it ended
        otherwise. Raises ChildFailedError when that happens too often, and at once where it refused what
        it was given: it would refuse it again."""
        while True:
            if self._process is None:
                await self.start()
            assert self._process is not None  # noqa: S101 - for mypy: start() has just set it
            code = await self._process.wait()
            if self._stopped.is_set() or (code == 0 and self._finite):
                return
            if code == REFUSED:
                raise ChildFailedError(f"the {self.name} refused its settings: see above")
            if len(self._starts) > RESTARTS and time.monotonic() - self._starts[0] < WITHIN:
                raise ChildFailedError(f"the {self.name} {ending(code)}, {RESTARTS} times in {WITHIN:.0f} s")
            self._say(f"the {self.name} {ending(code)}: starting it again")
            with contextlib.suppress(TimeoutError):  # a growing pause between attempts
                await asyncio.wait_for(self._stopped.wait(), min(5.0, 0.2 * 2 ** len(self._starts)))
                return
            await self.start()

    async def stop(self, limit: float) -> None:
        """End it in order, or by force after `limit` seconds."""
        self._stopped.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), limit)
            except TimeoutError:
                self._say(f"the {self.name} did not end within {limit:.0f} s: ending it by force")
                process.kill()
                await process.wait()


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended with exit status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def end_with_parent() -> None:
    """In a child: when the parent is gone (its end of our standard input closes), end too."""
    if os.environ.get("VIGIE_CHILD") != "1":
        return

    def wait_for_end() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_for_end, name="parent", daemon=True).start()
