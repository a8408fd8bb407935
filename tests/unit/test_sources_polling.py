"""Routes that poll, against loopback servers that are busy, broken, hostile or well."""

import asyncio
import contextlib
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from events import until

from streams.sources import (
    facebook_live,
    feeds,
    hackernews,
    linkedin_live,
    reddit_live,
    telegram,
    youtube_live,
)
from streams.sources.backoff import Backoff
from streams.sources.contract import Checkpoint, Dropped, Event, Recovered, SourceError, Trouble, Upsert
from streams.sources.http import fetch, retry_after

FIXTURES = Path(__file__).parents[1] / "fixtures"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def server(**routes: Handler) -> AsyncIterator[str]:
    app = web.Application()
    for name, handler in routes.items():
        app.router.add_get(f"/{name}", handler)
    app.router.add_get("/item/{id}", routes.get("item", next(iter(routes.values()))))
    async with TestServer(app) as running:
        yield str(running.make_url("/")).rstrip("/")


class Waits:
    """Pauses that take no time, and how long they were to be."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0)


def marks(count: int) -> Callable[[list[Event]], bool]:
    return lambda found: sum(isinstance(event, Checkpoint) for event in found) == count


def keys(found: list[Event]) -> list[str]:
    return [event.post.key for event in found if isinstance(event, Upsert)]


async def test_a_feed_is_read_once_and_then_only_what_is_new() -> None:
    asked: list[str | None] = []
    first = (FIXTURES / "rss" / "press.xml").read_bytes()
    dated = b"Enfin dat\xe9</title><pubDate>Mon, 02 Nov 2026 11:00:00 GMT</pubDate>"
    second = first.replace(b"Sans date</title>", dated)

    async def feed(request: web.Request) -> web.Response:
        asked.append(request.headers.get("If-None-Match"))
        if len(asked) == 2:
            return web.Response(status=304)
        body = first if len(asked) == 1 else second
        return web.Response(
            body=body, headers={"ETag": f'"v{len(asked)}"'}, content_type="application/rss+xml"
        )

    pause = Waits()
    async with server(feed=feed) as base:
        found = await until(feeds.live(f"{base}/feed", every=60, pause=pause), marks(2))
    assert keys(found) == ["rss:https://relais.example/a2", "rss:relais-a1", "rss:relais-a3"]
    assert [event.reject.reason for event in found if isinstance(event, Dropped)] == ["missing-field"]
    assert asked == [None, '"v1"', '"v1"']
    assert pause.asked == [60, 60]


async def test_a_broken_feed_is_said_once() -> None:
    turns = 0

    async def feed(request: web.Request) -> web.Response:
        nonlocal turns
        turns += 1
        if turns < 3:
            return web.Response(text="<html><p>oops", content_type="text/html")
        return web.Response(body=(FIXTURES / "rss" / "atom.xml").read_bytes())

    async with server(feed=feed) as base:
        found = await until(feeds.live(f"{base}/feed", pause=Waits()), lambda found: len(keys(found)) == 2)
    assert [event.reject.reason for event in found if isinstance(event, Dropped)] == ["bad-value"]


async def test_a_feed_with_an_entity_bomb_is_a_dead_letter_with_a_clear_word() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]><rss><channel><title>&e9;</title></channel></rss>'

    async def feed(request: web.Request) -> web.Response:
        return web.Response(text=bomb, content_type="application/rss+xml")

    async with server(feed=feed) as base:
        found = await until(feeds.live(f"{base}/feed", pause=Waits()), marks(1))
    (letter,) = (event.reject for event in found if isinstance(event, Dropped))
    assert "declares entities, which are not read" in letter.detail


async def test_entity_bombs_and_deep_nests_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss><title>&b;</title></rss>'
    with pytest.raises(feeds.FeedError, match="entities"):
        feeds.entries(bomb)
    with pytest.raises(feeds.FeedError, match="deep"):
        feeds.entries(b"<rss>" + b"<a>" * 5000)
    with pytest.raises(feeds.FeedError, match="neither"):
        feeds.entries(b"<html/>")


async def test_hacker_news_is_walked_by_id_and_resumed() -> None:
    lines = (FIXTURES / "hackernews" / "items.jsonl").read_text("utf-8").splitlines()[:5]
    items = dict(zip(range(9001, 9006), lines, strict=True))
    fetched: list[str] = []

    async def newest(request: web.Request) -> web.Response:
        return web.Response(text="9006")

    async def item(request: web.Request) -> web.Response:
        fetched.append(request.match_info["id"])
        return web.Response(text=items.get(int(request.match_info["id"].partition(".")[0]), "null"))

    routes: dict[str, Any] = {"maxitem.json": newest, "item": item}
    async with server(**routes) as base:
        found = await until(hackernews.live(base, pause=Waits()), marks(1))
        assert keys(found) == []
        assert found == [Checkpoint("9006")]
        found = await until(hackernews.live(base, pause=Waits()), marks(1), "9001")
    assert keys(found) == ["hackernews:9002"]
    assert found[-1] == Checkpoint("9005")  # 9006 is there but still empty: asked for again
    assert fetched == ["9002.json", "9003.json", "9004.json", "9005.json", "9006.json"]


async def test_a_busy_server_gets_the_time_it_asks_for_and_a_broken_one_growing_waits() -> None:
    turns = 0

    async def feed(request: web.Request) -> web.Response:
        nonlocal turns
        turns += 1
        if turns == 1:
            return web.Response(status=429, headers={"Retry-After": "90"})
        if turns in {2, 3}:  # the first time on a kept connection: the client tries that again
            assert request.transport is not None
            request.transport.close()
        if turns < 5:
            return web.Response(status=503)
        return web.Response(body=(FIXTURES / "rss" / "atom.xml").read_bytes())

    pause = Waits()
    async with server(feed=feed) as base:
        source = feeds.live(f"{base}/feed", pause=pause, backoff=Backoff(draw=lambda: 1.0))
        found = await until(source, marks(1))
    assert len(keys(found)) == 2
    assert pause.asked == [90, 2, 4]
    assert [event.retry_in for event in found if isinstance(event, Trouble)] == [90, 2, 4]
    assert sum(isinstance(event, Recovered) for event in found) == 1


async def test_refusals_private_redirects_and_bombs_are_said() -> None:
    async def locked(request: web.Request) -> web.Response:
        return web.Response(status=401)

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://localhost/secret"})

    async def round_and_round(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/around"})

    async def odd(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "file:///etc/passwd"})

    async def bomb(request: web.Request) -> web.Response:
        body = gzip.compress(bytes(30_000_000))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the client has hung up
            for _ in range(1600):
                await response.write(bytes(1 << 16))
        return response

    tracemalloc.start()
    async with server(
        flood=flood, locked=locked, away=away, around=round_and_round, odd=odd, bomb=bomb
    ) as base:
        for path, word in [
            ("locked", "401"), ("away", "private"), ("around", "redirects"), ("odd", "file:"),
            ("bomb", "larger"), ("flood", "larger"),
        ]:  # fmt: skip
            async with aiohttp.ClientSession() as client:
                with pytest.raises(SourceError, match=word):
                    await fetch(client, f"{base}/{path}")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 1024 * 1024


def test_how_long_a_server_asks_to_wait() -> None:
    now = 1793610000.0
    assert retry_after({"Retry-After": "30"}, now) == 30
    assert retry_after({"Retry-After": "Mon, 02 Nov 2026 09:01:00 GMT"}, now) == 60
    assert retry_after({"Retry-After": "soon"}, now) == 0
    assert retry_after({"x-rate-limit-reset": "1793610100"}, now) == 100
    assert retry_after({"Retry-After": "999999999"}, now) == 3600
    assert retry_after({}, now) == 0


def test_waits_grow_to_a_ceiling_with_jitter_and_start_again() -> None:
    backoff = Backoff(first=1, longest=8, draw=lambda: 0.0)
    assert [backoff.wait() for _ in range(5)] == [0.5, 1, 2, 4, 4]
    backoff.reset()
    assert backoff.wait(at_least=7) == 7


async def test_telegram_is_asked_for_what_follows_and_its_token_is_never_said() -> None:
    asked: list[str] = []

    async def updates(request: web.Request) -> web.Response:
        asked.append(request.query["offset"])
        if len(asked) == 3:
            return web.Response(status=404)
        text = (FIXTURES / "telegram" / "updates.json").read_text("utf-8")
        return web.Response(text=text if len(asked) == 1 else '{"ok": true, "result": []}')

    async with server(**{"botT0KEN/getUpdates": updates}) as base:
        source = telegram.live("T0KEN", base, pause=Waits())
        with pytest.raises(SourceError) as refusal:
            await until(source, lambda _: False)
    assert asked == ["0", "500006", "500006"]
    assert "T0KEN" not in str(refusal.value)


def thing(number: int, kind: str = "t3") -> dict[str, Any]:
    name = base36(number)
    said = {"body": "so", "link_id": "t3_a", "parent_id": "t3_a"} if kind == "t1" else {"title": "so"}
    return {"kind": kind, "data": {"name": f"{kind}_{name}", "created_utc": 1793610000 + number} | said}


def base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


async def test_reddit_is_walked_down_to_the_last_thing_known_with_a_token_of_its_own() -> None:
    newest = 250
    asked: list[tuple[str, str | None, str | None]] = []

    async def listing(request: web.Request) -> web.Response:
        asked.append((request.path, request.query.get("after"), request.headers.get("Authorization")))
        top = int(request.query["after"].partition("_")[2], 36) - 1 if "after" in request.query else newest
        things = [thing(number) for number in range(top, max(0, top - 100), -1)]
        after = things[-1]["data"]["name"] if len(things) == 100 else None
        return web.json_response({"kind": "Listing", "data": {"after": after, "children": things}})

    async def comments(request: web.Request) -> web.Response:
        return web.json_response({"kind": "Listing", "data": {"after": None, "children": [thing(7, "t1")]}})

    async def login(request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Basic ")
        return web.json_response({"access_token": "fresh", "expires_in": 3600})

    app = web.Application()
    app.router.add_get("/r/rail/new", listing)
    app.router.add_get("/r/rail/comments", comments)
    app.router.add_post("/token", login)
    async with TestServer(app) as running:
        base = str(running.make_url("/")).rstrip("/")
        own = reddit_live.Login("id", "secret", f"{base}/token")
        first = await until(reddit_live.live("rail", own, base, pause=Waits()), marks(1))
        assert len(keys(first)) == 101
        mark = first[-1]
        assert isinstance(mark, Checkpoint)
        newest = 420
        found = await until(reddit_live.live("rail", own, base, pause=Waits()), marks(1), mark.cursor)
    assert keys(found) == [f"reddit:t3_{base36(number)}" for number in range(251, 421)]
    assert [path for path, _, _ in asked] == 3 * ["/r/rail/new"]
    assert {header for _, _, header in asked} == {"Bearer fresh"}


def comment(number: int, *, second: int) -> dict[str, Any]:
    said = {"textOriginal": f"no. {number}", "publishedAt": f"2026-11-02T10:00:{second:02d}Z"}
    return {
        "kind": "youtube#commentThread",
        "id": f"t{number}",
        "snippet": {"topLevelComment": {"id": f"t{number}", "snippet": said}},
    }


async def test_youtube_s_new_threads_come_once_though_two_share_a_second() -> None:
    threads = [comment(2, second=2), comment(1, second=1)]
    asked: list[dict[str, str]] = []

    async def listed(request: web.Request) -> web.Response:
        asked.append(dict(request.query))
        start = int(request.query.get("pageToken", "0"))
        page = {"items": threads[start : start + 2]} | (
            {"nextPageToken": str(start + 2)} if threads[start + 2 :] else {}
        )
        return web.json_response(page)

    pause = Waits()
    async with server(commentThreads=listed) as base:
        first = await until(youtube_live.live("UC1", "K3Y", base, pause=pause), marks(1))
        mark = first[-1]
        assert isinstance(mark, Checkpoint)
        threads[:0] = [comment(5, second=9), comment(4, second=5), comment(3, second=2)]
        found = await until(youtube_live.live("UC1", "K3Y", base, pause=pause), marks(1), mark.cursor)
    assert keys(first) == ["youtube:t1", "youtube:t2"]
    assert keys(found) == ["youtube:t3", "youtube:t4", "youtube:t5"]
    assert asked[0]["allThreadsRelatedToChannelId"] == "UC1"
    assert youtube_live.live(",".join("abcdefghij"), "K3Y")._every == 96  # 10 channels on 9,000 units a day


async def test_an_organisation_s_comments_on_linkedin_are_paged_and_edits_outrank_the_webhook_s() -> None:
    def comment(number: int, edited: int = 0) -> dict[str, Any]:
        made = 1793610000000 + number * 1000
        return {
            "id": str(number), "commentUrn": f"urn:li:comment:(urn:li:activity:7,{number})", "actor": "urn:li:person:a",
            "created": {"time": made}, "lastModified": {"time": edited or made}, "object": "urn:li:activity:7",
            "message": {"text": f"no. {number}"}, "likesSummary": {"totalLikes": number},
        }  # fmt: skip

    listed = [comment(number) for number in range(1, 151)]
    starts: list[str] = []

    async def posts(request: web.Request) -> web.Response:
        assert request.headers["X-Restli-Protocol-Version"] == "2.0.0"
        return web.json_response(
            {"elements": [{"id": "urn:li:share:7", "commentary": "Hm", "publishedAt": 1793610000000}]}
        )

    async def under(request: web.Request) -> web.Response:
        starts.append(request.query["start"])
        start = int(request.query["start"])
        return web.json_response({"elements": listed[start : start + 100]})

    routes: dict[str, Any] = {"posts": posts, "socialActions/urn:li:share:7/comments": under}
    async with server(**routes) as base:
        first = await until(linkedin_live.live("5", "T", base, pause=Waits()), marks(1))
        mark = first[-1]
        assert isinstance(mark, Checkpoint)
        listed[149] = comment(150, edited=1793610900000)
        found = await until(linkedin_live.live("5", "T", base, pause=Waits()), marks(1), mark.cursor)
    assert len(keys(first)) == 151
    assert starts == ["0", "100", "0", "100"]
    (edited,) = (event.post for event in found if isinstance(event, Upsert))
    assert (edited.key, edited.version) == ("linkedin:urn:li:comment:(activity:7,150)", 1793610900)
    assert (edited.in_reply_to, edited.metrics.likes) == ("linkedin:urn:li:activity:7", 150)


async def test_a_facebook_page_s_posts_and_comments_come_once_and_edits_again() -> None:
    posts = [{"id": "5_1", "message": "Bonjour", "created_time": "2026-11-02T09:00:00+0000"}]
    comments = [
        {"id": "1_1", "message": "un", "created_time": "2026-11-02T09:10:00+0000", "comment_count": 0}
    ]
    authorised: set[str | None] = set()

    async def feed(request: web.Request) -> web.Response:
        authorised.add(request.headers.get("Authorization"))
        return web.json_response({"data": posts})

    async def under(request: web.Request) -> web.Response:
        return web.json_response({"data": comments[::-1]})

    routes: dict[str, Any] = {"page/feed": feed, "5_1/comments": under}
    async with server(**routes) as base:
        first = await until(facebook_live.live("page", "T", base, pause=Waits()), marks(1))
        mark = first[-1]
        assert isinstance(mark, Checkpoint)
        posts[0] |= {"message": "Bonsoir", "updated_time": "2026-11-02T09:20:00+0000"}
        comments.append({"id": "1_2", "message": "deux", "created_time": "2026-11-02T09:10:00+0000"})
        found = await until(facebook_live.live("page", "T", base, pause=Waits()), marks(1), mark.cursor)
    assert keys(first) == ["facebook:5_1", "facebook:1_1"]
    assert keys(found) == ["facebook:5_1", "facebook:1_2"]
    answers = [event.post for event in found if isinstance(event, Upsert)]
    assert (answers[0].version, answers[1].in_reply_to) == (1201, "facebook:5_1")
    assert authorised == {"Bearer T"}
