"""Named places at which a worker can be made to die as by `kill -9`, to prove that dying there loses nothing and
counts nothing twice.

Only a worker started with VIGIE_CRASH_POINT=NAME or NAME:N has one: it dies when it passes NAME for the N-th
time. For all others `reached` does nothing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from streams.settings import SettingsError

Point = Literal[
    "judge-before",  # a batch of posts has come, nothing was done with it
    "judge-after",  # it is judged, nothing is sent
    "counts-written",  # the count is with the producer, mentions and rejects are not
    "mentions-flushed",  # mentions and rejects are acknowledged
    "counts-flushed",  # … and the count; the batch is not done
    "measure-before",  # a batch of mentions has come
    "measure-after",  # it is folded in memory, nothing is written
    "ledger-written",  # its segment is with the producer
    "ledger-flushed",  # … and acknowledged; the batch is not done
    "buried-written",  # a count of dead letters is with the producer
    "buried-flushed",
    "commit-before",  # offsets are about to be committed
    "commit-after",
    "publish-before",  # a round of records for reputation.v1 is due
    "publish-after",  # … and acknowledged
]
POINTS: tuple[Point, ...] = get_args(Point)
Reached = Callable[[Point], None]


def nothing(point: Point) -> None:
    """What every worker does but those that are to die."""


def chosen(environment: Mapping[str, str] = os.environ) -> Reached:
    """What to call at each point. Raises SettingsError for a name that is none, or a count that is none."""
    wanted = environment.get("VIGIE_CRASH_POINT", "")
    if not wanted:
        return nothing
    name, _, times = wanted.partition(":")
    if name not in POINTS or not (times or "1").isdecimal() or times == "0":
        raise SettingsError(f"VIGIE_CRASH_POINT is {wanted!r}: give one of {', '.join(POINTS)}, and :N")
    left = int(times or "1")

    def reached(point: Point) -> None:
        nonlocal left
        left -= point == name
        if left == 0:
            os.write(2, f"crash point {wanted}: dying here\n".encode())  # buffers die with the process
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
