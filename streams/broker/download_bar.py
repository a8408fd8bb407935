"""How a download is shown: a bar on a terminal, a line for each quarter elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from streams.broker.jars import Progress as Report

_STEPS = 4


@contextmanager
def download_bar(console: Console, title: str = "Apache Kafka") -> Iterator[Report]:
    """What to hand to EmbeddedBroker as `progress`; nothing is shown until something is downloaded."""
    if not console.is_terminal:
        yield _plain_lines(console, title)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None, visible=False)

        def report(done: int, size: int) -> None:
            bar.update(task, completed=done, total=size, visible=True)

        yield report


def _plain_lines(console: Console, title: str) -> Report:
    told = 0

    def report(done: int, size: int) -> None:
        nonlocal told
        step = done * _STEPS // size
        if step > told:
            told = step
            console.print(f"{title}: {done / 1e6:.0f} of {size / 1e6:.0f} MB", highlight=False)

    return report
