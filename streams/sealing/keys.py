"""The key store: one key for each sealed record, with keyed hashes by which an author's keys are found.

One SQLite file. What is erased is overwritten (secure_delete), the journal is emptied at every commit and there
is no write-ahead log, so that a destroyed key is nowhere in the file or beside it. Below the file (copies on
write, worn cells of an SSD) only the encryption of the disk helps, and backups of the file are cleared when they
come back, by erasures.v1. Numbers grow with time, so keys of neighbouring records lie side by side,
and a store that comes back from a backup gives no number twice.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from streams.settings import SettingsError

SECRET = 32  # bytes
_CLOCK = 20  # bits below the milliseconds of a number
_TABLES = """
create table if not exists keys (
    id integer primary key, who integer not null, alias integer not null, post integer not null, secret blob
);
create table if not exists refused (subject integer primary key, at integer not null);
create table if not exists salt (salt blob not null);
"""


class Owner(NamedTuple):
    """Whose key it is: keyed hashes of the account, of its handle, and of the post; 0 where there is none."""

    who: int = 0
    alias: int = 0
    post: int = 0


class KeyStore:
    """For one thread at a time; several processes and hosts may open the same file."""

    def __init__(self, path: Path) -> None:
        """Made where there is none. Raises SettingsError for a file that cannot be used."""
        self.path = path
        try:
            self._open(path)
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f"{path} cannot serve as the key store ({error}): see VIGIE_KEYS") from error

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(
            path,
            timeout=30.0,
            isolation_level=None,
            check_same_thread=False,  # one thread at a time
        )
        for pragma in ("secure_delete=on", "journal_mode=truncate", "synchronous=full", "temp_store=memory"):
            self._db.execute(f"pragma {pragma}").fetchall()
        self._db.executescript(f"begin immediate; {_TABLES} commit;")
        with self._writing():
            if self._db.execute("select 1 from salt").fetchone() is None:
                self._db.execute("insert into salt values (?)", (secrets.token_bytes(SECRET),))
        self._salt: bytes = self._db.execute("select salt from salt").fetchone()[0]

    def close(self) -> None:
        self._db.close()

    def hashed(self, kind: str, *parts: str) -> bytes:
        """A keyed hash (32 bytes): nobody without this store can tell what it is of."""
        text = "\0".join((kind, *parts))
        return hmac.digest(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def number(self, kind: str, *parts: str) -> int:
        """The same in 63 bits, never 0."""
        return (int.from_bytes(self.hashed(kind, *parts)[:8]) >> 1) or 1

    def make(self, owners: Sequence[Owner]) -> list[tuple[int, bytes]]:
        """A new key for each, with its number; on disk when this returns."""
        if not owners:
            return []
        fresh = os.urandom(SECRET * len(owners))
        made = [fresh[at : at + SECRET] for at in range(0, len(fresh), SECRET)]
        with self._writing():
            last = self._db.execute("select max(id) from keys").fetchone()[0] or 0
            first = max(last + 1, time.time_ns() // 1_000_000 << _CLOCK)
            rows = [(first + at, *owner, made[at]) for at, owner in enumerate(owners)]
            self._db.executemany("insert into keys values (?, ?, ?, ?, ?)", rows)
        return [(first + at, secret) for at, secret in enumerate(made)]

    def secrets(self, numbers: Sequence[int]) -> dict[int, bytes | None]:
        """The keys of those numbers: None where one was erased; left out where it never was here."""
        marks = ",".join("?" * len(numbers))
        return dict(self._db.execute(f"select id, secret from keys where id in ({marks})", numbers))  # noqa: S608

    def foreign(self) -> bool:
        """Does this store hold no key of any post? Then it is hardly the one that the feed wrote."""
        return self._db.execute("select 1 from keys where post != 0 limit 1").fetchone() is None

    def of_author(self, subject: int) -> tuple[list[int], list[int]]:
        """(accounts, numbers of their keys) for an author's hash, whether it is of the account or of its handle."""
        found = self._db.execute(
            "select distinct who from keys where who = ? or alias = ?", (subject, subject)
        )
        accounts = sorted({row[0] for row in found if row[0]} | {subject})
        marks = ",".join("?" * len(accounts))
        query = f"select id from keys where secret is not null and who in ({marks})"  # noqa: S608
        return accounts, [row[0] for row in self._db.execute(query, accounts)]

    def of_post(self, subject: int) -> list[int]:
        """Numbers of the keys of all versions of a post."""
        query = "select id from keys where secret is not null and post = ?"
        return [row[0] for row in self._db.execute(query, (subject,))]

    def shred(self, numbers: Iterable[int], subjects: Iterable[int] = (), at: int = 0) -> int:
        """Destroy keys, and refuse what `subjects` wrote up to `at` (epoch ms); how many there still were. The
        numbers stay, so that what they sealed is known to be erased; twice does no harm."""
        with self._writing():
            gone = 0
            for number in numbers:
                gone += self._db.execute(
                    "update keys set secret = null, who = 0, alias = 0, post = 0 where id = ? and secret is not null",
                    (number,),
                ).rowcount
                self._db.execute("insert or ignore into keys values (?, 0, 0, 0, null)", (number,))
            told = "insert into refused values (?, ?) on conflict do update set at = max(at, excluded.at)"
            self._db.executemany(told, [(subject, at) for subject in subjects])
        return gone

    def refused(self) -> dict[int, int]:
        """Erased subjects, and until when (epoch ms) what they wrote is not taken in again."""
        return dict(self._db.execute("select subject, at from refused"))

    def outlive(self, before: int) -> int:
        """Destroy keys made before `before` (epoch ms), whose records Kafka has dropped by then; how many."""
        with self._writing():
            return self._db.execute("delete from keys where id < ?", (before << _CLOCK,)).rowcount

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")
