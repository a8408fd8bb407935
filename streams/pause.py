"""A worker that was stopped for long (SIGSTOP, a sleeping laptop, a frozen machine) must not write on.

Its group gave its partitions to another worker meanwhile; a table write from before the pause would land
after that worker's. So time is looked at before each write and five times a second by a thread: after a
gap of almost a session nobody knows whose the partitions are, and the process ends to begin anew.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import NoReturn

EXIT_STATUS = 75  # EX_TEMPFAIL: start it again
_EVERY = 0.2  # seconds
log = logging.getLogger("vigie.pause")


def boot_time() -> float:
    """Seconds that go on while the machine sleeps, where the system has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def end_process(seconds: float) -> NoReturn:
    log.critical("stood still for %.0f s: ending, for other workers may have its partitions now", seconds)
    logging.shutdown()
    os._exit(EXIT_STATUS)


class PauseGuard:
    """Calls `end` with the seconds that passed unseen, once they are more than `limit`."""

    def __init__(
        self,
        limit: float,
        now: Callable[[], float] = boot_time,
        end: Callable[[float], object] = end_process,
    ) -> None:
        self._limit = limit
        self._now = now
        self._end = end
        self._seen = now()

    def check(self) -> None:
        gap = self._now() - self._seen
        if gap > self._limit:
            self._end(gap)

    def beat(self) -> None:
        self.check()
        self._seen = self._now()

    def start(self) -> None:
        threading.Thread(target=self._watch, name="pause", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(_EVERY)
            self.beat()
