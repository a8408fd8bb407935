"""A worker that starts on a full topic reads it from its first record, in order: Faust clears its queues at the
end of a rebalance, and what was delivered before that must not be lost."""

import asyncio

import pytest
from broker_fixtures import MakeBroker
from made_posts import made_posts
from producing import produce
from watching import total
from watching_fixtures import Start

from schemas.topics import POSTS, TOPICS
from streams.admin import ensure_topics

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


@pytest.mark.parametrize("batch", ["500", pytest.param("7", marks=pytest.mark.faults)])
async def test_a_backlog_is_read_whole_and_again_after_each_restart(
    make_broker: MakeBroker, start: Start, watchlist: object, batch: str
) -> None:
    broker = make_broker()
    await broker.start()
    await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, 4)
    lines: list[bytes] = []
    for seed in range(2):
        lines += made_posts(1_000, seed=seed)
        await produce(broker.bootstrap, POSTS.name, lines[-1_000:])
        worker = start("worker", "--broker", broker.bootstrap, VIGIE_BATCH=batch)
        found = await asyncio.to_thread(worker.until_counted, len(lines))
        assert total(found, "vigie_records_total") == len(lines)
        if seed == 0:
            await asyncio.to_thread(worker.process.kill)
        else:
            worker.process.terminate()
        assert await asyncio.to_thread(worker.process.wait, 20) == (-9 if seed == 0 else 0)
