"""`make soak MINUTES=…`: a steady load, with a fault every minute, and what must not grow: memory, file handles, state, lag.

Event time runs fast: half a day in two seconds, so that the ledger's 28 days are full after two minutes and all
later days are sealed. Kafka is stopped and started, it stands still, a second worker comes and goes; the worker
that is measured lives all the time. Exit status 1 where something grew, or a count is wrong.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click
from fault_stage import SECRET, Stage, counted, posts_of, send
from oracle import World
from recomputed import Recomputed
from watching import Series, Watching, total

from schemas.mention import Mention, Retraction
from streams.judges import load_judge
from streams.settings import read_settings

SLICE, SPAN = 2.0, 12 * 3_600_000  # seconds of wall time for so many milliseconds of event time
WARM = 180.0  # seconds until the ledger is full (two minutes), the first fault is over and all is imported
MOST_MEMORY, MOST_HANDLES, MOST_STATE = 0.10, 5.0, 0.15  # growth from there to the end: share, handles, share
WATCHED = {
    "memory": "process_resident_memory_bytes",
    "handles": "process_open_fds",
    "posts in the ledger": "vigie_ledger_posts",
    "bytes of the ledger": "vigie_ledger_bytes",
}


class NoWorld(World):
    """Counts are compared, figures not: the oracle is too slow for so many posts."""

    def take(self, record: Mention | Retraction) -> None:
        """Forget it."""


class Load(threading.Thread):
    """Sends slices of posts at a steady rate until it is told to end."""

    def __init__(self, stage: Stage, rate: int, start: int) -> None:
        super().__init__(daemon=True)
        self._stage, self._rate, self._start = stage, rate, start
        self.ended = threading.Event()
        self.sent: list[bytes] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._send())
        except BaseException as failure:  # noqa: BLE001 - told by the thread that waits
            self.failure = failure

    async def _send(self) -> None:
        part = 0
        while not self.ended.is_set():
            lines = posts_of(round(self._rate * SLICE), part, self._start, SPAN)
            await send(self._stage.broker.bootstrap, lines, self._rate)
            self.sent += lines
            part += 1


def broker_restarts(stage: Stage) -> None:
    asyncio.run(stage.broker.stop())
    asyncio.run(stage.broker.start())


def broker_stands_still(stage: Stage) -> None:
    os.kill(stage.broker.pid, signal.SIGSTOP)
    time.sleep(7.0)
    os.kill(stage.broker.pid, signal.SIGCONT)


def second_worker_comes_and_is_killed(stage: Stage) -> None:
    other = stage.worker("other")
    other.until_ready(60.0)
    time.sleep(3.0)
    other.process.kill()
    other.process.wait(10)


FAULTS: tuple[Callable[[Stage], None], ...] = (
    broker_stands_still,
    second_worker_comes_and_is_killed,
    broker_restarts,
)


def slope(samples: list[tuple[float, float]]) -> float:
    """Of the regression line, a second."""
    return statistics.linear_regression(*zip(*samples, strict=True)).slope


def growth(taken: list[tuple[float, Series]], name: str) -> tuple[float, float]:
    """(mean, growth along the regression line) over the samples."""
    samples = [(at, total(series, name)) for at, series in taken]
    return statistics.fmean(value for _, value in samples), slope(samples) * (samples[-1][0] - samples[0][0])


def right_counts(stage: Stage, found: Series, sent: list[bytes]) -> bool:
    truth = Recomputed(world=NoWorld())
    judge = load_judge(read_settings({}, watchlists=(stage.watchlist,)))
    for line in sent:
        truth.take(line, judge, SECRET, 0)
    outcomes = {name: total(found, "vigie_records_total", outcome=name) for name in truth.outcomes}
    mentions = {
        (company, sentiment): total(found, "vigie_mentions_total", company=company, sentiment=sentiment)
        for company, sentiment in truth.mentions
    }
    rejects = {reason: total(found, "vigie_rejects_total", reason=reason) for reason in truth.rejects}
    return (outcomes, mentions, rejects) == (dict(truth.outcomes), dict(truth.mentions), dict(truth.rejects))


def soak(stage: Stage, minutes: float, rate: int) -> list[str]:
    """Run; what grew or was wrong, in words."""
    worker = stage.worker(VIGIE_BATCH="500")
    worker.until_ready(60.0)
    start = int(time.time() * 1000) - round(minutes * 60 / SLICE + 60) * SPAN  # noqa: TID251 - posts of now
    load = Load(stage, rate, start)
    load.start()
    began, taken, done = time.monotonic(), list[tuple[float, Series]](), 0
    while (passed := time.monotonic() - began) < minutes * 60:
        taken.append((passed, worker.series()))
        if passed > 60.0 * (done + 1) and passed < minutes * 60 - 45:
            harm(stage, worker, load, FAULTS[done % len(FAULTS)])
            done += 1
        time.sleep(1.0)
    load.ended.set()
    load.join(120.0)
    assert load.failure is None, load.failure
    assert len(load.sent) > rate * minutes * 60 / 2, f"only {len(load.sent)} posts were sent"
    found = worker.until_counted(len(load.sent), 120.0)
    print(
        f"{len(load.sent)} posts at {rate}/s, {done} faults, lag at the end {total(found, 'vigie_lag_records'):.0f}"
    )
    wrong: list[str] = []
    late = [(at, series) for at, series in taken if at > WARM and series]
    most = {"memory": MOST_MEMORY, "posts in the ledger": MOST_STATE, "bytes of the ledger": MOST_STATE}
    for name, metric in WATCHED.items():
        mean, grown = growth(late, metric)
        bound = most[name] * mean if name in most else MOST_HANDLES
        print(
            f"{name:<22} mean {mean:>14,.0f}   growth {grown:>+14,.1f}   bound {bound:>13,.1f}   ({len(late)} samples)",
            flush=True,
        )
        if grown > bound:
            wrong.append(f"{name} grew by {grown:,.0f}")
    if not right_counts(stage, found, load.sent):
        wrong.append("a count differs from the recomputation")
    return wrong


def harm(stage: Stage, worker: Watching, load: Load, fault: Callable[[Stage], None]) -> None:
    """One fault; how long until all that was sent before its end is counted."""
    began = time.monotonic()
    fault(stage)
    ended, due = time.monotonic(), len(load.sent)
    worker.until("has caught up", lambda: worker.ready() and counted(worker) >= due, 120.0)
    now = time.monotonic()
    memory = total(worker.series(), "process_resident_memory_bytes") / 1e6
    print(
        f"{fault.__name__:<36} took {ended - began:5.1f} s, caught up {now - ended:5.1f} s later, memory then "
        f"{memory:5.0f} MB",
        flush=True,
    )


@click.command()
@click.option("--minutes", type=click.FloatRange(5.0), default=10.0, show_default=True)
@click.option("--rate", type=int, default=100, show_default=True, help="Posts a second.")
def main(minutes: float, rate: int) -> None:
    logging.getLogger("aiokafka").setLevel(
        logging.CRITICAL
    )  # the load's client tells of each fault at length
    with tempfile.TemporaryDirectory(prefix="vigie-soak-") as directory:
        stage = Stage(Path(directory))
        try:
            wrong = soak(stage, minutes, rate)
        finally:
            stage.close()
    print("; ".join(wrong) or "nothing grew, every count is right")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
