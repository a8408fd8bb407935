"""The stream clock: what "now" means for figures, whatever the age of the posts.

Live posts carry the present; a replay of 2015 carries 2015. The clock stands at the newest watermark
and, where no post moves it on, goes on at the pace of wall time, so that windows decay in silence
too. It never runs ahead of wall time and never backwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class StreamClock:
    """`wall` gives epoch seconds and `steady` seconds that never jump."""

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._watermark: int | None = None
        self._since = 0.0  # `steady` when the watermark last moved
        self._at: int | None = None

    def observe(self, watermark: int | None) -> None:
        """The newest event time (epoch ms) that the streams have reached."""
        if watermark is not None and (self._watermark is None or watermark > self._watermark):
            self._watermark = watermark
            self._since = self._steady()

    def at(self) -> int | None:
        """Epoch milliseconds; None before the first post."""
        if self._watermark is None:
            return None
        reached = self._watermark + int((self._steady() - self._since) * 1000)
        reached = min(reached, max(int(self._wall() * 1000), self._watermark))
        self._at = reached if self._at is None else max(self._at, reached)
        return self._at
