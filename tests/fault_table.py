"""What each fault did, told at the end of the run as one table."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

_ROWS = pytest.StashKey[list["Fault"]]()


@dataclass(slots=True)
class Fault:
    """One injected fault: that it fired, how long until everything was worked on again, and whether the
    figures were then those of an undisturbed run."""

    name: str
    fired: str = ""
    recovered: float | None = None
    equal: bool = False
    refused: bool = False
    _since: float = 0.0

    def fire(self, proof: str) -> None:
        """The fault has shown itself: `proof` is how."""
        self.fired = f"{self.fired}, {proof}" if self.fired else proof
        self._since = time.monotonic()

    def recover(self) -> None:
        """All that had come before the fault is counted again."""
        self.recovered = max(self.recovered or 0.0, time.monotonic() - self._since)

    def refuse(self, proof: str) -> None:
        """What cannot be made right was refused, and no figure was shown."""
        self.fire(proof)
        self.refused = True


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Iterator[Fault]:
    """The row of this test; a test whose fault did not fire, or that did not compare figures, has failed."""
    row = Fault(request.node.name.removeprefix("test_"))
    request.config.stash.setdefault(_ROWS, []).append(row)
    yield row
    assert row.fired, "the fault did not fire"
    assert row.refused or row.recovered is not None
    assert row.refused or row.equal, "the figures were not compared"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_ROWS, [])
    if not rows:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'fault':<58} {'recovered':>10}  equal  fired")
    for row in sorted(rows, key=lambda one: one.name):
        missed, wrong = ("refused", "-") if row.refused else ("never", "NO")
        after = missed if row.recovered is None else f"{row.recovered:.1f} s"
        terminalreporter.write_line(
            f"{row.name:<58} {after:>10}  {'yes' if row.equal else wrong:<5}  {row.fired or 'NO'}"
        )
