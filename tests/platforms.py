"""Platforms played on loopback: six posts about Nordelle each, with what goes wrong on the way.

Stage 1 gives posts 1 to 4 (one of them twice) and is then cut off by kill -9. Stage 2 gives what was missed and
the rest, with repeats; where the platform tells such things, post 1 is edited (it speaks of Velmont Air then) and
post 2 deleted. The first request of each stage fails, a stream of stage 2 breaks in mid-record.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

START = time.time_ns() // 10**9 - 900  # figures are of the last day
EDITED = "Velmont Air a bien répondu, merci"
Handler = Callable[[web.Request], Any]


@dataclass
class Stage:
    number: int = 1
    over: threading.Event = field(default_factory=threading.Event)
    failed: set[int] = field(default_factory=set)
    connections: int = 0

    async def hold(self) -> None:
        while not self.over.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Platform:
    """`source` is what a user types; {port} is that of the loopback server. `cursor` is where it is to begin."""

    name: str
    source: str
    environment: dict[str, str]
    app: Callable[[Stage], web.Application]
    edits: bool = False
    deletes: bool = False
    withdraws: bool = False
    cursor: str | None = None


def text(number: int) -> str:
    return f"Service excellent chez Nordelle, merci pour le dossier numéro {number}"


def second(number: int) -> int:
    return START + 10 * number


def iso(number: int) -> str:
    return datetime.fromtimestamp(second(number), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def application(stage: Stage, **routes: Handler) -> web.Application:
    """Routes by path, and a failure for the first request of each stage."""

    @web.middleware
    async def failing(request: web.Request, handler: Handler) -> web.StreamResponse:
        if stage.number not in stage.failed:
            stage.failed.add(stage.number)
            status = 429 if stage.number == 1 else 503
            return web.Response(status=status, headers={"Retry-After": "1"})
        found = await handler(request)
        return found if isinstance(found, web.StreamResponse) else web.json_response(found)

    app = web.Application(middlewares=[failing])
    for path, handler in routes.items():
        app.router.add_route("*", f"/{path}", handler)
    return app


def new(stage: Stage) -> list[int]:
    """What a listing shows, oldest first, in a page that a client may know in part."""
    return [1, 2, 3, 4] if stage.number == 1 else [1, 2, 3, 4, 5, 6]


async def streamed(stage: Stage, request: web.Request, *pieces: bytes, broken: bytes) -> web.StreamResponse:
    """A long answer: whole at once but for the first connection of stage 2, which breaks in `broken`."""
    response = web.StreamResponse()
    await response.prepare(request)
    stage.connections += 1
    if stage.number == 2 and stage.connections == 2:
        await response.write(broken[: len(broken) // 2])
        assert request.transport is not None
        request.transport.close()
        return response
    for piece in pieces:
        await response.write(piece)
    if stage.number == 1:
        await response.write(broken[: len(broken) // 2])
    await stage.hold()
    return response


def x(stage: Stage) -> web.Application:
    def tweet(number: int, native: int, *history: int, said: str | None = None) -> dict[str, Any]:
        data = {
            "id": str(native), "text": said or text(number), "author_id": "7", "created_at": iso(number),
            "edit_history_tweet_ids": [str(one) for one in (*history, native)],
        }  # fmt: skip
        return {"data": data, "includes": {"users": [{"id": "7", "username": "lea"}]}}

    def line(payload: object) -> bytes:
        return json.dumps(payload).encode() + b"\r\n"

    def native(number: int) -> int:
        return 1_990_000_000_000_000_000 + number

    async def stream(request: web.Request) -> web.StreamResponse:
        six = line(tweet(6, native(6)))
        if stage.number == 1:
            sent = [line(tweet(n, native(n))) for n in (2, 1, 3, 2, 4)]
        else:
            gone = {"data": {"event_type": "post.delete", "payload": {"id": str(native(2))}}}
            sent = [b"\r\n", six, line(tweet(1, native(7), native(1), said=EDITED)), line(gone)]
        return await streamed(stage, request, *sent, broken=six)

    async def rules(request: web.Request) -> Any:
        return {"meta": {}} if request.method == "POST" else {"data": []}

    async def recent(request: web.Request) -> Any:
        found = [tweet(n, native(n)) for n in (5, 4) if native(n) > int(request.query["since_id"])]
        return {"data": [one["data"] for one in found], "includes": tweet(1, 1)["includes"], "meta": {}}

    base = "2/tweets/search"
    routes = {f"{base}/stream": stream, f"{base}/stream/rules": rules, f"{base}/recent": recent}
    return application(stage, **routes)


def mastodon(stage: Stage) -> web.Application:
    def status(number: int, **more: Any) -> dict[str, Any]:
        author = {"id": "7", "acct": "lea"}
        said = {"id": str(100 + number), "content": f"<p>{text(number)}</p>", "created_at": iso(number)}
        return {**said, "visibility": "public", "account": author, **more}

    def event(name: str, payload: object) -> bytes:
        data = payload if isinstance(payload, str) else json.dumps(payload)
        return f"event: {name}\ndata: {data}\n\n".encode()

    async def stream(request: web.Request) -> web.StreamResponse:
        six = event("update", status(6))
        if stage.number == 1:
            hidden = event("update", status(0, visibility="unlisted"))
            sent = [b":)\n\n", hidden, *(event("update", status(n)) for n in (2, 1, 3, 2, 4))]
        else:
            edit = status(1, content=f"<p>{EDITED}</p>", edited_at=iso(9))
            sent = [six, event("status.update", edit), event("delete", "102")]
        return await streamed(stage, request, *sent, broken=six)

    async def timeline(request: web.Request) -> Any:
        return [status(n) for n in (5, 4) if 100 + n > int(request.query["min_id"])]

    return application(stage, **{"api/v1/streaming/public": stream, "api/v1/timelines/public": timeline})


def bluesky(stage: Stage) -> web.Application:
    def commit(number: int, operation: str = "create", at: int | None = None, said: str | None = None) -> str:
        record = {"text": said or text(number), "createdAt": iso(number)}
        change = {"operation": operation, "collection": "app.bsky.feed.post", "rkey": f"r{number}"}
        if operation != "delete":
            change |= {"record": record}  # type: ignore[dict-item]
        did = "did:plc:gone" if number == 7 else "did:plc:lea"
        return json.dumps(
            {"did": did, "time_us": second(at or number) * 10**6, "kind": "commit", "commit": change}
        )

    account = {"active": False, "status": "deleted", "did": "did:plc:gone", "time": iso(9)}
    events = [
        (second(number) * 10**6, line)
        for number, line in [
            (2, commit(2)), (1, commit(1)), (3, commit(3)), (3, commit(3)), (4, commit(4)), (5, commit(5)),
            (6, commit(6)), (7, commit(7)), (8, commit(1, "update", 8, EDITED)), (8, commit(2, "delete", 8)),
            (9, json.dumps({"did": "did:plc:gone", "time_us": second(9) * 10**6, "account": account})),
        ]
    ]  # fmt: skip

    async def subscribe(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        stage.connections += 1
        cursor = int(request.query.get("cursor", 0))
        reach = 5 if stage.number == 1 else len(events)
        for at, line in events[:reach]:
            if at >= cursor:
                await socket.send_str(line)
            if stage.number == 2 and stage.connections == 2 and at >= second(6) * 10**6:
                assert request.transport is not None
                request.transport.write(b"\x81\x7e\x01\x00{")  # a frame that has no end
                request.transport.close()
                return socket
        await stage.hold()
        return socket

    return application(stage, subscribe=subscribe)


def reddit(stage: Stage) -> web.Application:
    async def login(request: web.Request) -> Any:
        return {"access_token": "fresh", "expires_in": 3600}

    async def listing(request: web.Request) -> Any:
        def thing(number: int) -> dict[str, Any]:
            data = {"name": f"t3_{number}", "title": text(number), "created_utc": second(number)}
            return {"kind": "t3", "data": {**data, "subreddit_type": "public", "author": "lea"}}

        return {"kind": "Listing", "data": {"after": None, "children": [thing(n) for n in new(stage)[::-1]]}}

    async def comments(request: web.Request) -> Any:
        return {"kind": "Listing", "data": {"after": None, "children": []}}

    return application(stage, **{"token": login, "r/rail/new": listing, "r/rail/comments": comments})


def hackernews(stage: Stage) -> web.Application:
    async def newest(request: web.Request) -> Any:
        return 100 + new(stage)[-1]

    async def item(request: web.Request) -> Any:
        number = int(request.match_info["id"].removesuffix(".json")) - 100
        return {
            "id": 100 + number,
            "type": "story",
            "by": "lea",
            "time": second(number),
            "title": text(number),
        }

    return application(stage, **{"maxitem.json": newest, "item/{id}": item})


def rss(stage: Stage) -> web.Application:
    async def feed(request: web.Request) -> web.Response:
        def entry(number: int) -> str:
            edited = stage.number == 2 and number == 1
            said, updated = (EDITED, iso(9)) if edited else (text(number), iso(number))
            dates = f"<published>{iso(number)}</published><updated>{updated}</updated>"
            return f"<entry><id>urn:vigie:{number}</id><title>{said}</title>{dates}</entry>"

        entries = "".join(entry(number) for number in new(stage)[::-1])
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Le Relais</title>{entries}</feed>'
        return web.Response(body=feed.encode(), content_type="application/atom+xml")

    return application(stage, feed=feed)


def telegram(stage: Stage) -> web.Application:
    def post(number: int, **more: Any) -> dict[str, Any]:
        chat = {"id": -100, "type": "channel", "username": "lea"}
        return {"message_id": number, "date": second(number), "chat": chat, "text": text(number), **more}

    async def updates(request: web.Request) -> Any:
        found: list[dict[str, Any]] = [{"update_id": 500 + n, "channel_post": post(n)} for n in new(stage)]
        if stage.number == 2:
            edit = post(1, text=EDITED, edit_date=second(9))
            found.append({"update_id": 509, "edited_channel_post": edit})
        offset = int(request.query["offset"])
        return {"ok": True, "result": [one for one in found if one["update_id"] >= offset]}

    return application(stage, **{"botT0KEN/getUpdates": updates})


def youtube(stage: Stage) -> web.Application:
    async def threads(request: web.Request) -> Any:
        def thread(number: int) -> dict[str, Any]:
            said = {"textOriginal": text(number), "publishedAt": iso(number), "videoId": "v1"}
            top = {"id": f"t{number}", "snippet": said}
            return {"kind": "youtube#commentThread", "id": f"t{number}", "snippet": {"topLevelComment": top}}

        return {"items": [thread(number) for number in new(stage)[::-1]]}

    return application(stage, commentThreads=threads)


def facebook(stage: Stage) -> web.Application:
    async def feed(request: web.Request) -> Any:
        first = {"id": "5_1", "message": text(1), "created_time": iso(1)}
        if stage.number == 2:
            first |= {"message": EDITED, "updated_time": iso(9)}
        return {"data": [{"id": "5_2", "message": text(2), "created_time": iso(2)}, first]}

    async def comments(request: web.Request) -> Any:
        if request.match_info["post"] != "5_1":
            return {"data": []}
        return {
            "data": [
                {"id": f"1_{n}", "message": text(n), "created_time": iso(n), "comment_count": 0}
                for n in new(stage)[:1:-1]
            ]
        }

    return application(stage, **{"ferrovel/feed": feed, "{post}/comments": comments})


def linkedin(stage: Stage) -> web.Application:
    async def posts(request: web.Request) -> Any:
        assert request.query["author"] == "urn:li:organization:5"
        first = {"id": "urn:li:share:1", "commentary": text(1), "publishedAt": second(1) * 1000}
        if stage.number == 2:
            state = {"isEditedByAuthor": True}
            first |= {"commentary": EDITED, "lastModifiedAt": second(9) * 1000, "lifecycleStateInfo": state}
        return {"elements": [{**first, "author": "urn:li:organization:5", "visibility": "PUBLIC"}]}

    async def comments(request: web.Request) -> Any:
        def comment(number: int) -> dict[str, Any]:
            urn = f"urn:li:comment:(urn:li:activity:1,{number})"
            made = {"time": second(number) * 1000}
            said = {
                "message": {"text": text(number)},
                "object": "urn:li:activity:1",
                "actor": "urn:li:person:l",
            }
            return {"id": str(number), "commentUrn": urn, "created": made, "lastModified": made, **said}

        return {"elements": [comment(number) for number in new(stage)[1:]]}

    routes = {"posts": posts, "socialActions/urn:li:share:1/comments": comments}
    return application(stage, **routes)


SECRETS = {
    "VIGIE_X_TOKEN": "t", "VIGIE_MASTODON_TOKEN": "t", "VIGIE_REDDIT_CLIENT_ID": "i", "VIGIE_YOUTUBE_KEY": "k",
    "VIGIE_REDDIT_CLIENT_SECRET": "s", "VIGIE_FACEBOOK_TOKEN": "t", "VIGIE_TELEGRAM_TOKEN": "T0KEN",
    "VIGIE_LINKEDIN_TOKEN": "t",
}  # fmt: skip


def at(*names: str) -> dict[str, str]:
    """The setting that leads a route to the loopback server."""
    return {f"VIGIE_{name}_URL": "http://127.0.0.1:{port}" for name in names}


STREAMS = (
    Platform("twitter", "x-live:{watchlist}", at("X"), x, edits=True, deletes=True),
    Platform("mastodon", "mastodon-live:http://127.0.0.1:{port}", {}, mastodon, edits=True, deletes=True),
    Platform(
        "bluesky", "bluesky:ws://127.0.0.1:{port}/subscribe", {}, bluesky, edits=True, deletes=True, withdraws=True
    ),
)  # fmt: skip
POLLED = (
    Platform(
        "reddit", "reddit-live:rail",
        at("REDDIT") | {"VIGIE_REDDIT_LOGIN_URL": "http://127.0.0.1:{port}/token"}, reddit,
    ),
    Platform("hackernews", "hackernews-live:", at("HACKERNEWS"), hackernews, cursor="100"),
    Platform("rss", "rss:http://127.0.0.1:{port}/feed", {}, rss, edits=True),
    Platform("telegram", "telegram-live:", at("TELEGRAM"), telegram, edits=True),
    Platform("youtube", "youtube-live:UC1", at("YOUTUBE"), youtube),
    Platform("linkedin", "linkedin-live:5", at("LINKEDIN"), linkedin, edits=True),
    Platform("facebook", "facebook-live:ferrovel", at("FACEBOOK"), facebook, edits=True),
)  # fmt: skip


@dataclass(frozen=True)
class Door:
    """A platform that brings its posts: how its deliveries look and prove themselves."""

    name: str
    path: str
    delivery: Callable[[int], dict[str, Any]]
    signed: Callable[[bytes], dict[str, str]]


def facebook_delivery(stage: int) -> dict[str, Any]:
    def change(number: int, verb: str = "add", said: str | None = None) -> dict[str, Any]:
        value = {
            "item": "comment", "verb": verb, "comment_id": f"9_{number}", "post_id": "9_0", "parent_id": "9_0",
            "created_time": second(number), "message": said or text(number), "from": {"id": "66", "name": "Léa"},
        }  # fmt: skip
        return {"field": "feed", "value": value}

    made = [change(number) for number in (2, 1, 3, 2, 4)]
    if stage == 2:
        made += [change(5), change(6), change(1, "edited", EDITED), change(2, "remove")]
    return {"object": "page", "entry": [{"id": "9", "time": second(9), "changes": made}]}


def linkedin_delivery(stage: int) -> dict[str, Any]:
    def told(number: int, action: str = "COMMENT", said: str | None = None) -> dict[str, Any]:
        urn = f"urn:li:comment:(activity:9,{number})"
        made = {
            "owner": "urn:li:person:a",
            "text": said or text(number),
            "entity": urn,
            "object": "urn:li:activity:9",
        }
        when = second(number if action == "COMMENT" else 9) * 1000
        notice: dict[str, Any] = {"action": action, "lastModifiedAt": when, "generatedActivity": urn}
        return (
            notice
            if action == "COMMENT_DELETE"
            else {**notice, "decoratedGeneratedActivity": {"comment": made}}
        )

    made = [told(number) for number in (2, 1, 3, 2, 4)]
    if stage == 2:
        made += [told(5), told(6), told(1, "COMMENT_EDIT", EDITED), told(2, "COMMENT_DELETE")]
    return {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": made}


def _hex(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


DOORS = (
    Door(
        "facebook", "/facebook", facebook_delivery,
        lambda body: {"X-Hub-Signature-256": f"sha256={_hex(b'f', body)}"},
    ),
    Door(
        "linkedin", "/linkedin", linkedin_delivery,
        lambda body: {"X-LI-Signature": _hex(b"l", b"hmacsha256=" + body)},
    ),
)  # fmt: skip
SECRETS |= {"VIGIE_FACEBOOK_SECRET": "f", "VIGIE_LINKEDIN_SECRET": "l"}
