"""Prometheus' exposition of the newest snapshot, and the probes, served by threads of their own."""

from __future__ import annotations

import platform
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from schemas.reputation import OUTCOMES, Reputation, WindowFigures
from streams import metrics as m
from streams.settings import VERSION, SettingsError
from streams.snapshot import Snapshot

Family = CounterMetricFamily | GaugeMetricFamily
_WINDOW_GAUGES: tuple[tuple[m.Metric, Callable[[WindowFigures], float | None]], ...] = (
    (m.LOW, lambda w: w.low / 100),
    (m.HIGH, lambda w: w.high / 100),
    (m.SCORE, lambda w: w.score / 100 if w.state == "ok" else None),
    (m.INSUFFICIENT, lambda w: float(w.state != "ok")),
    (m.EVIDENCE, lambda w: w.evidence / 100),
    (m.WEIGHT, lambda w: w.weight / 1000),
    (m.NET, lambda w: None if w.net is None else w.net / 10_000),
    (m.AUTHORS, lambda w: None if w.authors is None else w.authors / 100),
    (m.LARGEST_AUTHOR, lambda w: None if w.largest_author is None else w.largest_author / 10_000),
    (m.COORDINATED, lambda w: w.coordinated),
)


class SnapshotCollector(Collector):
    """Reads whatever snapshot `newest` gives at the moment of the scrape."""

    def __init__(self, newest: Callable[[], Snapshot]) -> None:
        self._newest = newest

    def describe(self) -> Iterable[Family]:
        return ()  # nothing is asked of us when we are registered

    def collect(self) -> Iterator[Family]:
        snapshot = self._newest()
        yield from _reputation(snapshot)
        yield _family(m.MENTIONS, snapshot.mentions.items())
        yield _family(m.LATE, (((r.company,), r.late) for r in _companies(snapshot)))
        yield _family(m.NEWEST, (((company,), at / 1000) for company, at in snapshot.newest.items()))
        yield _family(m.POSTS, _bounded(snapshot.posts.items()))
        yield _family(m.OUTCOMES, (((outcome,), n) for outcome, n in snapshot.outcomes.items()))
        yield _family(m.REJECTS, (((reason,), n) for reason, n in snapshot.rejects.items()))
        yield _family(m.LAG, (((topic, str(partition)), n) for (topic, partition), n in snapshot.lag.items()))
        if snapshot.at is not None:
            yield _family(m.CLOCK, [((), snapshot.at / 1000)])
        yield _family(m.READY, [((), float(snapshot.ready))])
        versions = snapshot.versions
        yield _family(
            m.BUILD,
            [
                (
                    (
                        VERSION,
                        platform.python_version(),
                        versions.get("watchlist", ""),
                        versions.get("rules", ""),
                    ),
                    1,
                )
            ],
        )


def serve(host: str, port: int, newest: Callable[[], Snapshot]) -> WSGIServer:
    """A server of /metrics, /-/healthy and /-/ready, not yet serving; raises SettingsError where the
    address cannot be had."""
    registry = CollectorRegistry()
    registry.register(SnapshotCollector(newest))
    exposition = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return exposition(environ, start_response)
        if path == "/-/healthy":
            return _plain(start_response, "200 OK", "alive")
        if path == "/-/ready":
            ready = newest().ready
            return _plain(
                start_response,
                "200 OK" if ready else "503 Service Unavailable",
                "ready" if ready else "recovering, or without partitions",
            )
        return _plain(start_response, "404 Not Found", "try /metrics, /-/ready or /-/healthy")

    try:
        return make_server(host, port, answer, server_class=_Server, handler_class=_Quiet)
    except OSError as error:
        raise SettingsError(
            f"cannot serve metrics on {host}:{port} ({error.strerror}): "
            "another `vigie run`? Give --metrics host:port or VIGIE_METRICS_ADDRESS"
        ) from error


class _Server(WSGIServer):
    """One thread a request; an own address family, for ::1 is loopback too."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *args: Any, **kwargs: Any) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, *args, **kwargs)


class _Quiet(WSGIRequestHandler):
    timeout = 10.0  # seconds for a client that does not speak

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Scrapes are no news."""


def _plain(start_response: Any, status: str, text: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode() + b"\n"]


def _family(metric: m.Metric, samples: Iterable[tuple[tuple[str, ...], float]]) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family: Family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in samples:
        family.add_metric(labels, value)
    return family


def _companies(snapshot: Snapshot) -> list[Reputation]:
    return [reputation for reputation in snapshot.reputations if reputation.person is None]


def _reputation(snapshot: Snapshot) -> Iterator[Family]:
    rows = [(r.company, window) for r in _companies(snapshot) for window in r.windows]
    for metric, value in _WINDOW_GAUGES:
        yield _family(
            metric, (((company, w.window), found) for company, w in rows if (found := value(w)) is not None)
        )
    yield _family(
        m.WINDOW_MENTIONS,
        (
            ((company, w.window, outcome), count)
            for company, w in rows
            for outcome, count in zip(OUTCOMES, w.mentions, strict=True)
        ),
    )
    yield _family(
        m.DISCLOSURES,
        (
            ((company, w.window, *name.split("/")), count)
            for company, w in rows
            for name, count in w.disclosures.items()
        ),
    )
    yield _family(
        m.SOURCES,
        (((company, w.window, level), n) for company, w in rows for level, n in w.credibility.items()),
    )
    yield _family(
        m.ROLE_MENTIONS,
        (((company, w.window, c.role), sum(c.mentions)) for company, w in rows for c in w.cohorts),
    )
    if snapshot.whole:
        yield _family(m.SHARE_OF_VOICE, _shares(rows))


def _shares(rows: list[tuple[str, WindowFigures]]) -> Iterator[tuple[tuple[str, str], float]]:
    totals: dict[str, int] = {}
    for _, window in rows:
        totals[window.window] = totals.get(window.window, 0) + window.weight
    for company, window in rows:
        if total := totals[window.window]:
            yield (company, window.window), window.weight / total


def _bounded(posts: Iterable[tuple[str, int]]) -> Iterator[tuple[tuple[str], int]]:
    counts: dict[str, int] = {}
    for name, count in posts:
        known = name if name in m.PLATFORMS else "other"
        counts[known] = counts.get(known, 0) + count
    return (((name,), count) for name, count in counts.items())
