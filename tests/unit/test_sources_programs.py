"""Programs as sources, and what the contract's check finds."""

import asyncio
import json
import shlex
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.post import Post
from schemas.post import Source as Origin
from streams.sources.checking import check
from streams.sources.contract import Checkpoint, Delete, Dropped, Event, SourceError, Upsert
from streams.sources.opening import open_source

FIXTURES = Path(__file__).parents[1] / "fixtures"
ROW = {"id": 1, "platform": "forum", "text": "Bien", "date": "2026-11-02"}


def program(*says: str, code: str = "") -> str:
    lines = "\n".join(says)
    return f"exec:{shlex.quote(sys.executable)} -c {shlex.quote(f'print({lines!r});{code}')}" + " {state}"


async def read(spec: str, cursor: str | None = None) -> list[Event]:
    return [event async for event in open_source(spec).events(cursor)]


def keys(found: list[Event]) -> list[str]:
    return [event.post.key for event in found if isinstance(event, Upsert)]


async def test_plain_posts_singer_and_airbyte_are_read() -> None:
    found = await read(
        program(
            json.dumps(ROW),
            json.dumps({"type": "SCHEMA", "stream": "s", "schema": {}}),
            json.dumps({"type": "RECORD", "stream": "s", "record": ROW | {"id": 2}}),
            json.dumps({"type": "STATE", "value": {"bookmark": 2}}),
            json.dumps({"type": "LOG", "log": {"message": "hello"}}),
            json.dumps(
                {"type": "RECORD", "record": {"stream": "s", "data": ROW | {"id": 3}, "emitted_at": 1}}
            ),
            json.dumps({"type": "STATE", "state": {"cursor": 3}}),
            json.dumps({"key": "forum:1", "deleted": True, "at": "2026-11-02T10:00:00Z"}),
            "",
            "oops",
        )
    )
    assert keys(found) == ["forum:1", "forum:2", "forum:3"]
    assert [event.cursor for event in found if isinstance(event, Checkpoint)] == [
        '{"bookmark":2}',
        '{"cursor":3}',
    ]
    assert [event.key for event in found if isinstance(event, Delete)] == ["forum:1"]
    assert [event.reject.reason for event in found if isinstance(event, Dropped)] == ["not-json"]


async def test_dead_letters_of_a_program_are_the_same_when_it_says_the_same_again() -> None:
    spec = program("oops", json.dumps(ROW))

    async def places(spec: str, cursor: str | None) -> list[tuple[str, int]]:
        letters = (event.reject for event in await read(spec, cursor) if isinstance(event, Dropped))
        return [(letter.topic, letter.offset) for letter in letters]

    first = await places(spec, None)
    assert len(first) == 1
    assert first == await places(spec, None), "counted once, however often it is run from one state"
    assert first != await places(spec, '{"bookmark":2}'), "another state, other lines"
    assert first != await places(program("oops", "oops"), None), "another command, other lines"
    assert open_source(spec).name != open_source(program("oops")).name, "cursors are not shared"


async def test_the_last_state_is_given_back() -> None:
    code = (
        "import os,sys,json;"
        "print(json.dumps({'type':'RECORD','record':{'id':os.environ['VIGIE_CURSOR'],"
        "'text':open(sys.argv[1]).read(),'date':'2026-11-02'}}))"
    )
    found = await read(program(code=code), '{"bookmark":2}')
    assert isinstance(found[0], Upsert)
    assert (found[0].post.key, found[0].post.text) == ('file:{"bookmark":2}', '{"bookmark":2}')


async def test_a_program_that_fails_is_said_after_what_it_gave() -> None:
    found: list[Event] = []
    source = open_source(program(json.dumps(ROW), code="import sys;sys.exit(3)"))

    async def run() -> None:
        async for event in source.events(None):
            found.append(event)  # noqa: PERF401 - it has to be there when the program fails

    with pytest.raises(SourceError, match="status 3"):
        await run()
    assert keys(found) == ["forum:1"]
    for spec in ("exec:/no/such/program", "exec:", "exec:'open"):
        with pytest.raises(SourceError):
            await read(spec)


async def test_no_program_is_left_behind() -> None:
    code = "import sys,time;sys.stdout.flush();time.sleep(60)"
    events = open_source(program(json.dumps(ROW), code=code)).events(None)
    async with asyncio.timeout(10):
        assert isinstance(await anext(events), Upsert)
        await events.aclose()


class Odd:
    """A source of a given list; from a cursor (an index) on unless it forgets."""

    def __init__(self, events: list[Event], *, forgets: bool = False, skips: int = 0) -> None:
        self.name = "odd"
        self._events = events
        self._forgets = forgets
        self._skips = skips

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        start = 0 if cursor is None or self._forgets else int(cursor) + self._skips
        for event in self._events[start:]:
            yield event


def posts(count: int) -> list[Event]:
    found: list[Event] = []
    for number in range(count):
        post = Post(f"forum:{number}", "forum", "x", 1793610000000, Origin("odd"))
        found += [Upsert(post, b"x"), Checkpoint(str(2 * number + 2))]
    return found


async def test_a_sound_source_passes_the_check() -> None:
    assert await check(lambda: Odd(posts(20))) == []
    for spec in ("x-archive:x/tweets.js", "jetstream:bluesky/events.jsonl", "feed:rss/atom.xml"):
        name, _, path = spec.partition(":")
        assert await check(lambda name=name, path=path: open_source(f"{name}:{FIXTURES / path}")) == []  # type: ignore[misc]


async def test_what_breaks_the_contract_is_said() -> None:
    sound = posts(20)
    first = sound[0]
    assert isinstance(first, Upsert)
    wrong = Upsert(replace(first.post, platform="other"), b"")
    for source, word in [
        (lambda: Odd([wrong, *sound]), "begin with its platform"),
        (lambda: Odd(sound, forgets=True), "all that came before"),
        (lambda: Odd(sound, skips=4), "lost"),
        (lambda: Odd([first]), "no Checkpoint"),
        (lambda: Odd(["what", *sound]), "no event"),  # type: ignore[list-item]
    ]:
        problems = await check(source)
        assert any(word in problem for problem in problems), (word, problems)
