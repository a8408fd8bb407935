"""Replayed figures into a table of a local SQLite file: a row for each subject, instant and window."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from schemas.instants import rfc3339
from schemas.reputation import OUTCOMES, Reputation
from streams.settings import SettingsError

# as in schemas.reputation.WindowFigures, in its units
_PLAIN = (
    "state", "score", "low", "high", "prior", "evidence", "weight", "net", "authors", "largest_author", "coordinated",
)  # fmt: skip
_COLUMNS = ("at", "company", "person", "window", *_PLAIN, *OUTCOMES)


def write_to_table(path: Path, reputations: Iterable[Reputation]) -> int:
    """Write the table `reputation` of the file `path`, whole or not at all; how many records there were.
    Raises SettingsError where the file has such a table already, or is no SQLite file."""
    written = 0
    try:
        with closing(sqlite3.connect(path)) as table, table:
            columns = ", ".join(f'"{name}"' for name in _COLUMNS)
            table.execute(f'create table reputation ({columns}, primary key (at, company, person, "window"))')
            marks = ", ".join("?" * len(_COLUMNS))
            for reputation in reputations:
                table.executemany(f"insert into reputation values ({marks})", _rows(reputation))  # noqa: S608
                written += 1
    except sqlite3.Error as error:
        raise SettingsError(f"{path}: {error}: name a new file") from error
    return written


def _rows(reputation: Reputation) -> Iterator[tuple[object, ...]]:
    for window in reputation.windows:
        plain = (getattr(window, name) for name in _PLAIN)
        subject = (rfc3339(reputation.at), reputation.company, reputation.person or "")
        yield (*subject, window.window, *plain, *window.mentions)
