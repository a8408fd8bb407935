"""A thousand malformed records among good ones: each is a dead letter with its place, and nothing stops."""

import asyncio
import time
from collections import Counter

import orjson
import pytest
from broker_fixtures import MakeBroker
from made_posts import made_posts
from producing import consume, produce
from watching import total
from watching_fixtures import Start

from schemas.codec import decode_post
from schemas.reject import Invalid
from schemas.topics import POSTS, REJECTS, TOPICS
from streams.admin import ensure_topics

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
_HEAD = b'{"key":"twitter:x","platform":"twitter","source":{"name":"t"},"created_at":'
BAD = (
    b"{not json",
    b"",
    b"[1,2,3]",
    _HEAD + b'"2026-05-28T20:26:40Z","text":7}',
    b'{"key":"twitter:1"}',
    _HEAD + b'"2026-05-28T20:26:40Z","text":"\xff\xfe"}',
    _HEAD + b'"0000-01-01T00:00:00Z","text":"a"}',
    _HEAD + b'"9999-12-31T23:59:59Z","text":"a"}',
    _HEAD + b'"2026-05-28T20:26:40Z","text":"a","rating":NaN}',
    _HEAD + b'"2026-05-28T20:26:40Z","text":"\\ud800"}',
    _HEAD + b'"2026-05-28T20:26:40Z","text":"a","more":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    _HEAD + b'"2090-01-01T00:00:00Z","text":"a"}',
)
HUGE = _HEAD + b'"2026-05-28T20:26:40Z","text":"' + b"a" * 10_000_000 + b'"}'


async def test_a_thousand_malformed_records_stop_nothing(make_broker: MakeBroker, start: Start) -> None:
    broker = make_broker(extra={"message.max.bytes": "20000000", "replica.fetch.max.bytes": "20000000"})
    await broker.start()
    await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, 4)
    good = made_posts(1_000)
    bad = [BAD[number % len(BAD)] for number in range(999)]
    mixed = [raw for pair in zip(good, [*bad, HUGE], strict=True) for raw in pair]

    worker = start("worker", "--broker", broker.bootstrap)
    worker.until_ready()
    started = time.monotonic()
    await produce(broker.bootstrap, POSTS.name, mixed)
    found = await asyncio.to_thread(worker.until_counted, len(mixed))
    assert time.monotonic() - started < 60.0

    reasons = Counter("future" if b'"2090-' in raw else reason_of(raw) for raw in [*bad, HUGE])
    assert total(found, "vigie_records_total", outcome="rejected") == 1_000
    assert total(found, "vigie_records_total") == len(mixed)
    assert (
        total(found, "vigie_posts_total") + total(found, "vigie_records_total", outcome="deletion") == 1_000
    )
    worker.until("has buried all", lambda: total(worker.series(), "vigie_rejects_total") == 1_000)
    shown = {reason: total(worker.series(), "vigie_rejects_total", reason=reason) for reason in reasons}
    assert shown == reasons

    letters = [(key, orjson.loads(value)) for key, value in await consume(broker.bootstrap, REJECTS.name)]
    places = {(letter["topic"], letter["partition"], letter["offset"]) for _, letter in letters}
    assert len(letters) == len(places) == 1_000
    assert {topic for topic, _, _ in places} == {POSTS.name}
    assert Counter(letter["reason"] for _, letter in letters) == reasons
    assert all(key == f"{it['topic']}/{it['partition']}/{it['offset']}".encode() for key, it in letters)
    assert max(letter["size"] for _, letter in letters) == len(HUGE)

    worker.process.kill()
    worker.process.wait(20)
    again = start("worker", "--broker", broker.bootstrap)
    found = await asyncio.to_thread(again.until_counted, len(mixed))
    assert total(found, "vigie_records_total") == len(mixed)
    assert total(found, "vigie_rejects_total") == 1_000


def reason_of(raw: bytes) -> str:
    found = decode_post(raw)
    assert isinstance(found, Invalid)
    return found.reason
