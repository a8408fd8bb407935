"""The Kafka of a home, whether its watch runs at the moment or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from streams.broker.embedded import EmbeddedBroker
from streams.broker.layout import Layout
from streams.broker.ports import LOOPBACK, read_ports
from streams.broker.record import Record, find_broker
from streams.settings import Settings


@contextmanager
def with_log(settings: Settings) -> Iterator[Settings]:
    """`settings` with the broker to read from: the one that is named, the one that the home's watch runs, or
    the home's own, started for as long as the context lasts."""
    layout = Layout(settings.home)
    record = Record.read(layout.record)
    if not settings.embedded():
        yield settings
    elif (ports := read_ports(layout.ports)) and record and find_broker(record, layout.properties):
        yield replace(settings, broker=f"{LOOPBACK}:{ports.broker}")
    else:
        broker = EmbeddedBroker(settings.home, say=lambda _: None)
        asyncio.run(broker.start())
        try:
            yield replace(settings, broker=broker.bootstrap)
        finally:
            asyncio.run(broker.stop())
