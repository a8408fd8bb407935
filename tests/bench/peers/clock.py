"""Times a peer from its first post to its last, and tells it as `stand.peer` reads it."""

from __future__ import annotations

import json
import resource
import time

PARTITIONS = 8  # of the topics, as in bench_stream
OUT = "out.v1"  # for results
MENTIONED = "mentioned.v1"  # for mentions
STEPS = (
    12  # in which a peer's window of Vigie's length moves on; Vigie's do by 5 minutes, whatever their length
)


class Clock:
    """`tick()` for each post or `tick(many)` for many; `tick(0)` as the first come; `tell()` after the last."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._done = 0
        self._start = self._cpu = 0.0

    def tick(self, posts: int = 1) -> bool:
        """Whether these were the last."""
        if not self._done:
            self._start, self._cpu = time.monotonic(), _cpu()
        self._done += posts
        return self._done >= self._count

    def tell(self) -> None:
        seconds = time.monotonic() - self._start
        print(json.dumps({"posts": self._done, "seconds": seconds, "cpu": _cpu() - self._cpu}), flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
