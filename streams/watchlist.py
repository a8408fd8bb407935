"""The watchlist file, read: a path or the shipped one in, a `Watchlist` out."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from schemas.watchlist import Watchlist, WatchlistError, parse_watchlist

_SOURCE_TREE = Path(__file__).parent.parent / "deploy" / "watchlist.toml"


def load_watchlist(path: Path | None = None) -> Watchlist:
    """The watchlist in `path`, or the shipped one.

    Raises `WatchlistError`, with the file's name in every problem, also where it cannot be read.
    """
    where = path or shipped_watchlist()
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


def shipped_watchlist() -> Path:
    """Where the watchlist that comes with Vigie lies: in the wheel, or in the source tree."""
    packed = Path(str(files("streams"))) / "shipped" / "watchlist.toml"
    return packed if packed.is_file() else _SOURCE_TREE
