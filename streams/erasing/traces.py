"""Where records name somebody: dead letters, and posts that were never sealed."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.instants import rfc3339
from schemas.post import AuthorDeletion, Post
from schemas.reject import open_reject
from schemas.sealed import Private, Sealed, decode_record
from schemas.topics import POSTS, REJECTS, Topic
from streams.log_reader import LogReader, LogRecord
from streams.sealing.keys import KeyStore
from streams.sealing.vault import Vault

Wanted = Callable[[Private], bool]
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class Trace:
    """A record in the clear that no key can erase; Kafka drops it at `until` (RFC 3339) at the earliest, and with
    its segment soon after."""

    topic: str
    partition: int
    offset: int
    until: str


def letters(reader: LogReader, vault: Vault) -> Iterator[tuple[LogRecord, dict[str, Any], int | None]]:
    """Every dead letter, opened where its key still is, with the number of its key (None: never sealed)."""
    for reach in reader.reaches(REJECTS.name):
        for record in reader.read(reach):
            wire = orjson.loads(record.value or b"{}")
            yield record, open_reject(wire, vault.open_box), wire.get("sealed", {}).get("by")


def sealed_elsewhere(reader: LogReader, store: KeyStore) -> bool:
    """Is there a sealed post in posts.v1 of whose key `store` knows nothing?"""
    records = (record for reach in reader.reaches(POSTS.name) for record in reader.read(reach))
    found = (decode_record(record.value or b"") for record in records)
    return any(isinstance(one, Sealed) and not store.secrets([one.by]) for one in found)


def plain_posts(
    reader: LogReader, wanted: Wanted, advance: Callable[[int], None]
) -> Iterator[tuple[LogRecord, Private]]:
    """Unsealed posts and withdrawals of accounts that are `wanted`; `advance` is told of records read."""
    for reach in reader.reaches(POSTS.name):
        for record in reader.read(reach):
            advance(1)
            found = decode_record(record.value or b"")
            if isinstance(found, Post | AuthorDeletion) and wanted(found):
                yield record, found


def names_one_of(letter: dict[str, Any], names: Sequence[str]) -> bool:
    """Does a dead letter name somebody, whatever its case, encoding or JSON escapes?"""
    raw = b64decode(letter.get("raw", ""))
    text = f"{raw.decode('utf-8', 'replace')}\n{raw.decode('latin-1')}\n{letter.get('detail', '')}".casefold()
    text += "\n" + _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).casefold()
    return any(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text) for name in names if name)


def trace_of(record: LogRecord, topic: Topic) -> Trace:
    until = record.timestamp + (topic.retention or 0)
    return Trace(record.topic, record.partition, record.offset, rfc3339(until))
