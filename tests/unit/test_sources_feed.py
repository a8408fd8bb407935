"""Real sources through the real feed into a log in memory, killed at any moment: nothing is lost."""

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schemas.codec import decode_post
from schemas.post import Deletion, Post
from schemas.topics import POSTS
from streams.feed import Cursor, feed
from streams.sources.contract import Source
from streams.sources.jetstream import JetstreamSource
from streams.sources.opening import open_source

TESTS = Path(__file__).parents[1]
CORPUS = TESTS.parent / "deploy" / "corpus.jsonl"


class Killed(Exception):  # noqa: N818 - what a kill -9 is to a test
    pass


class Log:
    """A producer whose records are acknowledged when the loop turns; it dies at the send numbered `dies`."""

    def __init__(self, dies: int | None = None) -> None:
        self.acknowledged: list[tuple[str, bytes]] = []
        self._left = dies

    async def send(self, topic: str, value: bytes, key: bytes) -> asyncio.Future[None]:
        assert key
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Killed
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def acknowledge() -> None:
            self.acknowledged.append((topic, value))
            if not future.done():
                future.set_result(None)

        loop.call_soon(acknowledge)
        return future

    def held(self) -> set[tuple[str, int]]:
        """The versions of posts in posts.v1, and deletions as version 0."""
        records = [decode_post(value) for topic, value in self.acknowledged if topic == POSTS.name]
        return {
            (record.key, record.version if isinstance(record, Post) else 0)
            for record in records
            if isinstance(record, Post | Deletion)
        }


async def run(make: Callable[[], Source], folder: Path, kills: list[int]) -> set[tuple[str, int]]:
    """Feed a source, dying and starting again at each of `kills`; what the log holds in the end."""
    held: set[tuple[str, int]] = set()
    for dies in [*kills, None]:
        log: Any = Log(dies)
        try:
            await feed(make(), log, Cursor(folder, "c"), lambda _: None)
        except Killed:
            await asyncio.sleep(0)
        held |= log.held()
    return held


@pytest.mark.parametrize("kills", [[0], [1, 700, 701], [499, 500, 501, 3], [3000]])
@pytest.mark.parametrize("zipped", [False, True])
async def test_the_corpus_is_whole_after_any_kill(tmp_path: Path, kills: list[int], *, zipped: bool) -> None:
    lines = CORPUS.read_bytes()
    path = tmp_path / ("c.jsonl.gz" if zipped else "c.jsonl")
    path.write_bytes(gzip.compress(lines) if zipped else lines)
    wanted = {
        (record.key, record.version if isinstance(record, Post) else 0)
        for record in map(decode_post, lines.splitlines())
        if isinstance(record, Post | Deletion)
    }
    assert await run(lambda: open_source(str(path)), tmp_path, kills) == wanted


async def test_bluesky_is_whole_after_kills_and_cuts(tmp_path: Path) -> None:
    """The server forgets nothing, sends from the cursor on, and cuts the line every few events."""
    template = (TESTS / "fixtures" / "bluesky" / "events.jsonl").read_text("utf-8").splitlines()[0]
    start, step, count = 1793610000000000, 700_000, 60
    events = [
        (
            start + step * number,
            template.replace("3ka", f"post{number}").replace("1793610001000000", str(start + step * number)),
        )
        for number in range(count)
    ]
    whole = asyncio.Event()

    async def subscribe(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        cursor = int(request.query.get("cursor", "0"))
        for place, line in [event for event in events if event[0] >= cursor][:7]:
            await socket.send_str(line)
            if place == events[-1][0]:
                whole.set()
        await socket.close()
        return socket

    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    app = web.Application()
    app.router.add_get("/subscribe", subscribe)
    held: set[tuple[str, int]] = set()
    async with TestServer(app) as server:
        url = str(server.make_url("/subscribe"))
        for dies in [5, 11, 2, None]:
            log: Any = Log(dies)
            task = asyncio.create_task(
                feed(JetstreamSource(url, pause=pause), log, Cursor(tmp_path, "b"), lambda _: None)
            )
            if dies is None:
                async with asyncio.timeout(10):
                    await whole.wait()
                    while len(held | log.held()) < count:  # noqa: ASYNC110 - the feed has no end to wait for
                        await asyncio.sleep(0.01)
                task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
            assert isinstance(result, Killed | asyncio.CancelledError)
            held |= log.held()
    assert len(held) == count
