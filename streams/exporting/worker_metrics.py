"""The series of the worker itself, by prometheus_client: a registry of our own, with what it tells of the process."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.exporting import metrics as m
from streams.exporting.snapshot import Snapshot
from streams.exporting.vitals import Vitals
from streams.pause import boot_time
from streams.settings import VERSION

Family = CounterMetricFamily | GaugeMetricFamily
Samples = Iterable[tuple[tuple[str, ...], float]]


def worker_registry(newest: Callable[[], Snapshot], vitals: Callable[[], Vitals]) -> CollectorRegistry:
    """A registry that reads whatever snapshot `newest` gives at the moment of the scrape."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(WorkerCollector(newest, vitals))
    return registry


class WorkerCollector(Collector):
    """Counts of records, lag, freshness and versions."""

    def __init__(self, newest: Callable[[], Snapshot], vitals: Callable[[], Vitals]) -> None:
        self._newest = newest
        self._vitals = vitals

    def describe(self) -> Iterable[Family]:
        return ()  # nothing is asked of us when we are registered

    def collect(self) -> Iterator[Family]:
        snapshot = self._newest()
        yield family(m.POSTS, (((name,), n) for name, n in m.bounded_platforms(snapshot.posts)))
        yield family(m.OUTCOMES, (((outcome,), n) for outcome, n in snapshot.outcomes.items()))
        yield family(m.TRAFFIC, (((outcome,), n) for outcome, n in snapshot.traffic.items()))
        yield family(m.REJECTS, (((reason,), n) for reason, n in snapshot.rejects.items()))
        yield family(m.LAG, (((topic, str(partition)), n) for (topic, partition), n in snapshot.lag.items()))
        yield family(m.LEDGER_POSTS, [((), snapshot.ledger_posts)])
        yield family(m.LEDGER_BYTES, [((), snapshot.ledger_bytes)])
        if snapshot.at is not None:
            yield family(m.CLOCK, [((), snapshot.at / 1000)])
        if snapshot.rules_changed is not None:
            yield family(m.RULES_CHANGED, [((), snapshot.rules_changed)])
        yield from self._signs(snapshot)
        versions = snapshot.versions
        labels = (
            VERSION,
            platform.python_version(),
            versions.get("watchlist", ""),
            versions.get("rules", ""),
        )
        yield family(m.BUILD, [(labels, 1.0)])

    def _signs(self, snapshot: Snapshot) -> Iterator[Family]:
        vitals, now = self._vitals(), boot_time()
        yield family(m.READY, [((), float(snapshot.current(now) and vitals.in_touch(now)))])
        topics = {topic for topic, _ in snapshot.lag} | vitals.waiting.keys()
        ages = {topic: now - vitals.waiting.get(topic, now) for topic in sorted(topics)}
        yield family(m.COMMIT_AGE, (((topic,), age) for topic, age in ages.items()))
        yield family(m.BUFFERED, [((), vitals.buffered)])
        yield family(m.RECOVERING, [((), vitals.recovering)])
        if vitals.heard is not None:
            yield family(m.CONTACT_AGE, [((), now - vitals.heard)])


def family(metric: m.Metric, samples: Samples) -> Family:
    """`samples`: label values, and the value."""
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    made: Family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in samples:
        made.add_metric(labels, value)
    return made
