"""The watchlist file, read: a path or the shipped one in, a `Watchlist` out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from schemas.watchlist import Watchlist, WatchlistError, parse_watchlist
from streams.settings import shipped


def load_watchlist(path: Path | None = None) -> Watchlist:
    """The watchlist in `path`, or the shipped one.

    Raises `WatchlistError`, with the file's name in every problem, also where it cannot be read.
    """
    where = path or shipped("watchlist.toml")[0]
    try:
        text = where.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise WatchlistError(
            [f"{where}:1: cannot be read: {error.strerror}; give the path of a TOML file"]
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WatchlistError([f"{where}:{line}: not UTF-8: save the file as UTF-8"]) from error
    return parse_watchlist(text, str(where))


def load_watchlists(paths: Sequence[Path]) -> Watchlist:
    """Several files as one watchlist; raises `WatchlistError` also for an id that two of them give."""
    loaded = [(path, load_watchlist(path)) for path in paths]
    seen: dict[str, Path] = {}
    for path, watchlist in loaded:
        ids = [company.id for company in watchlist.companies] + [person.id for person in watchlist.persons]
        for name in ids:
            if name in seen:
                raise WatchlistError([f"{path}:1: {name} is also in {seen[name]}: keep one of them"])
            seen[name] = path
    return Watchlist(
        tuple(company for _, watchlist in loaded for company in watchlist.companies),
        tuple(person for _, watchlist in loaded for person in watchlist.persons),
    )
