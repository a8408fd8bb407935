"""The door: who may bring posts, and what is answered when."""

import asyncio
import contextlib
import gzip
import hashlib
import hmac
import io
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from streams.sources import webhook
from streams.sources.contract import Checkpoint, Delete, Dropped, Event, SourceError, Upsert
from streams.sources.webhook import Secrets, WebhookSource

FIXTURES = Path(__file__).parents[1] / "fixtures"
SECRETS = Secrets(posts="p", facebook="f", facebook_verify="v", linkedin="l")
POST = {"id": "1", "platform": "forum", "text": "Très bien", "date": "2026-11-02"}
BEARER = {"Authorization": "Bearer p"}


@asynccontextmanager
async def door(secrets: Secrets = SECRETS) -> AsyncIterator[tuple[aiohttp.ClientSession, list[Event]]]:
    source = WebhookSource(0, secrets)
    found: list[Event] = []

    async def pump() -> None:
        async for event in source.events(None):
            found.append(event)  # noqa: PERF401 - it has to be there at once

    task = asyncio.create_task(pump())
    async with asyncio.timeout(5):
        await source.listening.wait()
    async with aiohttp.ClientSession(f"http://{source.address[0]}:{source.address[1]}") as client:
        yield client, found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def signed(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def test_posts_enter_as_one_as_a_list_and_as_lines() -> None:
    lines = "\n".join(json.dumps(POST | {"id": str(number)}) for number in (4, 5)) + "\nnot json\n"
    async with door() as (client, found):
        for body, kept in [(json.dumps(POST), 1), (json.dumps([POST | {"id": "2"}, 3]), 2), (lines, 3)]:
            async with client.post("/posts", data=body, headers=BEARER) as answer:
                assert (answer.status, await answer.text()) == (200, f"{kept}\n")
    assert [event.post.key for event in found if isinstance(event, Upsert)] == [
        "forum:1", "forum:2", "forum:4", "forum:5",
    ]  # fmt: skip
    assert [event.reject.reason for event in found if isinstance(event, Dropped)] == [
        "not-an-object",
        "not-json",
    ]
    assert [event.cursor for event in found if isinstance(event, Checkpoint)] == ["1", "3", "6"]


async def test_it_answers_only_when_all_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_KEPT", 0.05)
    source = WebhookSource(0, SECRETS)
    events = source.events(None)
    first = asyncio.ensure_future(anext(events))
    async with asyncio.timeout(5):
        await source.listening.wait()
    async with aiohttp.ClientSession(f"http://{source.address[0]}:{source.address[1]}") as client:
        # Nobody asks for the event behind the checkpoint, so nothing is kept: the sender has to come again.
        async with client.post("/posts", json=POST, headers=BEARER) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert isinstance(await first, Upsert)
        assert isinstance(await anext(events), Checkpoint)
    await events.aclose()


async def test_facebook_proves_itself() -> None:
    body = (FIXTURES / "facebook" / "webhook.json").read_bytes()
    async with door() as (client, found):
        for header, status in [({}, 401), ({"X-Hub-Signature-256": "sha256=00"}, 401),
                               ({"X-Hub-Signature-256": f"sha256={signed('f', body)}"}, 200)]:  # fmt: skip
            async with client.post("/facebook", data=body, headers=header) as answer:
                assert answer.status == status
        challenge = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "v"}
        async with client.get("/facebook", params=challenge) as answer:
            assert await answer.text() == "42"
        async with client.get("/facebook", params=challenge | {"hub.verify_token": "w"}) as answer:
            assert answer.status == 403
    assert sum(isinstance(event, Upsert) for event in found) == 3
    assert sum(isinstance(event, Delete) for event in found) == 1


async def test_linkedin_proves_itself_and_is_answered() -> None:
    body = (FIXTURES / "linkedin" / "notifications.json").read_bytes()
    async with door() as (client, found):
        async with client.get("/linkedin", params={"challengeCode": "abc"}) as answer:
            assert await answer.json() == {"challengeCode": "abc", "challengeResponse": signed("l", b"abc")}
        for signature, status in [(signed("l", body), 401), (signed("l", b"hmacsha256=" + body), 200)]:
            async with client.post("/linkedin", data=body, headers={"X-LI-Signature": signature}) as answer:
                assert answer.status == status
    assert sum(isinstance(event, Upsert) for event in found) == 4


async def test_what_is_too_large_too_slow_or_no_json_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_READ", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1)
        yield b"}"

    async with door() as (client, found):
        async with client.post("/posts", data=io.BytesIO(bytes(webhook.BODY + 1)), headers=BEARER) as answer:
            assert answer.status == 413
        async with client.post("/posts", data=dripping(), headers=BEARER) as answer:
            assert answer.status == 408
        body = b"{"
        header = {"X-Hub-Signature-256": f"sha256={signed('f', body)}"}
        async with client.post("/facebook", data=body, headers=header) as answer:
            assert answer.status == 400
    assert found == []


async def test_a_head_that_never_ends_is_cut_off_and_a_request_in_work_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "_HEAD", 0.05)

    async def slowly() -> AsyncIterator[bytes]:
        for piece in (json.dumps(POST).encode(), b" ", b" "):
            yield piece
            await asyncio.sleep(0.05)

    async with door() as (client, found):
        base = client._base_url
        assert base is not None
        reader, writer = await asyncio.open_connection(base.host, base.port)
        writer.write(b"POST /posts HTTP/1.1\r\nHost: x\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()
        async with client.post("/posts", data=slowly(), headers=BEARER) as answer:
            assert answer.status == 200
    assert sum(isinstance(event, Upsert) for event in found) == 1


async def test_a_hundred_megabytes_and_a_bomb_are_refused_in_flat_memory() -> None:
    piece = bytes(1 << 16)
    bomb = gzip.compress(bytes(100 * 1024 * 1024), 9)

    async def flood() -> AsyncIterator[bytes]:
        for _ in range(1600):
            yield piece

    async with door() as (client, found):
        tracemalloc.start()
        try:
            for body, header in ((flood(), {}), (bomb, {"Content-Encoding": "gzip"})):
                with contextlib.suppress(aiohttp.ClientConnectionError):  # refused while it is still sent
                    async with client.post("/posts", data=body, headers=BEARER | header) as answer:
                        assert answer.status == 413
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 16 * 1024 * 1024
        async with client.post("/posts", json=POST, headers=BEARER) as answer:
            assert answer.status == 200
    assert sum(isinstance(event, Upsert) for event in found) == 1


async def test_too_many_deliveries_are_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "RATE", 2)
    async with door() as (client, _):
        statuses = []
        for _ in range(4):
            async with client.post("/posts", json=POST, headers=BEARER) as answer:
                statuses.append(answer.status)
    assert statuses[:2] == [200, 200]
    assert 429 in statuses


async def test_doors_without_a_secret_stay_shut() -> None:
    async with door(Secrets(posts="p")) as (client, _):
        for way in ("/facebook", "/linkedin"):
            async with client.post(way, data=b"{}") as answer:
                assert answer.status == 404
        async with client.post("/posts", json=POST, headers={"Authorization": "Bearer q"}) as answer:
            assert answer.status == 401
    with pytest.raises(SourceError, match="secret"):
        await anext(WebhookSource(0, Secrets()).events(None))


async def test_a_port_that_is_taken_is_said() -> None:
    async with door() as (client, _):
        base = client._base_url
        assert base is not None
        assert base.port is not None
        with pytest.raises(SourceError, match="cannot listen"):
            await anext(WebhookSource(base.port, SECRETS).events(None))
