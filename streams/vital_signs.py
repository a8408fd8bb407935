"""Is the worker alive, in touch, and how far behind? Looked at once a second on its own event loop, so that a loop
that hangs shows in the age of the last look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from schemas.topics import MENTIONS, POSTS, REJECTS, REPUTATION
from streams.exporting.vitals import Vitals
from streams.pause import boot_time
from streams.transport import BatchingApp

READ = frozenset({POSTS.name, MENTIONS.name, REJECTS.name})
_EVERY = 1.0  # seconds


class VitalSigns:
    """Keeps `newest`, taken from `app`."""

    def __init__(
        self,
        app: BatchingApp,
        recording: Callable[[], float | None] = lambda: None,
        now: Callable[[], float] = boot_time,
    ) -> None:
        """`recording`: since when records for reputation.v1 wait to be acknowledged, if any do."""
        self._app = app
        self._recording = recording
        self._now = now
        self._waiting: dict[Any, tuple[int, float]] = {}  # partition -> committed offset, since when
        self.newest = Vitals(beat=now())

    async def watch(self) -> None:
        """Look again and again; never returns."""
        while True:
            self.look()
            await asyncio.sleep(_EVERY)

    def look(self) -> None:
        app, now = self._app, self._now()
        age = app.lease.age
        if age is None:  # no group has given it anything yet
            self.newest = Vitals(beat=now)
            return
        tables: Any = app.tables
        recovery = tables.recovery
        self.newest = Vitals(
            beat=now,
            heard=now - age,
            recovering=max(0, recovery.active_remaining_total()) if recovery.in_recovery else 0,
            buffered=buffered(app),
            waiting=self._wait(now) | self._unrecorded(),
        )

    def _unrecorded(self) -> dict[str, float]:
        since = self._recording()
        return {} if since is None else {REPUTATION.name: since}

    def _wait(self, now: float) -> dict[str, float]:
        """By topic, since when the partition that waits longest has had records that are not committed."""
        standing: dict[Any, tuple[int, float]] = {}
        for tp, (committed, left) in positions(self._app).items():
            if left:
                before = self._waiting.get(tp)
                standing[tp] = before if before and before[0] == committed else (committed, now)
        self._waiting = standing
        longest: dict[str, float] = {}
        for tp, (_, since) in standing.items():
            longest[tp.topic] = min(since, longest.get(tp.topic, since))
        return longest


def positions(app: BatchingApp) -> dict[Any, tuple[int, int]]:
    """By partition the committed offset and how many records follow it, where both are known: Faust learns
    them when it seeks after recovery and when it fetches."""
    consumer: Any = app.consumer
    found = {}
    for tp in consumer.assignment():
        if tp.topic not in READ:
            continue
        sought = tp in consumer._read_offset  # noqa: SLF001 - Faust tells it nowhere else
        end = consumer.highwater(tp)
        if sought and end is not None:
            committed = consumer._committed_offset.get(tp) or 0  # noqa: SLF001 - the same
            found[tp] = (committed, max(0, end - committed))
    return found


def buffered(app: BatchingApp) -> int:
    """Records that the producer has and Kafka has not acknowledged."""
    producer: Any = app._producer  # noqa: SLF001 - `app.producer` would make one
    client = producer and producer._producer  # noqa: SLF001
    if client is None:
        return 0
    accumulator = client._message_accumulator  # noqa: SLF001 - counted nowhere else
    lying = [batch for batches in accumulator._batches.values() for batch in batches]  # noqa: SLF001
    return sum(batch.record_count for batch in (*lying, *accumulator._pending_batches))  # noqa: SLF001
