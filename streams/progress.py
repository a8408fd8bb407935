"""A download's progress: a bar on a terminal, a line every tenth elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


def download_progress(what: str) -> Callable[[int, int], None]:
    """A function of (bytes done, bytes in all) that shows `what` being fetched, on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return _lines(what, console)
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    task = bar.add_task(what, total=None)

    def show(done: int, size: int) -> None:
        if not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=size)
        if done >= size:
            bar.stop()

    return show


def _lines(what: str, console: Console) -> Callable[[int, int], None]:
    told = -1

    def show(done: int, size: int) -> None:
        nonlocal told
        tenth = 10 * done // max(1, size)
        if tenth > told:
            told = tenth
            console.print(f"{what}: {10 * tenth} % of {size / 1e6:.0f} MB", highlight=False)

    return show
