"""What the probes and the worker's own gauges rest on: one immutable look at the process.

Times are seconds of `streams.pause.boot_time`, so that ages are worked out when they are asked for: a loop that
hangs cannot hide behind its last good word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALIVE_WITHIN = (
    45.0  # seconds without a turn of the event loop; reading a large state back takes some at a stretch
)
IN_TOUCH_WITHIN = 15.0  # seconds without a word from the group; it gives the partitions away after ten


@dataclass(frozen=True, slots=True)
class Vitals:
    beat: float  # when the event loop last turned
    heard: float | None = None  # when the group last confirmed the partitions; None: it has given none yet
    recovering: int = 0  # changelog records still to be read back
    buffered: int = 0  # records that Kafka has not acknowledged yet
    waiting: Mapping[str, float] = field(default_factory=dict)  # topic -> since when its records wait

    def alive(self, now: float) -> bool:
        return now - self.beat < ALIVE_WITHIN

    def in_touch(self, now: float) -> bool:
        """Whether the figures can be of now: the loop turns, and the group knows this worker."""
        return self.heard is not None and now - min(self.beat, self.heard) < IN_TOUCH_WITHIN
