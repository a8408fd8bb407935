"""The files that judged, kept by hash under <home>/versions: an audit months later judges with those of then.

`<judge's version>.json` names what the version consists of; each file that was read lies beside it under
the SHA-256 of its bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from agents.judge import Judge
from schemas.watchlist import WatchlistError
from streams.judges import load_judge
from streams.settings import Settings, SettingsError


class VersionError(SettingsError):
    """A kept version cannot judge: `altered` if its files are not what they were, else gone or outgrown."""

    def __init__(self, message: str, *, altered: bool = False) -> None:
        super().__init__(message)
        self.altered = altered


def keep_versions(settings: Settings, judge: Judge) -> None:
    """Keep what `judge` was loaded from; nothing is written twice, nothing half."""
    directory = settings.home / "versions"
    directory.mkdir(parents=True, exist_ok=True)
    manifest = {
        "versions": judge.versions,
        "watchlists": [_keep(directory, path.read_bytes()) for path in settings.watchlists],
        "credibility": _keep(directory, settings.credibility.read_bytes()),
    }
    _put(directory / f"{judge.version}.json", orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))


def kept_judge(settings: Settings, version: str) -> Judge:
    """The judge called `version`, from its kept files; raises VersionError."""
    directory = settings.home / "versions"
    names = _manifest(directory, version)
    files = [_checked(directory, name) for name in (*names["watchlists"], names["credibility"])]
    try:
        judge = _load(Settings(watchlists=tuple(files[:-1]), credibility=files[-1]))
    except (WatchlistError, SettingsError) as error:
        raise VersionError(f"the kept files of version {version} are refused now: {error}") from error
    if judge.version != version:
        changed = [name for name, value in judge.versions.items() if names["versions"].get(name) != value]
        raise VersionError(
            f"this Vigie judges otherwise than version {version} did: {', '.join(sorted(changed))} differ"
        )
    return judge


def altered_versions(home: Path) -> Iterator[str]:
    """A sentence for each kept file that is not what its name says, or is not there though it is named."""
    directory = home / "versions"
    for path in sorted(directory.glob("*.toml")):
        try:
            _checked(directory, path.stem)
        except VersionError as error:
            yield str(error)
    for path in sorted(directory.glob("*.json")):
        try:
            names = _manifest(directory, path.stem)
            for name in (*names["watchlists"], names["credibility"]):
                _checked(directory, name)
        except VersionError as error:
            yield str(error)


def _manifest(directory: Path, version: str) -> dict[str, Any]:
    path = directory / f"{version}.json"
    try:
        names: dict[str, Any] = orjson.loads(path.read_bytes())
        judged = orjson.dumps(names["versions"], option=orjson.OPT_SORT_KEYS)
        listed = [*names["watchlists"], names["credibility"]]
    except FileNotFoundError:
        raise VersionError(f"version {version} is not kept in {directory}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise VersionError(f"{path} was altered: it cannot be read", altered=True) from error
    if hashlib.sha256(judged).hexdigest()[: len(version)] != version:
        raise VersionError(f"{path} was altered: what it names has another hash", altered=True)
    if not all(isinstance(name, str) for name in listed):
        raise VersionError(f"{path} was altered: a file's name is no text", altered=True)
    return names


def _checked(directory: Path, name: str) -> Path:
    path = directory / f"{name}.toml"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise VersionError(f"{path} is missing") from None
    if found != name:
        raise VersionError(f"{path} was altered: its bytes have the hash {found}", altered=True)
    return path


@lru_cache(maxsize=4)
def _load(settings: Settings) -> Judge:
    """Loading takes seconds; files named by their own hash do not change."""
    return load_judge(settings)


def _keep(directory: Path, content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    _put(directory / f"{name}.toml", content)
    return name


def _put(path: Path, content: bytes) -> None:
    """Written beside and moved into place, so that a crash leaves no half file."""
    if path.exists():
        return
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
