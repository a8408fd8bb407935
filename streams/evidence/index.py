"""What the evidence page is asked from: a SQLite file in the home, filled from the topics and bounded as they are.

No text, name or address of anyone is in it, only judgements, keyed hashes and where in posts.v1 a post lies: what is
erased there is gone here too. It can be deleted at any time and is built again. The offsets read are kept in the
same transaction as what was read, so that a crash repeats nothing and loses nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import orjson

from agents.measuring.author_keys import QUARTER, key_of_quarter
from schemas.correction import decode_correction
from schemas.mention import AuthorRetraction, Mention, MentionRecord, Retraction, decode_mention
from schemas.reputation import DAY, MINUTE, Reputation
from schemas.reputation import decode as decode_reputation
from schemas.topics import CORRECTIONS, MENTIONS, REPUTATION
from streams.log_reader import LogRecord

LAYOUT = 3  # of the tables: a file of another layout is thrown away
STEP = 15 * MINUTE  # of event time: one record of a company's history a step
KEPT = MENTIONS.retention or 60 * DAY  # since Kafka received it (ms)
FOR_EVER = 2**62
_FILE = "evidence.sqlite3"

_TABLES = """
CREATE TABLE place (topic TEXT, partition INTEGER, next INTEGER, PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE barrier (post TEXT PRIMARY KEY, below INTEGER, received INTEGER) WITHOUT ROWID;
CREATE TABLE withdrawn (author TEXT PRIMARY KEY, at INTEGER, received INTEGER) WITHOUT ROWID;
CREATE TABLE mention (
    company TEXT, post TEXT, version INTEGER, time INTEGER, platform TEXT, kind TEXT, language TEXT, role TEXT,
    label TEXT, scored INTEGER, score INTEGER, weight INTEGER, credibility TEXT, author TEXT, register TEXT,
    found_by TEXT, confidence INTEGER, signature TEXT, repost_of TEXT, disclosures TEXT, kinds TEXT, rules TEXT,
    partition INTEGER, offset INTEGER, received INTEGER,
    PRIMARY KEY (company, post)
);
CREATE INDEX mention_time ON mention (company, time);
CREATE INDEX mention_post ON mention (post);
CREATE INDEX mention_author ON mention (author);
CREATE INDEX mention_received ON mention (received);
CREATE TABLE correction (
    company TEXT, post TEXT, version INTEGER, said BLOB, received INTEGER, PRIMARY KEY (company, post, version)
) WITHOUT ROWID;
CREATE TABLE standing (
    company TEXT, step INTEGER, at INTEGER, windows BLOB, partition INTEGER, offset INTEGER,
    received INTEGER, PRIMARY KEY (company, step)
) WITHOUT ROWID;
"""


def open_index(home: Path) -> sqlite3.Connection:
    """The index of `home`, made if it is not there or of another layout; for one thread that writes."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / _FILE
    connection = _connect(path)
    try:
        layout = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:  # no database, or a broken one
        layout = -1
    if layout != LAYOUT:
        connection.close()
        for part in (path, path.with_name(f"{_FILE}-wal"), path.with_name(f"{_FILE}-shm")):
            part.unlink(missing_ok=True)
        connection = _connect(path)
        connection.executescript(f"PRAGMA journal_mode = WAL; {_TABLES} PRAGMA user_version = {LAYOUT};")
    path.chmod(0o600)
    return connection


def open_reader(home: Path) -> sqlite3.Connection:
    """The same file for reading alone, from any one thread at a time."""
    uri = f"{(home / _FILE).absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)


def next_offsets(index: sqlite3.Connection) -> dict[tuple[str, int], int]:
    """Where reading goes on, by topic and partition."""
    return {(topic, number): at for topic, number, at in index.execute("SELECT * FROM place")}


def take(index: sqlite3.Connection, records: Iterable[LogRecord]) -> None:
    """Take in records of mentions.v1 and reputation.v1, all or none of them."""
    with index:
        places: dict[tuple[str, int], int] = {}
        for record in records:
            if record.topic == MENTIONS.name:
                _mentioned(index, decode_mention(record.value or b""), record.timestamp)
            elif record.topic == REPUTATION.name:
                _published(index, record)
            elif record.topic == CORRECTIONS.name:
                _said(index, record)
            places[record.topic, record.partition] = record.offset + 1
        index.executemany(
            "REPLACE INTO place VALUES (?, ?, ?)", [(*place, at) for place, at in places.items()]
        )


def forget(index: sqlite3.Connection, now: int) -> None:
    """Let go what its topic no longer holds; `now` in epoch milliseconds of wall time."""
    with index:
        for table in ("mention", "barrier", "withdrawn", "standing", "correction"):
            index.execute(f"DELETE FROM {table} WHERE received < ?", (now - KEPT,))  # noqa: S608 - our own names


def _mentioned(index: sqlite3.Connection, record: MentionRecord, received: int) -> None:
    """As the ledger does: the highest version stands, nothing under a barrier, nothing that its author withdrew."""
    if isinstance(record, AuthorRetraction):
        _withdrawn(index, record, received)
        return
    if isinstance(record, Retraction):
        below = FOR_EVER if record.below is None else record.below
        index.execute(
            "INSERT INTO barrier VALUES (?, ?, ?) ON CONFLICT (post) DO UPDATE SET "
            "below = max(below, excluded.below), received = max(received, excluded.received)",
            (record.post, below, received),
        )
        index.execute("DELETE FROM mention WHERE post = ? AND version < ?", (record.post, below))
        return
    stands = index.execute(
        "SELECT max(coalesce((SELECT below FROM barrier WHERE post = :post), 0), "
        "coalesce((SELECT max(version) FROM mention WHERE post = :post), 0))",
        {"post": record.post},
    ).fetchone()[0]
    gone = index.execute("SELECT at FROM withdrawn WHERE author = ?", (record.author,)).fetchone()
    if record.version < stands or (gone and record.event_time <= gone[0]):
        return
    index.execute("DELETE FROM mention WHERE post = ? AND version < ?", (record.post, record.version))
    row = _row(record, received)
    index.execute(f"REPLACE INTO mention VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - marks only


def _withdrawn(index: sqlite3.Connection, record: AuthorRetraction, received: int) -> None:
    keys = [(key_of_quarter(record.author, quarter),) for quarter in range(record.at // QUARTER + 1)]
    index.executemany(
        "INSERT INTO withdrawn VALUES (?, ?, ?) ON CONFLICT (author) DO UPDATE SET "
        "at = max(at, excluded.at), received = max(received, excluded.received)",
        [(key, record.at, received) for (key,) in keys],
    )
    index.executemany(f"DELETE FROM mention WHERE author = ? AND time <= {record.at:d}", keys)  # noqa: S608 - a number


def _row(mention: Mention, received: int) -> tuple[object, ...]:
    disclosures = [(found.kind, found.explicit, *found.span) for found in mention.disclosures]
    return (
        mention.company, mention.post, mention.version, mention.event_time, mention.platform, mention.kind,
        mention.language, mention.role, mention.label if mention.scored else "unscored", mention.scored, mention.score,
        mention.weight if mention.scored else 0, mention.credibility, mention.author, mention.register,
        mention.evidence, mention.confidence, mention.signature,
        mention.repost_of if mention.kind == "repost" and mention.repost_of != mention.post else None,
        orjson.dumps(disclosures).decode(), " ".join(sorted({found.kind for found in mention.disclosures})),
        mention.versions, mention.origin.partition, mention.origin.offset, received,
    )  # fmt: skip


def _published(index: sqlite3.Connection, record: LogRecord) -> None:
    try:
        found = decode_reputation(record.value or b"")
    except (ValueError, KeyError, TypeError):
        return  # `vigie audit --verify` tells of it
    if found.person is not None:
        return  # the page is about companies
    index.execute(
        "INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (company, step) DO UPDATE SET "
        "at = excluded.at, windows = excluded.windows, partition = excluded.partition, "
        "offset = excluded.offset, received = excluded.received WHERE excluded.at >= at",
        (
            found.company, found.at // STEP, found.at, orjson.dumps(_windows(found)),
            record.partition, record.offset, record.timestamp,
        ),
    )  # fmt: skip


def _said(index: sqlite3.Connection, record: LogRecord) -> None:
    raw = record.value or b""
    try:
        said = decode_correction(raw)
    except (ValueError, KeyError, TypeError):
        return  # it corrects nothing
    row = (said.company, said.post, said.version, raw, record.timestamp)
    index.execute("REPLACE INTO correction VALUES (?, ?, ?, ?, ?)", row)


def _windows(found: Reputation) -> dict[str, list[object]]:
    """What the page shows of each window, in the order in which `asking.Standing` reads it."""
    return {
        window.window: [
            window.state, window.score, window.low, window.high, window.prior, window.weight, *window.mentions,
        ]
        for window in found.windows
    }  # fmt: skip


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, check_same_thread=False)
