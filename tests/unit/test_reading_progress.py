"""How far a reading is: a bar with count, rate and time left on a terminal, silence elsewhere."""

from io import StringIO

import pytest
from rich.console import Console

from streams.proving import progress


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_for_a_terminal(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> None:
    screen = StringIO()
    console = Console(file=screen, force_terminal=terminal, width=120, color_system=None)
    monkeypatch.setattr(progress, "Console", lambda **_: console)
    with progress.reading_progress("replaying posts.v1", 1_000_000) as advance:
        advance(250_000)
        advance(250_000)
    shown = screen.getvalue()
    if not terminal:
        assert shown == ""
        return
    assert "replaying posts.v1" in shown
    assert "500000/1000000" in shown
    assert "/s" in shown
