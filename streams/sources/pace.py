"""When to let the next event go, so that recorded time runs at a chosen speed."""

from __future__ import annotations


class Pacer:
    """Keeps the distances between event times, divided by `speed` (event seconds per wall second).

    A long silence in the record is cut to `longest` wall seconds; a reader that cannot keep up does not
    rush later to make good more than that. Speed None: as fast as can be.
    """

    def __init__(self, speed: float | None, longest: float = 5.0) -> None:
        if speed is not None and not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self._speed = speed
        self._longest = longest
        self._newest: int | None = None  # event time, epoch milliseconds
        self._due = 0.0  # wall seconds

    def wait(self, event_time: int, now: float) -> float:
        """Seconds to wait at `now` (monotonic seconds) before the event of `event_time` goes."""
        if self._speed is None:
            return 0.0
        if self._newest is None:
            self._newest, self._due = event_time, now
            return 0.0
        step = max(0, event_time - self._newest) / 1000 / self._speed
        self._newest = max(self._newest, event_time)
        self._due = max(self._due + min(step, self._longest), now - self._longest)
        return max(0.0, self._due - now)
