"""Brokers for tests: one for the session, and others for a test to kill, pause or restart."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from streams.broker.embedded import EmbeddedBroker


class MakeBroker(Protocol):
    def __call__(
        self,
        home: Path | None = None,
        *,
        heap: str = ...,
        extra: dict[str, str] | None = None,
        start_limit: float = ...,
    ) -> EmbeddedBroker: ...


@pytest.fixture(scope="session")
def broker() -> Iterator[EmbeddedBroker]:
    """A running broker that all tests share: use topics and groups of your own, and leave it alive."""
    with tempfile.TemporaryDirectory(prefix="vigie-broker-") as home:
        shared = EmbeddedBroker(Path(home), heap="256m", say=print)
        asyncio.run(shared.start())
        try:
            yield shared
        finally:
            asyncio.run(shared.stop())


@pytest.fixture
def make_broker(tmp_path: Path) -> Iterator[MakeBroker]:
    """Makes brokers, not started yet, each in a home of its own unless told; all end with the test."""
    made: list[EmbeddedBroker] = []

    def make(
        home: Path | None = None,
        *,
        heap: str = "256m",
        extra: dict[str, str] | None = None,
        start_limit: float = 60.0,
    ) -> EmbeddedBroker:
        home = home or tmp_path / f"home-{len(made)}"
        made.append(EmbeddedBroker(home, heap=heap, extra=extra, start_limit=start_limit, say=print))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            asyncio.run(one.stop())
