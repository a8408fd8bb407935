"""The series of the sources that are fed from one home: from the files that their feeds keep there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.registry import Collector

from streams.exporting import metrics as m
from streams.exporting.worker_metrics import Family, family
from streams.settings import Settings, SettingsError
from streams.sources.health import STATES, Health, read_health


class SourceCollector(Collector):
    """Reads what is there at the moment of the scrape."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def describe(self) -> Iterable[Family]:
        return ()  # nothing is asked of us when we are registered

    def collect(self) -> Iterator[Family]:
        found = read_health(self._home, time.time_ns() // 1_000_000)
        if not found:
            return
        states = ((one, state, float(one.state == state)) for one in found for state in STATES)
        yield family(m.SOURCE_STATE, (((one.label, state), is_so) for one, state, is_so in states))
        yield family(
            m.SOURCE_EVENTS,
            (((one.label, kind), count) for one in found for kind, count in one.events.items()),
        )
        yield family(
            m.SOURCE_DROPPED,
            (((one.label, reason), count) for one in found for reason, count in one.dropped.items()),
        )
        yield family(m.SOURCE_GAPS, (((one.label,), one.gaps) for one in found))
        yield family(m.SOURCE_LAG, _seconds((one, one.lag) for one in found))
        yield family(m.SOURCE_NEWEST, _seconds((one, one.newest) for one in found))
        yield family(m.SOURCE_RETRY, _seconds((one, one.retry_at) for one in found))


def serve_sources(settings: Settings) -> None:
    """Serve the series of these sources alone, from a thread: for a feed on a host of its own. Raises
    SettingsError where the address cannot be had."""
    registry = CollectorRegistry()
    registry.register(SourceCollector(settings.home))
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        raise SettingsError(
            f"cannot serve metrics on {settings.metrics_address} ({error.strerror})"
        ) from error


def _seconds(found: Iterable[tuple[Health, int | None]]) -> Iterator[tuple[tuple[str, ...], float]]:
    return (((one.label,), value / 1000) for one, value in found if value is not None)
