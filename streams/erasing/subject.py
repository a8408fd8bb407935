"""`vigie subject`: what is held on an author."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from agents.judge import Judge
from schemas.codec import document_of
from schemas.instants import rfc3339
from schemas.judged import encode_judged
from schemas.mention import Coordinates, Mention, decode_mention
from schemas.post import AuthorDeletion, Post
from schemas.sealed import Private, Sealed, decode_record
from schemas.topics import MENTIONS, POSTS
from streams.erasing.erase import Whom, keys_of
from streams.erasing.traces import letters, names_one_of
from streams.judges import load_judge
from streams.log_reader import LogReader, LogRecord, log_reader
from streams.sealing.vault import Vault, key_store
from streams.settings import Settings


def held(settings: Settings, whom: Whom, advance: Callable[[int], None]) -> bytes:
    """One JSON object; `settings.broker` must be set, `advance` is told of records of posts.v1 read."""
    store = key_store(settings)
    vault = Vault(store)
    try:
        _, numbers = keys_of(store, whom)
        with log_reader(settings.broker or "", settings.security) as reader:
            found = list(_posts(reader, vault, set(numbers), lambda post: whom.wanted(post, store), advance))
            judge = load_judge(settings)
            places = {Coordinates(record.topic, record.partition, record.offset) for record, _ in found}
            document = {
                "author": f"{whom.platform}:{whom.name}",
                "keys": numbers,
                "posts": [_shown(record, post, judge) for record, post in found],
                "mentions": list(_mentions(reader, places)),
                "dead_letters": [
                    _letter(record, letter)
                    for record, letter, _ in letters(reader, vault)
                    if names_one_of(letter, (whom.name, *whom.also))
                ],
            }
    finally:
        store.close()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _posts(
    reader: LogReader,
    vault: Vault,
    numbers: set[int],
    wanted: Callable[[Private], bool],
    advance: Callable[[int], None],
) -> Iterator[tuple[LogRecord, Private]]:
    for reach in reader.reaches(POSTS.name):
        for record in reader.read(reach):
            advance(1)
            found = decode_record(record.value or b"")
            if isinstance(found, Sealed):
                opened = vault.open([found])[0] if found.by in numbers else None
                if isinstance(opened, Post | AuthorDeletion):
                    yield record, opened
            elif isinstance(found, Post | AuthorDeletion) and wanted(found):
                yield record, found


def _mentions(reader: LogReader, places: set[Coordinates]) -> Iterator[Mention]:
    for reach in reader.reaches(MENTIONS.name):
        for record in reader.read(reach):
            found = decode_mention(record.value or b"")
            if isinstance(found, Mention) and found.origin in places:
                yield found


def _shown(record: LogRecord, post: Private, judge: Judge) -> dict[str, Any]:
    if isinstance(post, AuthorDeletion):
        return {**_place(record), "received": record.timestamp, "account_withdrawn": rfc3339(post.at)}
    judged = orjson.loads(encode_judged(judge.judge([post])[0]))
    return {**_place(record), "received": record.timestamp, "post": document_of(post), "judged": judged}


def _letter(record: LogRecord, letter: dict[str, Any]) -> dict[str, Any]:
    return {**_place(record), **letter, "raw": b64decode(letter["raw"]).decode("utf-8", "replace")}


def _place(record: LogRecord) -> dict[str, Any]:
    return {"at": f"{record.topic}/{record.partition}@{record.offset}"}
