"""From a source into posts.v1; a cursor is kept only after Kafka acknowledged all before it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from schemas.post import AuthorDeletion, Deletion, PostRecord
from schemas.topics import POSTS, REJECTS, Topic
from streams.sealing.vault import Vault
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

TOGETHER = 500  # events
SOON = 0.05  # seconds


@dataclass(slots=True)
class Fed:
    """What a feed has sent so far; every event of the source is in exactly one count."""

    posts: int = 0
    deletions: int = 0
    dropped: int = 0
    gaps: int = 0
    erased: int = 0  # posts that were erased before, and are not taken in again
    accounts: int = 0  # withdrawn ones

    def words(self) -> str:
        parts = [f"{self.posts:,} posts", f"{self.deletions:,} deletions" if self.deletions else ""]
        parts += [f"{self.dropped:,} to rejects.v1" if self.dropped else ""]
        parts += [f"{self.gaps:,} gaps" if self.gaps else ""]
        parts += [f"{self.accounts:,} withdrawn accounts" if self.accounts else ""]
        parts += [f"{self.erased:,} left out, for they were erased" if self.erased else ""]
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


Recorded = Upsert | Delete | AuthorDelete | Dropped


class Outgoing:
    """Events on their way to Kafka, in order: sealed and sent some at a time, for a key must be on disk before
    its post leaves, and a disk is slow to say so. None waits longer than `SOON`."""

    def __init__(self, producer: AIOKafkaProducer, vault: Vault, fed: Fed) -> None:
        self._producer = producer
        self._vault = vault
        self._fed = fed
        self._waiting: list[Recorded] = []
        self._sent: list[asyncio.Future[object]] = []
        self._one_at_a_time = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None
        self._feeding = asyncio.current_task()
        self.failure: Exception | None = None  # of a send in the source's silence: the feed is cancelled

    async def add(self, event: Recorded) -> None:
        self._waiting.append(event)
        if len(self._waiting) >= TOGETHER:
            await self._send()
        elif self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._send_soon())

    async def acknowledged(self) -> None:
        """When everything so far is in Kafka; raises what sending it raised."""
        await self._send()
        await asyncio.gather(*self._sent)
        self._sent.clear()

    async def close(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            await asyncio.gather(self._soon, return_exceptions=True)

    async def _send_soon(self) -> None:
        await asyncio.sleep(SOON)
        try:
            await self._send()
        except Exception as error:  # noqa: BLE001 - raised by the feed
            self.failure = error
            if self._feeding is not None:
                self._feeding.cancel()

    async def _send(self) -> None:
        async with self._one_at_a_time:
            events, self._waiting = self._waiting, []
            found = [_record(event) for event in events if not isinstance(event, Dropped)]
            records = iter(zip(found, self._vault.records(found), strict=True))
            letters = iter(
                self._vault.rejects([event.reject for event in events if isinstance(event, Dropped)])
            )
            for event in events:
                if isinstance(event, Dropped):
                    self._fed.dropped += 1
                    reject = event.reject
                    place = f"{reject.topic}/{reject.partition}/{reject.offset}"
                    await self._to(REJECTS, place, next(letters))
                    continue
                record, sent = next(records)
                self._count(record, taken=sent is not None)
                if sent is not None:
                    await self._to(POSTS, *sent)

    def _count(self, record: PostRecord, *, taken: bool) -> None:
        if isinstance(record, Deletion):
            self._fed.deletions += 1
        elif isinstance(record, AuthorDeletion):
            self._fed.accounts += 1
        elif taken:
            self._fed.posts += 1
        else:
            self._fed.erased += 1

    async def _to(self, topic: Topic, key: str, value: bytes) -> None:
        self._sent.append(await self._producer.send(topic.name, value, key=key.encode()))


def _record(event: Upsert | Delete | AuthorDelete) -> PostRecord:
    if isinstance(event, Upsert):
        return event.post
    if isinstance(event, Delete):
        return Deletion(event.key, event.at)
    return AuthorDeletion(event.platform, event.author, event.at)


async def feed(
    source: Source,
    producer: AIOKafkaProducer,
    cursor: Cursor,
    say: Callable[[str], None],
    note: Callable[[Event], None] = lambda _: None,
    vault: Vault | None = None,
) -> Fed:
    """Run `source` from its kept cursor to its end; `note` is told every event, `say` gaps, trouble and,
    at each checkpoint, what was fed so far. Without a vault posts go in the clear.

    Raises what the source or the producer raises; the kept cursor then still stands before
    everything that Kafka did not acknowledge.
    """
    fed = Fed()
    outgoing = Outgoing(producer, vault or Vault(), fed)
    try:
        async for event in source.events(cursor.read()):
            note(event)
            if isinstance(event, Recorded):
                await outgoing.add(event)
            elif isinstance(event, Gap):
                fed.gaps += 1
                say(event.detail)
            elif isinstance(event, Trouble):
                say(f"{event.detail}; trying again in {event.retry_in:.0f} s")
            elif isinstance(event, Checkpoint):
                await outgoing.acknowledged()
                cursor.keep(event.cursor)
                say(fed.words())
        await outgoing.acknowledged()
    except asyncio.CancelledError:
        if outgoing.failure is not None:
            raise outgoing.failure from None
        raise
    finally:
        await outgoing.close()
    return fed
