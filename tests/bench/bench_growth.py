"""How the cost grows, one worker: with companies (1 to 1,000), partitions (1 to 8) and posts (10^4 to 10^6); and how
long a restart takes with the state of the most posts.

    python tests/bench/bench_growth.py [--posts 20000] [--most 1000000] [--restart-only]

A restart is ready when the figures are there again: changelogs read back, ledgers and panes rebuilt.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from made_watch import companies_named, post_about, watchlist_of
from stand import Record, Speed, broker_at, corpus_posts, fill, machine, work_off, workers

from schemas.topics import POSTS

BASE_PARTITIONS = 4
BEGAN = 1_780_000_000  # epoch seconds of the first made-up post; ten a second follow


def posts_about(names: list[str], count: int) -> Iterator[Record]:
    return (post_about(names[number % len(names)], number, BEGAN + number / 10) for number in range(count))


async def one(scratch: Path, records: Iterator[Record], count: int, partitions: int, *options: str) -> Speed:
    async with broker_at(scratch / "broker", partitions) as broker:
        await fill(broker.bootstrap, POSTS.name, records, partitions)
        with workers(1, broker, scratch / "homes", partitions, *options) as made:
            return await asyncio.to_thread(work_off, made, count)


async def restarted(scratch: Path, count: int) -> tuple[Speed, Speed]:
    """A run over `count` posts, and what the next start of the same worker takes."""
    async with broker_at(scratch / "broker", BASE_PARTITIONS) as broker:
        await fill(broker.bootstrap, POSTS.name, corpus_posts(count), BASE_PARTITIONS)
        homes = scratch / "homes"
        with workers(1, broker, homes, BASE_PARTITIONS) as made:
            first = await asyncio.to_thread(work_off, made, count)
        with workers(1, broker, homes, BASE_PARTITIONS) as made:
            return first, await asyncio.to_thread(work_off, made, count)


def row(name: str, speed: Speed) -> None:
    print(
        f"| {name} | {speed.posts:,} | {speed.rate:,.0f} | {speed.each:.0f} µs | {speed.broker_each:.0f} µs | "
        f"{speed.memory:.0f} MB |",
        flush=True,
    )


async def growth(scratch: Path, posts: int, most: int) -> None:
    """A row for each number of companies, of partitions, and of posts below `most`."""
    for count in (1, 30, 1_000):
        names = companies_named(count)
        watchlist = scratch / f"{count}.toml"
        watchlist.write_text(watchlist_of(names))
        place = scratch / f"companies-{count}"
        speed = await one(
            place, posts_about(names, posts), posts, BASE_PARTITIONS, "--watchlist", str(watchlist)
        )
        row(f"{count:,} companies, each post about one", speed)
    for partitions in (1, 8):
        speed = await one(scratch / f"partitions-{partitions}", corpus_posts(posts), posts, partitions)
        row(f"{partitions} partitions", speed)
    size = 10_000
    while size < most:
        speed = await one(scratch / f"posts-{size}", corpus_posts(size), size, BASE_PARTITIONS)
        row(f"{BASE_PARTITIONS} partitions", speed)
        size *= 10


async def run(posts: int, most: int, *, restart_only: bool) -> None:
    print(machine())
    print("\n| growth, one worker | posts | posts/s | CPU a post | broker's | memory |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as directory:
        scratch = Path(directory)
        if not restart_only:
            await growth(scratch, posts, most)
        first, again = await restarted(scratch / "restart", most)
        row(f"{BASE_PARTITIONS} partitions", first)
    print(f"\nRestart with the state of {most:,} posts: ready in {again.ready:.1f} s, {again.memory:.0f} MB.")
    sys.stdout.flush()


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--posts", type=int, default=20_000)
    options.add_argument("--most", type=int, default=1_000_000)
    options.add_argument(
        "--restart-only", action="store_true", help="a run over the most posts, and a restart"
    )
    given = options.parse_args()
    asyncio.run(run(given.posts, given.most, restart_only=given.restart_only))


if __name__ == "__main__":
    main()
