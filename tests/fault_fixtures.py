"""Stages for faults: one that the tests of a module share, and fresh ones."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_stage import Stage


@pytest.fixture(scope="module")
def shared_stage() -> Iterator[Stage]:
    """A stream that grows from test to test; each leaves it undisturbed."""
    with tempfile.TemporaryDirectory(prefix="vigie-faults-") as directory:
        stage = Stage(Path(directory))
        try:
            yield stage
        finally:
            stage.close()


@pytest.fixture
def make_stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(partitions: int = 4, home: Path | None = None, extra: dict[str, str] | None = None) -> Stage:
        made.append(Stage(tmp_path / f"stage-{len(made)}", partitions, home, extra))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.close()
