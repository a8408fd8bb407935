"""Which mentions lie in the last hour, day, month? Panes slid under a window, one subject at a time.

The window of length W at event time `at` is the W / 5 min panes that end with the pane containing `at`.
Views are caches of the ledger: each is slid by adding the panes that enter and removing those that leave,
so a call costs what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agents.measuring.contributions import Contribution, time_of
from agents.measuring.novelty import Clusters, Move
from agents.measuring.panes import PANE, Pane, Sums, Weights, pane_of, part_of
from schemas.reputation import DAY, WINDOWS

PANES_A_DAY = DAY // PANE


class View:
    """The union of panes [`low`, `high`)."""

    __slots__ = ("high", "low", "pane")

    def __init__(self) -> None:
        self.low = self.high = 0
        self.pane = Pane()


class Timeline:
    """One subject's unsealed mentions by pane, their clusters, and a view for each window."""

    def __init__(self, original: Callable[[str], bytes | None]) -> None:
        self.clusters = Clusters(original)
        self.panes: dict[int, bytes | list[bytes]] = {}
        self.views = {window: View() for window in WINDOWS}
        self.whole = Weights()
        self.last = 0  # no mention lies in a later pane
        self.changes = 0  # grows with every change: tells a reader whether its figures still stand

    def add(self, body: bytes, head: Contribution) -> None:
        """`head` is what `unpack` gives for `body`."""
        pane = pane_of(head.time)
        held = self.panes.get(pane)
        if held is None:
            self.panes[pane] = body
        elif isinstance(held, list):
            held.append(body)
        else:
            self.panes[pane] = [held, body]
        self.last = max(self.last, pane)
        for move in self.clusters.add(body, head):
            self._move(move)
        cluster = self.clusters.of.get(body)
        part = part_of(body, head)
        for view in self.views.values():
            if view.low <= pane < view.high:
                view.pane.add(part, cluster)
        self.whole.add(part, cluster)
        self.changes += 1

    def remove(self, body: bytes, head: Contribution) -> None:
        """`head` as in `add`."""
        pane = pane_of(head.time)
        held = self.panes[pane]
        if isinstance(held, list) and len(held) > 1:
            held.remove(body)
        else:
            del self.panes[pane]
        cluster = self.clusters.of.get(body)
        part = part_of(body, head)
        for view in self._covering(pane):
            view.remove(part, cluster)
        self.whole.remove(part, cluster)
        for move in self.clusters.remove(body, head):
            self._move(move)
        self.changes += 1

    def seal(self, day: int) -> tuple[Sums, list[bytes]]:
        """Take a day out for good: what it weighs, and its contributions."""
        first, beyond = day * PANES_A_DAY, (day + 1) * PANES_A_DAY
        for view in self.views.values():
            if view.low < beyond:
                self._slide(view, beyond, max(view.high, beyond))
        sealed = Weights()
        gone = list(self.between(first, beyond))
        for body in gone:
            part, cluster = part_of(body), self.clusters.of.get(body)
            sealed.add(part, cluster)
            self.whole.remove(part, cluster)
        for pane in self._numbers(first, beyond):
            del self.panes[pane]
        weighed = sealed.sums()
        self.clusters.drop(day)
        self.changes += 1
        return weighed, gone

    def window(self, name: str, at: int) -> Pane:
        """The pane of window `name` at event time `at`; valid until the next change or call."""
        view = self.views[name]
        high = pane_of(at) + 1
        self._slide(view, high - WINDOWS[name] // PANE, high)
        return view.pane

    def after(self, pane: int) -> Sums:
        """What mentions weigh from `pane` on."""
        weights = Weights()
        if self.panes and self.last >= pane:
            for body in self.between(pane, self.last + 1):
                weights.add(part_of(body), self.clusters.of.get(body))
        return weights.sums()

    def _move(self, move: Move) -> None:
        body, before, after = move
        part = part_of(body)
        for weights in (self.whole, *(view.weights for view in self._covering(pane_of(time_of(body))))):
            weights.remove(part, before)
            weights.add(part, after)

    def _covering(self, pane: int) -> Iterator[Pane]:
        for view in self.views.values():
            if view.low <= pane < view.high:
                yield view.pane

    def _numbers(self, low: int, high: int) -> list[int]:
        """Panes of [`low`, `high`) that hold something."""
        if high - low < len(self.panes):
            return [pane for pane in range(low, high) if pane in self.panes]
        return [pane for pane in self.panes if low <= pane < high]

    def between(self, low: int, high: int) -> Iterator[bytes]:
        """Contributions of panes [`low`, `high`), in no order."""
        for pane in self._numbers(low, high):
            held = self.panes[pane]
            if isinstance(held, bytes):
                yield held
            else:
                yield from held

    def _slide(self, view: View, low: int, high: int) -> None:
        if (view.low, view.high) == (low, high):
            return
        if view.high <= low or high <= view.low:
            view.low, view.high, view.pane = low, low, Pane()
        for leaving in ((view.low, min(low, view.high)), (max(high, view.low), view.high)):
            for body in self.between(*leaving):
                view.pane.remove(part_of(body), self.clusters.of.get(body))
        for entering in ((low, min(high, view.low)), (max(low, view.high), high)):
            for body in self.between(*entering):
                view.pane.add(part_of(body), self.clusters.of.get(body))
        view.low, view.high = low, high
