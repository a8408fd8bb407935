"""How long to wait before a failed connection is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Waits that double from `first` to `longest` seconds, each drawn between half and the whole of it.

    The jitter keeps many clients that lost the same server from coming back in one moment.
    """

    def __init__(
        self, first: float = 1.0, longest: float = 120.0, draw: Callable[[], float] = random.random
    ) -> None:
        self._first = first
        self._longest = longest
        self._draw = draw
        self._next = first

    def wait(self, at_least: float = 0.0) -> float:
        """Seconds to wait now; never less than the server asked for."""
        ceiling = self._next
        self._next = min(self._longest, self._next * 2)
        return max(at_least, ceiling * (0.5 + self._draw() / 2))

    def reset(self) -> None:
        """It works again."""
        self._next = self._first
