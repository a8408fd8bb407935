"""Bluesky live, against a loopback server that plays Jetstream."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from events import until

from streams.sources.backoff import Backoff
from streams.sources.contract import (
    AuthorDelete,
    Checkpoint,
    Delete,
    Dropped,
    Event,
    Gap,
    SourceError,
    Trouble,
    Upsert,
)
from streams.sources.jetstream import JetstreamSource

EVENTS = (Path(__file__).parents[1] / "fixtures" / "bluesky" / "events.jsonl").read_text("utf-8").splitlines()
Play = Callable[[web.WebSocketResponse, web.Request], Awaitable[None]]
Asked = list[dict[str, list[str]]]


@asynccontextmanager
async def jetstream(*plays: Play) -> AsyncIterator[tuple[JetstreamSource, Asked, list[float]]]:
    """A source on a server that plays one of `plays` a connection; what it was asked, and its waits."""
    asked: Asked = []
    waits: list[float] = []

    async def subscribe(request: web.Request) -> web.WebSocketResponse:
        asked.append({name: request.query.getall(name) for name in request.query})
        play = plays[min(len(asked), len(plays)) - 1]
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await play(socket, request)
        await socket.close()
        return socket

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    app = web.Application()
    app.router.add_get("/subscribe", subscribe)
    async with TestServer(app) as server:
        url = str(server.make_url("/subscribe"))
        backoff = Backoff(draw=lambda: 1.0)
        yield JetstreamSource(url, pause=pause, silence=0.5, backoff=backoff), asked, waits


def sends(*lines: str) -> Play:
    async def play(socket: web.WebSocketResponse, request: web.Request) -> None:
        for line in lines:
            await socket.send_str(line)

    return play


async def drops(socket: web.WebSocketResponse, request: web.Request) -> None:
    """Cut the line in mid-frame."""
    assert request.transport is not None
    request.transport.write(b"\x81\x7e\x01\x00{")
    request.transport.close()


def gone(found: list[Event]) -> bool:
    return any(isinstance(event, AuthorDelete) for event in found)


async def test_events_flow_and_the_question_is_narrow() -> None:
    async with jetstream(sends(*EVENTS)) as (source, asked, _):
        found = await until(source, gone)
    assert sum(isinstance(event, Upsert) for event in found) == 5
    assert sum(isinstance(event, Delete) for event in found) == 1
    assert asked == [{"wantedCollections": ["app.bsky.feed.post", "app.bsky.feed.repost"]}]


async def test_a_cut_line_is_taken_up_at_the_last_event_with_some_overlap() -> None:
    async with jetstream(sends(*EVENTS[:3]), drops, drops, sends(*EVENTS[2:])) as (source, asked, waits):
        found = await until(source, gone)
    keys = {event.post.key for event in found if isinstance(event, Upsert)}
    assert len(keys) == 4
    assert [question.get("cursor") for question in asked] == [None] + 3 * [["1793610001000000"]]
    assert waits == [1.0, 2.0, 4.0] == [event.retry_in for event in found if isinstance(event, Trouble)]
    marks = [event.cursor for event in found if isinstance(event, Checkpoint)]
    assert marks[:2] == ["1793610001000000", "1793610003000000"]


async def test_it_resumes_from_a_cursor_and_says_what_the_server_no_longer_has() -> None:
    long_ago = 1793610001000000 - 3_600_000_000
    async with jetstream(sends(*EVENTS)) as (source, asked, _):
        found = await until(source, gone, str(long_ago))
    assert asked[0]["cursor"] == [str(long_ago - 2_000_000)]
    assert found[0] == Gap(
        "bluesky: the server keeps less history than was missed", long_ago // 1000, 1793610001000
    )
    async with jetstream(sends(*EVENTS)) as (source, _, _):
        assert not any(isinstance(event, Gap) for event in await until(source, gone, "1793610000000000"))


async def test_what_is_no_event_is_dropped_and_does_not_move_the_cursor() -> None:
    mad = json.loads(EVENTS[0]) | {"time_us": 2**62}
    lines = ["{", "[]", json.dumps(mad), EVENTS[0], EVENTS[8]]
    async with jetstream(sends(*lines)) as (source, _, _):
        found = await until(source, lambda found: gone(found) and isinstance(found[-1], Checkpoint))
    assert [event.reject.reason for event in found if isinstance(event, Dropped)] == [
        "not-json",
        "not-an-object",
    ]
    assert found[-1] == Checkpoint("1793610009000000")


async def test_silence_counts_as_a_dead_line() -> None:
    async def silent(socket: web.WebSocketResponse, request: web.Request) -> None:
        await socket.receive()

    async with jetstream(silent, sends(*EVENTS)) as (source, asked, waits):
        await until(source, gone)
    assert len(asked) == 2
    assert waits == [1.0]


async def test_a_refusal_is_said_and_not_repeated() -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=400, text="no")

    app = web.Application()
    app.router.add_get("/subscribe", refuse)
    async with TestServer(app) as server:
        source = JetstreamSource(str(server.make_url("/subscribe")))
        with pytest.raises(SourceError, match="400"):
            await until(source, lambda _: True)
