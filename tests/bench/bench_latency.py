"""From a post to its figures: seconds from sending it to Kafka until /metrics counts it, at a steady pace.

    python tests/bench/bench_latency.py [--rate 500] [--seconds 60] [--companies 20]

Each post names one of some made-up companies, and all posts of a company go to one partition of posts.v1, so that
they are counted in the order in which they were sent: the n-th of a company is in the figures when
`vigie_mentions_total` of it is n. /metrics is asked five times a second, which is part of what is measured.
The first ten seconds are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from made_watch import companies_named, post_about, watchlist_of
from stand import Worker, broker_at, machine, workers

from schemas.topics import POSTS

PARTITIONS = 4
WARM_UP = 10.0  # seconds
ASK_EVERY = 0.2  # seconds
GRACE = 30.0  # seconds after the last post


async def send(bootstrap: str, names: list[str], rate: int, seconds: float) -> dict[str, list[float]]:
    """When each company's posts were handed to Kafka's client, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    sent: defaultdict[str, list[float]] = defaultdict(list)
    start = time.monotonic()
    for number in range(int(rate * seconds)):
        ahead = start + number / rate - time.monotonic()
        if ahead > 0:
            await asyncio.sleep(ahead)
        name = names[number % len(names)]
        key, value = post_about(name, number, time.time())  # noqa: TID251 - a live post
        sent[name.lower()].append(time.monotonic())
        partition = names.index(name) % PARTITIONS
        await producer.send(POSTS.name, value, key=key, partition=partition)
    await producer.stop()
    return sent


async def watch(worker: Worker, seen: dict[str, list[float]], total: int) -> None:
    """When each company's n-th mention was first shown."""
    end = None
    while sum(map(len, seen.values())) < total:
        text = await asyncio.to_thread(worker.ask, "/metrics")
        now = time.monotonic()
        counted: defaultdict[str, int] = defaultdict(int)
        for line in (text or "").splitlines():
            if line.startswith("vigie_mentions_total{"):
                company = line.partition('company="')[2].partition('"')[0]
                counted[company] += int(float(line.rsplit(" ", 1)[1]))
        for company, count in counted.items():
            times = seen.setdefault(company, [])
            times += [now] * (count - len(times))
        end = end or now
        if now - end > 3_600:
            raise TimeoutError("the posts were never all counted")
        await asyncio.sleep(ASK_EVERY)


async def run(rate: int, seconds: float, count: int) -> None:
    print(machine())
    names = companies_named(count)
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as directory:
        scratch = Path(directory)
        watchlist = scratch / "watchlist.toml"
        watchlist.write_text(watchlist_of(names))
        async with broker_at(scratch / "broker", PARTITIONS) as broker:
            with workers(1, broker, scratch / "homes", PARTITIONS, "--watchlist", str(watchlist)) as (
                worker,
            ):
                await asyncio.to_thread(worker.until_ready)
                seen: dict[str, list[float]] = {}
                watching = asyncio.create_task(watch(worker, seen, int(rate * seconds)))
                before, _ = worker.usage()
                began = time.monotonic()
                sent = await send(broker.bootstrap, names, rate, seconds)
                await asyncio.wait_for(watching, GRACE)
                used = (worker.usage()[0] - before) / (time.monotonic() - began)
    waited = sorted(
        shown - stamp
        for name, stamps in sent.items()
        for stamp, shown in zip(stamps, seen[name], strict=True)
        if stamp > began + WARM_UP
    )
    told = {
        "posts": len(waited),
        "median": quantile(waited, 0.5),
        "p90": quantile(waited, 0.9),
        "p99": quantile(waited, 0.99),
        "greatest": waited[-1],
    }
    print(
        f"\n| post to metric at {rate} posts/s, {count} companies | median | 90 % | 99 % | greatest | CPU of the worker |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    print(
        f"| {told['posts']:,} posts | {told['median']:.2f} s | {told['p90']:.2f} s | {told['p99']:.2f} s | "
        f"{told['greatest']:.2f} s | {used:.0%} of a core |"
    )
    print(orjson.dumps(told).decode())


def quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rate", type=int, default=500)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--companies", type=int, default=20)
    given = options.parse_args()
    asyncio.run(run(given.rate, given.seconds, given.companies))


if __name__ == "__main__":
    main()
