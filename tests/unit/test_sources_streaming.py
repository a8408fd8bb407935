"""Routes that listen, against loopback servers that play Mastodon and X."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from events import until

from schemas.watchlist import Company
from streams.sources import mastodon_live, twitter_live
from streams.sources.backoff import Backoff
from streams.sources.contract import (
    Checkpoint,
    Delete,
    Dropped,
    Event,
    Gap,
    Recovered,
    SourceError,
    Trouble,
    Upsert,
)
from streams.sources.tokens import token

FIXTURES = Path(__file__).parents[1] / "fixtures"
TOOTS = [
    json.loads(line) for line in (FIXTURES / "mastodon" / "events.jsonl").read_text("utf-8").splitlines()
]
TWEETS = (FIXTURES / "x" / "stream.jsonl").read_text("utf-8").splitlines()
KESTRANE = Company("kestrane", "Kestrane", handles={"twitter": ("Kestrane",)}, domains=("kestrane.example",))


class Server:
    """Plays one script for each connection to a stream, then says nothing until the client leaves."""

    def __init__(self) -> None:
        self.scripts: list[list[bytes]] = []
        self.asked: list[str] = []
        self.posted: list[Any] = []
        self.connections = 0
        self.authorised: set[str | None] = set()
        self.rules: dict[str, dict[str, str]] = {}
        self.status = 200
        self.waits: list[float] = []
        self.answers: dict[str, Callable[[web.Request], Any]] = {}

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.authorised.add(request.headers.get("Authorization"))
        if self.status != 200:
            status, self.status = self.status, 200
            return web.Response(status=status, headers={"x-rate-limit-reset": "1"})
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in script:
            await response.write(piece)
        if script and script[-1] == b"":  # a cut in mid-record
            assert request.transport is not None
            request.transport.close()
        return response

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(str(request.rel_url))
        if request.method == "POST":
            self.posted.append(await request.json())
        given = self.answers[request.path](request)
        return given if isinstance(given, web.Response) else web.json_response(given)

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    @property
    def settings(self) -> dict[str, Any]:
        return {"pause": self.pause, "silence": 0.5, "backoff": Backoff(draw=lambda: 1.0)}


@asynccontextmanager
async def play(server: Server, stream: str, *paths: str) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get(stream, server.stream)
    for path in paths:
        app.router.add_route("*", path, server.answer)
    async with TestServer(app) as running:
        yield str(running.make_url("/")).rstrip("/")


def keys(found: list[Event]) -> list[str]:
    return [
        event.post.key.partition("/")[2] or event.post.key for event in found if isinstance(event, Upsert)
    ]


def sent(event: dict[str, Any]) -> bytes:
    data = event["payload"] if isinstance(event["payload"], str) else json.dumps(event["payload"])
    return f"event: {event['event']}\ndata: {data}\n\n".encode()


SSE, TIMELINE = "/api/v1/streaming/public", "/api/v1/timelines/public"


async def test_mastodon_s_stream_flows_and_is_authorised() -> None:
    server = Server()
    server.scripts = [[b":)\n\n", *map(sent, TOOTS), b"event: update\ndata: {\n\n"]]
    async with play(server, SSE, TIMELINE) as base:
        source = mastodon_live.live(base, "s3cret", **server.settings)
        found = await until(
            source,
            lambda found: any(
                isinstance(event, Dropped) and event.reject.reason == "not-json" for event in found
            ),
        )
    assert keys(found) == ["1150001", "1150001", "1150002", "1150003", "1150005"]
    assert [event.key.partition("/")[2] for event in found if isinstance(event, Delete)] == ["1150003"]
    assert [event.reject.reason for event in found if isinstance(event, Dropped)] == [
        "not-public",
        "not-json",
    ]
    assert server.authorised == {"Bearer s3cret"}
    assert server.asked == []  # without a cursor there is nothing to catch up with


async def test_mastodon_catches_up_upwards_after_a_cut() -> None:
    server = Server()
    server.scripts = [[sent(TOOTS[0]), sent(TOOTS[3])[:40], b""], [sent(TOOTS[5])]]
    pages = {"1150001": [TOOTS[3]["payload"], TOOTS[2]["payload"]], "1150003": []}
    server.answers[TIMELINE] = lambda request: pages[request.query["min_id"]]
    async with play(server, SSE, TIMELINE) as base:
        source = mastodon_live.live(base, "t", **server.settings)
        found = await until(source, lambda found: keys(found)[-1:] == ["1150005"])
    assert keys(found) == ["1150001", "1150002", "1150003", "1150005"]
    assert server.waits == [1.0]
    assert next(event.cursor for event in found if isinstance(event, Checkpoint)) == "1150001"


async def test_a_catch_up_that_breaks_off_starts_again() -> None:
    server = Server()
    server.scripts = [[sent(TOOTS[5])]]
    turns: list[str] = []

    def page(request: web.Request) -> Any:
        turns.append(request.query["min_id"])
        if len(turns) == 1:
            return [TOOTS[3]["payload"]]
        return web.Response(status=503) if len(turns) == 2 else []

    server.answers[TIMELINE] = page
    async with play(server, SSE, TIMELINE) as base:
        source = mastodon_live.live(base, "t", **server.settings)
        found = await until(source, lambda found: "1150005" in keys(found), "1150001")
    assert turns == ["1150001", "1150003", "1150001"]
    assert not any(isinstance(event, Checkpoint) for event in found)


async def test_a_silent_line_is_dropped_and_a_refusal_is_said() -> None:
    server = Server()

    async def silent(request: web.Request) -> web.StreamResponse:
        server.connections += 1
        if server.connections == 2:
            return web.Response(status=401)
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.sleep(5)
        return response

    app = web.Application()
    app.router.add_get(SSE, silent)
    async with TestServer(app) as running:
        base = str(running.make_url("/")).rstrip("/")
        settings = server.settings | {"silence": 0.1}
        with pytest.raises(SourceError, match="401") as refusal:
            await until(mastodon_live.live(base, "s3cret", **settings), lambda _: False)
    assert "s3cret" not in str(refusal.value)
    assert server.waits == [1.0]


STREAM, RULES, RECENT = "/2/tweets/search/stream", "/2/tweets/search/stream/rules", "/2/tweets/search/recent"


def x_server(server: Server) -> None:
    server.rules = {
        "9": {"id": "9", "value": "old", "tag": "vigie:gone"},
        "8": {"id": "8", "value": "theirs"},
    }

    def rules(request: web.Request) -> Any:
        if request.method == "POST":
            return {"meta": {}}
        return {"data": list(server.rules.values())}

    server.answers[RULES] = rules


async def test_x_keeps_its_rules_streams_and_searches_for_the_gap() -> None:
    server = Server()
    x_server(server)
    first, second = TWEETS[0].encode(), TWEETS[1].encode()
    server.scripts = [[b"\r\n", first + b"\r\n", second[:30], b""], [second + b"\r\n"]]
    pages = [
        {
            "data": [json.loads(TWEETS[2])["data"]],
            "includes": json.loads(TWEETS[2])["includes"],
            "meta": {"next_token": "n"},
        },
        {"data": [], "meta": {"result_count": 0}},
    ]
    server.answers[RECENT] = lambda request: pages[1 if "next_token" in request.query else 0]
    async with play(server, STREAM, RULES, RECENT) as base:
        source = twitter_live.live([KESTRANE], "t", base, **server.settings)
        found = await until(source, lambda found: len(keys(found)) == 3)
    assert keys(found) == [
        "twitter:1853000000000000101", "twitter:1853000000000000104", "twitter:1853000000000000102",
    ]  # fmt: skip
    assert [question.partition("?")[0] for question in server.asked] == [
        RULES, RULES, RULES, RULES, RULES, RULES, RECENT, RECENT,
    ]  # fmt: skip
    assert "since_id=1853000000000000101" in server.asked[-1]
    assert server.posted[0] == {"delete": {"ids": ["9"]}}
    assert [rule["tag"] for rule in server.posted[1]["add"]] == ["vigie:kestrane"]
    mark = next(event for event in found if isinstance(event, Checkpoint))
    assert mark.cursor == "1853000000000000101"


async def test_x_says_what_search_no_longer_has_and_waits_when_told() -> None:
    server = Server()
    x_server(server)
    server.status = 429
    server.scripts = [[TWEETS[0].encode() + b"\r\n"]]
    server.answers[RECENT] = lambda _: web.Response(status=400)
    async with play(server, STREAM, RULES, RECENT) as base:
        source = twitter_live.live([KESTRANE], "t", base, **server.settings)
        found = await until(source, lambda found: bool(keys(found)), "1000")
    assert found[0] == Trouble("x: 127.0.0.1 answers 429", 1.0)
    assert isinstance(found[1], Gap)
    assert "since 1000" in found[1].detail
    assert found[2] == Recovered()
    assert server.waits == [1.0]


async def test_a_rule_that_x_refuses_is_said() -> None:
    server = Server()
    server.answers[RULES] = lambda request: (
        {"errors": [{"title": "Invalid Rule", "value": "x"}]} if request.method == "POST" else {}
    )
    async with play(server, STREAM, RULES) as base:
        with pytest.raises(SourceError, match="Invalid Rule"):
            await until(twitter_live.live([KESTRANE], "t", base, **server.settings), lambda _: False)


def test_rules_hold_every_form_within_x_s_limits() -> None:
    orange = Company(
        "orange", "Orange", aliases=("Orange SA",), handles={"twitter": ("orange",)}, tickers=("ORA", "4"),
        ambiguous=("orange",), context=("fibre", "forfait"),
    )  # fmt: skip
    found = twitter_live.rules([KESTRANE, orange])
    assert found == [
        ('@Kestrane OR from:Kestrane OR url:"kestrane.example" OR "Kestrane"', "vigie:kestrane"),
        ('@orange OR from:orange OR $ORA OR "Orange SA"', "vigie:orange"),
        ('"orange" ("fibre" OR "forfait")', "vigie:orange"),
    ]
    long = Company("long", "Long", aliases=tuple(f"Long name number {n}" for n in range(100)))
    values = [value for value, _ in twitter_live.rules([long])]
    assert max(map(len, values)) <= twitter_live.RULE
    assert sum(value.count('"') for value in values) == 2 * 101
    many = [Company(f"c{n}", f"Company {n}") for n in range(1001)]
    with pytest.raises(SourceError, match="1001 rules"):
        twitter_live.rules(many)


def test_tokens_come_from_the_environment_or_a_file_and_are_not_said(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert token("X_TOKEN", {"VIGIE_X_TOKEN": "direct"}) == "direct"
    assert token("X_TOKEN", {"VIGIE_X_TOKEN_FILE": str(file)}) == "from-file"
    for environ in ({}, {"VIGIE_X_TOKEN_FILE": str(tmp_path / "none")}):
        with pytest.raises(SourceError, match="VIGIE_X_TOKEN"):
            token("X_TOKEN", environ)
