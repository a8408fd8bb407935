"""Fixtures that start real watches and end them with the test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from made_posts import WATCHLIST
from watching import Watching, free_address


class Start(Protocol):
    def __call__(self, *arguments: str, home: str = ..., **environment: str) -> Watching: ...


@pytest.fixture
def watchlist(tmp_path: Path) -> Path:
    path = tmp_path / "watchlist.toml"
    path.write_text(WATCHLIST)
    return path


@pytest.fixture
def start(tmp_path: Path, watchlist: Path) -> Iterator[Start]:
    """Starts `vigie <arguments>` over <tmp_path>/<home>, with the tests' own watchlist."""
    started: list[Watching] = []

    def start_one(*arguments: str, home: str = "home", **environment: str) -> Watching:
        address = free_address(tmp_path, home)
        command, *rest = arguments
        one = Watching(
            [command, "--watchlist", str(watchlist), *rest], tmp_path / home, address, **environment
        )
        started.append(one)
        return one

    try:
        yield start_one
    finally:
        for one in started:
            one.close()
