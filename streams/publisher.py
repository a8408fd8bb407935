"""Figures of this worker's partitions, taken at set intervals: for the scrape, and for reputation.v1."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace

from agents.judge import Judge
from schemas.reputation import OUTCOMES, Reputation
from schemas.seal import Seal
from streams.clock import StreamClock
from streams.exporting.snapshot import Snapshot
from streams.pause import boot_time
from streams.recorder import Recorder
from streams.topology import Topology
from streams.transport import BatchingApp
from streams.vital_signs import positions

SHARE = 0.03  # of the time goes into taking snapshots, at most, while there is a backlog to work off
SPARE_SHARE = 0.25  # of the time that is to spare
LONGEST_REST = 2.0  # seconds: however long they take


class Publisher:
    """Takes snapshots; the only reader of the agents' states."""

    def __init__(
        self,
        app: BatchingApp,
        topology: Topology,
        judge: Judge,
        clock: StreamClock,
        recorder: Recorder,
        record_every: float,
        rules_changed: float | None = None,
    ) -> None:
        """`record_every`: seconds of wall time between two rounds of records for reputation.v1;
        `rules_changed`: epoch seconds, see `streams.rules_history`."""
        self._app = app
        self._topology = topology
        self._clock = clock
        versions = {**judge.versions, "rules": judge.version}
        self._nothing = Snapshot(versions=versions, rules_changed=rules_changed)
        self._recorder = recorder
        self._record_every = record_every
        self._recorded_at = float("-inf")
        self._taken = (float("-inf"), 0.0)  # the last snapshot: when it was there, what it cost, in seconds
        self._seen = (time.monotonic(), time.process_time())
        self._moves = 0  # times that partitions began to move
        self._recording: asyncio.Task[None] | None = None
        self.recording_since: float | None = None  # `boot_time`; None: Kafka has all that was handed to it
        self.ready = False
        self.newest = self._nothing

    def mark_stale(self) -> None:
        """Partitions are moving: until they are recovered, what is shown is not the present."""
        self.ready = False
        self._taken = (float("-inf"), 0.0)
        self.newest = replace(self.newest, ready=False)
        self._moves += 1
        self._recorder.forget()

    def show_nothing(self) -> None:
        """Partitions moved away: another worker shows their figures, and a sum must not have them twice."""
        self.ready = False
        self.newest = self._nothing

    async def close(self) -> None:
        """Record the last figures, so that reputation.v1 ends with what was last shown."""
        if self._whole():
            self.newest = self._take(evidence=True)
            await self._record(self.newest, self._seals())

    async def publish(self) -> None:
        """Take a snapshot and, when it is time, record what changed in reputation.v1.

        Figures are so as fresh as they can be while few change, and a backlog is not held up by them: how long to
        rest is asked anew each time, so that the end of a backlog is shown as soon as there is time to spare. Nothing
        waits for the record: where Kafka does not take it, figures go on, and the next record follows it."""
        if not self._whole():
            return
        (taken, cost), share = self._taken, self._share()
        if time.monotonic() < taken + min(cost * (1 / share - 1), LONGEST_REST):
            return
        began, due = time.thread_time(), self._may_record()
        self.newest = snapshot = self._take(evidence=due)
        self._taken = (time.monotonic(), time.thread_time() - began)
        if due:
            self._recorded_at = time.monotonic()
            self._recording = asyncio.create_task(self._recorded(snapshot, self._seals(), self._moves))

    def _whole(self) -> bool:
        """Whether the states are recovered, and again where they once were if they had lost something."""
        return self.ready and not self._app.read_again.under_way(self._app.next_offset)

    def _may_record(self) -> bool:
        """Whether it is time to; raises what the last attempt raised."""
        if self._recording is not None:
            if not self._recording.done():
                return False
            self._recording.result()
        return time.monotonic() - self._recorded_at >= self._record_every

    async def _recorded(self, snapshot: Snapshot, seals: list[Seal], moves: int) -> None:
        if moves != self._moves:
            return  # another worker records from here on
        self._app.reached("publish-before")
        await self._record(snapshot, seals)
        self._app.reached("publish-after")

    def _share(self) -> float:
        """Of the time, what snapshots may take: the more, the less the process did since it was last asked."""
        (then, used), now = self._seen, (time.monotonic(), time.process_time())
        self._seen = now
        busy = (now[1] - used) / max(now[0] - then, 1e-3)
        return max(SHARE, SPARE_SHARE * (1 - busy))

    def _seals(self) -> list[Seal]:
        """How far posts.v1 was read."""
        return [count.seal for count in self._topology.counts.held.values() if count.seal is not None]

    async def _record(self, snapshot: Snapshot, seals: list[Seal]) -> None:
        self.recording_since = boot_time()
        await self._recorder.record(snapshot.reputations, self._nothing.versions, seals)
        self.recording_since = None

    def _take(self, *, evidence: bool) -> Snapshot:
        """`evidence`: with the posts behind the figures, which a record names and a scrape does not."""
        ledgers = self._topology.ledgers.held
        for measure in ledgers.values():
            self._clock.observe(measure.watermark or None)
        at = self._clock.at()
        reputations: list[Reputation] = []
        mentions: Counter[tuple[str, str]] = Counter()
        newest: dict[str, int] = {}
        traffic: Counter[str] = Counter()
        for measure in ledgers.values():
            traffic.update(measure.totals.told_apart())
            if at is not None:
                reputations += measure.figures(at, evidence=evidence)
            for company, tally in measure.totals.subjects.items():
                if "#" in company:  # a person: never a label
                    continue
                newest[company] = tally.newest
                mentions.update(
                    {(company, name): n for name, n in zip(OUTCOMES, tally.mentions, strict=True)}
                )
        counts = sum((count.counts for count in self._topology.counts.held.values()), Counter[str]())
        rejects = sum((count.counts for count in self._topology.buried.held.values()), Counter[str]())
        platforms = {name[9:]: n for name, n in counts.items() if name.startswith("platform:")}
        return replace(
            self._nothing,
            ready=True,
            taken=boot_time(),
            at=at,
            reputations=tuple(reputations),
            mentions=mentions,
            newest=newest,
            posts=platforms,
            outcomes={name: n for name, n in counts.items() if not name.startswith("platform:")},
            traffic=traffic,
            rejects=rejects,
            ledger_posts=sum(measure.entries for measure in ledgers.values()),
            ledger_bytes=sum(measure.size for measure in ledgers.values()),
            lag={(tp.topic, tp.partition): left for tp, (_, left) in positions(self._app).items()},
            whole=len(ledgers) == self._app.conf.topic_partitions,
        )
