"""Posts per second from posts.v1 to figures, with micro-batches and with one record at a time.

Both run in turn on one embedded broker each, over the same posts (the sample corpus again and again
under new keys). Time runs from the worker's readiness to the last post's figures. Usage:

    python tests/bench/bench_stream.py [posts with micro-batches] [posts without]
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import POSTS, TOPICS
from streams.admin import ensure_topics
from streams.broker.embedded import EmbeddedBroker
from streams.broker.ports import kept_ports

CORPUS = Path(__file__).parents[2] / "deploy" / "corpus.jsonl"


async def fill(bootstrap: str, count: int) -> None:
    """Produce `count` posts to posts.v1."""
    lines = [orjson.loads(line) for line in CORPUS.read_bytes().splitlines()]
    posts = [post for post in lines if "text" in post and post.get("version", 1) == 1]
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=50)
    await producer.start()
    for number in range(count):
        key = f"bench:{number}"
        await producer.send(
            POSTS.name, orjson.dumps({**posts[number % len(posts)], "key": key}), key=key.encode()
        )
    await producer.stop()


def counted(url: str) -> float:
    """Posts that the figures hold so far."""
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own http address
        families = text_string_to_metric_families(answer.read().decode())
    return sum(
        sample.value for family in families if family.name == "vigie_posts" for sample in family.samples
    )


async def posts_per_second(count: int, *, micro_batches: bool) -> float:
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        broker = EmbeddedBroker(home, say=lambda _: None)
        await broker.start()
        port = kept_ports(home / "bench-ports.json").broker
        address = f"127.0.0.1:{port}"
        try:
            ensure_topics(broker.bootstrap, TOPICS, 4)
            await fill(broker.bootstrap, count)
            worker = subprocess.Popen(  # noqa: ASYNC220 - started once, before anything is timed
                [
                    sys.executable,
                    "-m",
                    "streams.cli",
                    "worker",
                    "--broker",
                    broker.bootstrap,
                    "--home",
                    directory,
                    "--metrics",
                    address,
                ],
                env={**os.environ, "VIGIE_MICRO_BATCHES": str(int(micro_batches))},
            )
            try:
                return await asyncio.to_thread(rate, f"http://{address}", count)
            finally:
                worker.terminate()
                worker.wait(30)
        finally:
            await broker.stop()


def rate(url: str, count: int) -> float:
    deadline = time.monotonic() + 600
    while not answers(f"{url}/-/ready"):
        if time.monotonic() > deadline:
            raise TimeoutError("the worker was never ready")
        time.sleep(0.02)
    start = time.monotonic()
    while counted(f"{url}/metrics") < count:
        if time.monotonic() > deadline:
            raise TimeoutError("the posts were never all counted")
        time.sleep(0.1)
    return count / (time.monotonic() - start)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    batched, single = (int(word) for word in [*sys.argv[1:], "20000", "4000"][:2])
    fast = asyncio.run(posts_per_second(batched, micro_batches=True))
    slow = asyncio.run(posts_per_second(single, micro_batches=False))
    print(
        f"with micro-batches {fast:,.0f} posts/s, one record at a time {slow:,.0f}: ratio {fast / slow:.1f}"
    )


if __name__ == "__main__":
    main()
