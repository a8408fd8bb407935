"""Work that takes longer than a session: a batch that is judged for so long, a restore that does. The worker keeps its
partitions, and where another joins in the midst of it the sum stays exact.

A worker is slowed by a `sitecustomize` of the test's, which burns the time as slow code would: the loop stands
still, and the threads that keep the session alive have to ask for their turns.
"""

import asyncio
import os
from pathlib import Path

import pytest
from broker_fixtures import MakeBroker
from made_posts import made_posts
from producing import produce
from watching import Watching, total
from watching_fixtures import Start

from schemas.topics import POSTS, TOPICS
from streams.admin import ensure_topics

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]
BURNT = 14.0  # seconds, of a session of ten
SLOW = """
import time
from agents.{module} import {owner}

def burn(work):
    def slow(*given, **named):
        done = work(*given, **named)
        if not burnt:
            burnt.append(True)
            print("burning", flush=True)
            end = time.monotonic() + {seconds}
            while time.monotonic() < end:
                pass
            print("burnt", flush=True)
        return done
    return slow

burnt = []
{owner}.{method} = burn({owner}.{method})
"""


def slowed(directory: Path, module: str, owner: str, method: str) -> str:
    """A PYTHONPATH under which the first call of `method` takes longer than a session."""
    directory.mkdir()
    program = SLOW.format(module=module, owner=owner, method=method, seconds=BURNT)
    (directory / "sitecustomize.py").write_text(program)
    return os.pathsep.join([str(directory), *filter(None, [os.environ.get("PYTHONPATH")])])


def joined(watch: Watching) -> int:
    """How often the worker joined its group anew."""
    return (watch.home / "logs" / "worker.log").read_text().count("Joined group")


async def test_a_batch_longer_than_a_session_keeps_it_and_a_worker_that_joins_meanwhile_changes_nothing(
    make_broker: MakeBroker, start: Start, tmp_path: Path
) -> None:
    broker = make_broker()
    await broker.start()
    await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, 4)
    lines = made_posts(1_200)
    path = slowed(tmp_path / "slow", "judge", "Judge", "judge")
    first = start("worker", "--broker", broker.bootstrap, PYTHONPATH=path)
    await asyncio.to_thread(first.until_ready)
    joins = joined(first)
    await produce(broker.bootstrap, POSTS.name, lines[:600])
    await asyncio.to_thread(first.until_said, "burnt")
    await asyncio.to_thread(first.until_counted, 600)
    assert joined(first) == joins, "its session outlived the batch"

    second = start("worker", "--broker", broker.bootstrap, home="other", PYTHONPATH=slowed(
        tmp_path / "slow-too", "judge", "Judge", "judge"
    ))  # fmt: skip
    await asyncio.to_thread(second.until_ready)
    await produce(broker.bootstrap, POSTS.name, lines[600:])
    await asyncio.to_thread(second.until_said, "burning")
    third = start("worker", "--broker", broker.bootstrap, home="third")  # a rebalance in mid-batch
    await asyncio.to_thread(third.until_ready)
    workers = (first, second, third)

    def counted() -> bool:
        sums = sum(total(one.series(), "vigie_records_total") for one in workers)
        return sums == len(lines) and all(one.settled() for one in workers)

    await asyncio.to_thread(second.until, "all is counted once", counted, 60.0)
    for one in workers[1:]:
        one.process.terminate()
        assert await asyncio.to_thread(one.process.wait, 20) == 0
    found = await asyncio.to_thread(first.until_counted, len(lines))
    assert total(found, "vigie_records_total") == len(lines)


async def test_a_restore_longer_than_a_session_keeps_it_and_is_not_ready(
    make_broker: MakeBroker, start: Start, tmp_path: Path
) -> None:
    broker = make_broker()
    await broker.start()
    await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, 4)
    first = start("worker", "--broker", broker.bootstrap)
    await asyncio.to_thread(first.until_ready)
    await produce(broker.bootstrap, POSTS.name, made_posts(500))
    before = await asyncio.to_thread(first.until_counted, 500)
    first.process.kill()
    first.process.wait(20)

    path = slowed(tmp_path / "slow", "measure", "Measure", "restore")
    again = start("worker", "--broker", broker.bootstrap, home="other", PYTHONPATH=path)
    await asyncio.to_thread(again.until_said, "burning")
    while "burnt" not in again.output():
        assert again.process.poll() is None
        if "burnt" not in again.output():
            assert not again.ready() or "burnt" in again.output(), "a restore is under way"
    after = await asyncio.to_thread(again.until_counted, 500)
    assert joined(again) == 1
    names = ("vigie_records_total", "vigie_posts_total", "vigie_mentions_total")
    assert {k: v for k, v in after.items() if k[0] in names} == {
        k: v for k, v in before.items() if k[0] in names
    }
