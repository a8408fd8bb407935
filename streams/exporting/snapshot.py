"""What a scrape sees: one immutable picture of the worker, replaced whole, so that a scrape waits for
nothing and never meets half an update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.reputation import Reputation

CURRENT_WITHIN = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Counts and figures of the partitions that this worker has now; times in epoch milliseconds."""

    ready: bool = False  # recovered, with an assignment
    taken: float = 0.0  # when, in seconds of `streams.pause.boot_time`
    at: int | None = None  # the stream clock for which the figures hold
    reputations: tuple[Reputation, ...] = ()
    mentions: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (company, sentiment) ever
    newest: Mapping[str, int] = field(default_factory=dict)  # company -> event time
    posts: Mapping[str, int] = field(default_factory=dict)  # platform -> posts ever
    outcomes: Mapping[str, int] = field(default_factory=dict)  # `matched`, `erased` …
    traffic: Mapping[str, int] = field(
        default_factory=dict
    )  # records of mentions.v1 that are told apart, ever
    rejects: Mapping[str, int] = field(default_factory=dict)  # reason -> dead letters ever
    lag: Mapping[tuple[str, int], int] = field(default_factory=dict)  # (topic, partition) -> records
    ledger_posts: int = 0  # posts in the ledgers
    ledger_bytes: int = 0  # of the table values that hold them
    versions: Mapping[str, str] = field(default_factory=dict)
    rules_changed: float | None = None  # epoch seconds at which other versions took over; None: never
    whole: bool = False  # every partition of mentions.v1 is here, so shares of all are known

    def current(self, now: float) -> bool:
        """Whether it shows what is; one is taken every few seconds at the least."""
        return self.ready and now - self.taken < CURRENT_WITHIN

    def without_figures(self) -> Snapshot:
        """What is left for a worker that may have lost its partitions: another one shows their figures by now, and a
        sum must not have them twice."""
        return Snapshot(lag=self.lag, versions=self.versions, rules_changed=self.rules_changed)
