"""From a source into posts.v1; a cursor is kept only after Kafka acknowledged all before it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from schemas.codec import encode_post
from schemas.post import AuthorDeletion, Deletion
from schemas.reject import encode_reject
from schemas.topics import POSTS, REJECTS
from streams.sources.contract import (
    AuthorDelete,
    Checkpoint,
    Delete,
    Dropped,
    Event,
    Gap,
    Source,
    SourceError,
    Trouble,
    Upsert,
)


@dataclass(slots=True)
class Fed:
    """What a feed has sent so far; every event of the source is in exactly one count."""

    posts: int = 0
    deletions: int = 0
    dropped: int = 0
    gaps: int = 0
    accounts: int = 0  # withdrawn ones

    def words(self) -> str:
        parts = [f"{self.posts:,} posts", f"{self.deletions:,} deletions" if self.deletions else ""]
        parts += [f"{self.dropped:,} to rejects.v1" if self.dropped else ""]
        parts += [f"{self.gaps:,} gaps" if self.gaps else ""]
        parts += [f"{self.accounts:,} withdrawn accounts" if self.accounts else ""]
        return "fed " + ", ".join(part for part in parts if part)


class Cursor:
    """Where a source goes on after a restart: one small file, replaced whole."""

    def __init__(self, directory: Path, name: str) -> None:
        self._path = directory / f"{name.replace(os.sep, '_')}.json"

    def read(self) -> str | None:
        if not self._path.exists():
            return None
        try:
            found = orjson.loads(self._path.read_bytes())["cursor"]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"{self._path} is damaged ({error}): delete it to feed the source from its beginning; "
                "what has been fed before counts once"
            ) from error
        return None if found is None else str(found)

    def keep(self, cursor: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(orjson.dumps({"cursor": cursor}))
            file.flush()
            os.fsync(file.fileno())  # or a machine that loses power could keep the name without the content
        fresh.replace(self._path)


async def feed(
    source: Source,
    producer: AIOKafkaProducer,
    cursor: Cursor,
    say: Callable[[str], None],
    note: Callable[[Event], None] = lambda _: None,
) -> Fed:
    """Run `source` from its kept cursor to its end; `note` is told every event, `say` gaps, trouble and,
    at each checkpoint, what was fed so far.

    Raises what the source or the producer raises; the kept cursor then still stands before
    everything that Kafka did not acknowledge.
    """
    fed = Fed()
    pending: list[asyncio.Future[object]] = []
    async for event in source.events(cursor.read()):
        note(event)
        if isinstance(event, Upsert):
            fed.posts += 1
            pending.append(await _send_post(producer, event.post.key, encode_post(event.post)))
        elif isinstance(event, Delete):
            fed.deletions += 1
            pending.append(await _send_post(producer, event.key, encode_post(Deletion(event.key, event.at))))
        elif isinstance(event, Dropped):
            fed.dropped += 1
            reject = event.reject
            key = f"{reject.topic}/{reject.partition}/{reject.offset}".encode()
            pending.append(await producer.send(REJECTS.name, encode_reject(reject), key=key))
        elif isinstance(event, AuthorDelete):
            fed.accounts += 1
            gone = AuthorDeletion(event.platform, event.author, event.at)
            pending.append(await _send_post(producer, gone.key, encode_post(gone)))
        elif isinstance(event, Gap):
            fed.gaps += 1
            say(event.detail)
        elif isinstance(event, Trouble):
            say(f"{event.detail}; trying again in {event.retry_in:.0f} s")
        elif isinstance(event, Checkpoint):
            await _acknowledged(pending)
            cursor.keep(event.cursor)
            say(fed.words())
    await _acknowledged(pending)
    return fed


async def _send_post(producer: AIOKafkaProducer, key: str, raw: bytes) -> asyncio.Future[object]:
    sent: asyncio.Future[object] = await producer.send(POSTS.name, raw, key=key.encode())
    return sent


async def _acknowledged(pending: list[asyncio.Future[object]]) -> None:
    await asyncio.gather(*pending)
    pending.clear()
