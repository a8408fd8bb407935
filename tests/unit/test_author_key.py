"""The key of author hashes: one for all workers that are told the same file."""

from __future__ import annotations

import stat
from pathlib import Path

from streams.settings import read_settings
from streams.worker import author_secret


def test_it_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "author.key"
    first = author_secret(path)
    assert len(first) == 32
    assert author_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["author.key"]


def test_a_key_that_is_given_is_taken_as_it_is(tmp_path: Path) -> None:
    given = tmp_path / "author.key"
    given.write_bytes(b"k" * 32)
    given.chmod(0o440)
    assert author_secret(given) == b"k" * 32


def test_the_environment_names_it() -> None:
    assert read_settings({"VIGIE_AUTHOR_KEY": "/run/key"}).author_key == Path("/run/key")
    assert read_settings({}).author_key is None
