"""A feed keeps its place only after Kafka acknowledged everything before it."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import cast

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from schemas.codec import decode_post
from schemas.post import AuthorDeletion, Post
from schemas.post import Source as Origin
from schemas.reject import Invalid
from streams.feed import Cursor, Fed, feed
from streams.sources.contract import (
    AuthorDelete,
    Checkpoint,
    Delete,
    Event,
    Gap,
    Recovered,
    Trouble,
    Upsert,
    dropped,
)


class Source:
    """Gives the events it was made with, whatever the cursor, and remembers the cursor."""

    name = "made"

    def __init__(self, *events: Event) -> None:
        self._events = events
        self.asked: list[str | None] = []

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        self.asked.append(cursor)
        for event in self._events:
            yield event


class Producer:
    """Holds every send until told; `cursor` is read at each acknowledgement."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.acks: list[asyncio.Future[object]] = []

    async def send(self, topic: str, value: bytes, key: bytes) -> asyncio.Future[object]:
        self.sent.append((topic, key, value))
        self.acks.append(asyncio.get_running_loop().create_future())
        return self.acks[-1]


def upsert(number: int) -> Upsert:
    return Upsert(Post(f"twitter:{number}", "twitter", "Voilà", 1_780_000_000_000, Origin("made")), b"")


def start(source: Source, producer: Producer, cursor: Cursor, said: list[str]) -> asyncio.Task[Fed]:
    return asyncio.create_task(feed(source, cast("AIOKafkaProducer", producer), cursor, said.append))


async def turn() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_cursor_waits_for_every_acknowledgement_before_it(tmp_path: Path) -> None:
    producer, cursor, said = Producer(), Cursor(tmp_path, "made"), list[str]()
    running = start(Source(upsert(1), upsert(2), Checkpoint("two"), upsert(3)), producer, cursor, said)
    await turn()
    assert len(producer.sent) == 2
    producer.acks[1].set_result(None)
    await turn()
    assert cursor.read() is None
    producer.acks[0].set_result(None)
    await turn()
    assert cursor.read() == "two"
    assert not running.done()
    producer.acks[2].set_result(None)
    assert await running == Fed(posts=3)
    assert cursor.read() == "two"


async def test_a_failing_send_leaves_the_old_cursor_and_ends_the_feed(tmp_path: Path) -> None:
    producer, cursor = Producer(), Cursor(tmp_path, "made")
    cursor.keep("before")
    source = Source(upsert(1), upsert(2), Checkpoint("after"))
    running = start(source, producer, cursor, [])
    await turn()
    producer.acks[0].set_result(None)
    producer.acks[1].set_exception(ConnectionError("no broker"))
    with pytest.raises(ConnectionError, match="no broker"):
        await running
    assert source.asked == ["before"]
    assert cursor.read() == "before"


async def test_every_event_is_in_one_topic_and_one_count(tmp_path: Path) -> None:
    producer, said = Producer(), list[str]()
    lost = dropped("file:posts.jsonl", 7, Invalid("not-json", "no"), b"{", 5)
    source = Source(
        upsert(1), Delete("twitter:9", 1_780_000_000_000), lost, Gap("an hour is missing"),
        AuthorDelete("twitter", "7", 1_780_000_000_000), Trouble("no network", 3.0), Recovered(),
    )  # fmt: skip
    running = start(source, producer, Cursor(tmp_path, "made"), said)
    await turn()
    for ack in producer.acks:
        ack.set_result(None)
    fed = await running
    assert fed == Fed(posts=1, deletions=1, dropped=1, gaps=1, accounts=1)
    assert [(topic, key) for topic, key, _ in producer.sent] == [
        ("posts.v1", b"twitter:1"),
        ("posts.v1", b"twitter:9"),
        ("rejects.v1", b"file:posts.jsonl/0/7"),
        ("posts.v1", b"twitter:@7"),
    ]
    assert orjson.loads(producer.sent[1][2])["deleted"] is True
    assert decode_post(producer.sent[3][2]) == AuthorDeletion("twitter", "7", 1_780_000_000_000)
    assert said == ["an hour is missing", "no network; trying again in 3 s"]
    assert fed.words() == "fed 1 posts, 1 deletions, 1 to rejects.v1, 1 gaps, 1 withdrawn accounts"


def test_a_cursor_is_replaced_whole_and_named_after_its_source(tmp_path: Path) -> None:
    one, other = Cursor(tmp_path / "cursors", "file:/a/b"), Cursor(tmp_path / "cursors", "file:/a/c")
    assert one.read() is None
    one.keep("1")
    one.keep("2")
    assert (one.read(), other.read()) == ("2", None)
    assert len(list((tmp_path / "cursors").iterdir())) == 1
