"""Workers come, go and stand still under load: the sum of what they show stays exact, and nobody's twice."""

import asyncio
import os
import signal
from collections import Counter

import pytest
from broker_fixtures import MakeBroker
from made_posts import made_posts
from producing import consume, produce
from watching import Series, Watching, total
from watching_fixtures import Start

from schemas.reputation import decode
from schemas.topics import POSTS, REPUTATION, TOPICS
from streams.admin import ensure_topics
from streams.pause import EXIT_STATUS

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def companies(series: Series) -> set[str]:
    return {dict(labels)["company"] for name, labels in series if name == "vigie_mentions_total"}


def records(*watches: Watching) -> float:
    return sum(total(watch.series(), "vigie_records_total") for watch in watches)


async def until(watch: Watching, what: str, true: object, limit: float = 60.0) -> None:
    await asyncio.to_thread(watch.until, what, true, limit)


async def test_a_second_worker_joins_and_leaves_in_mid_feed(make_broker: MakeBroker, start: Start) -> None:
    broker = make_broker()
    await broker.start()
    await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, 4)
    first = start("worker", "--broker", broker.bootstrap)
    await asyncio.to_thread(first.until_ready)
    sent = 0
    parts = [made_posts(800, seed=seed) for seed in range(4)]

    async def feed() -> None:
        nonlocal sent
        part = parts.pop(0)
        sent += len(part)
        await produce(broker.bootstrap, POSTS.name, part)

    await feed()
    second = start("worker", "--broker", broker.bootstrap, home="other")
    await feed()
    await asyncio.to_thread(second.until_ready)
    await feed()
    await until(first, "both have counted all", lambda: records(first, second) == sent)
    assert records(second) > 0
    assert companies(first.series()).isdisjoint(companies(second.series()))

    second.process.terminate()
    await feed()
    assert await asyncio.to_thread(second.process.wait, 20) == 0
    found = await asyncio.to_thread(first.until_counted, sent)
    assert total(found, "vigie_records_total") == sent
    platforms = Counter(
        {dict(labels)["platform"]: v for (n, labels), v in found.items() if n == "vigie_posts_total"}
    )
    assert platforms.total() == sent - total(found, "vigie_records_total", outcome="deletion")

    first.process.terminate()
    assert await asyncio.to_thread(first.process.wait, 20) == 0
    written = [decode(value) for _, value in await consume(broker.bootstrap, REPUTATION.name)]
    newest = {record.company: record for record in written}
    assert set(newest) == companies(found), "each company is recorded, at the latest at the end"
    for company, record in newest.items():
        assert sum(record.windows[-1].mentions) == total(
            found, "vigie_reputation_mentions", company=company, window="28d"
        )


@pytest.mark.faults
async def test_a_worker_that_stood_still_ends_and_does_no_harm(make_broker: MakeBroker, start: Start) -> None:
    broker = make_broker()
    await broker.start()
    await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, 4)
    lines = made_posts(2_000)
    paused = start("worker", "--broker", broker.bootstrap)
    await asyncio.to_thread(paused.until_ready)
    await produce(broker.bootstrap, POSTS.name, lines[:1_500])
    await until(paused, "is at work", lambda: records(paused) > 0)
    os.kill(paused.process.pid, signal.SIGSTOP)

    heir = start("worker", "--broker", broker.bootstrap, home="other")
    await asyncio.to_thread(heir.until_counted, 1_500)
    os.kill(paused.process.pid, signal.SIGCONT)
    assert await asyncio.to_thread(paused.process.wait, 20) == EXIT_STATUS
    await produce(broker.bootstrap, POSTS.name, lines[1_500:])
    found = await asyncio.to_thread(heir.until_counted, 2_000)
    assert total(found, "vigie_records_total") == 2_000

    # what the changelogs hold is as right as what the heir holds in memory
    heir.process.kill()
    heir.process.wait(20)
    last = start("worker", "--broker", broker.bootstrap, home="third")
    again = await asyncio.to_thread(last.until_counted, 2_000)
    for name in ("vigie_records_total", "vigie_posts_total", "vigie_mentions_total"):
        assert {k: v for k, v in again.items() if k[0] == name} == {
            k: v for k, v in found.items() if k[0] == name
        }
