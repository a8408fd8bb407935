"""Posts per second and CPU a post from Kafka to figures, Vigie beside its peers, all in one run.

    python tests/bench/bench_stream.py [--posts N] [--peer-python PYTHON]

Everything runs in turn over the same posts (the sample corpus again and again under new keys), 8 partitions. Vigie
does all that it does: it judges sentiment, companies, speaker and disclosures, publishes mentions, keeps its ledger
durable and its figures current. A peer has TextBlob's polarity of each post and one tumbling 5-minute window of
counts and sums by company; as a "rolling" one it also sends a mention of each post with a company to a topic, as Vigie
does, and has windows of the lengths of Vigie's five, each moving on by a twelfth of itself, by its library's own means. It
is spared the finding of the company, which is the key of its topic, event time, and the way
through a second topic. Time runs from the first post sent (Vigie) or at hand (peers) to the last in the figures.
The peers' libraries are in a virtual environment of their own (`make bench` makes it); what is missing there is
left out.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from kafka.admin import KafkaAdminClient, NewTopic
from stand import (
    LeftOutError,
    Record,
    Speed,
    broker_at,
    corpus_posts,
    fill,
    machine,
    peer,
    sealed,
    work_off,
    workers,
)

from schemas.codec import decode_post
from schemas.post import Post
from schemas.reputation import WINDOWS
from schemas.topics import POSTS
from streams.judges import load_judge, spare_collections
from streams.settings import read_settings
from streams.watchlist.reading import load_watchlists

PARTITIONS = 8
KEYED = "keyed.v1"
OUT = ("out.v1", "mentioned.v1")  # for the peers' results
# Faust refuses to write to a changelog that it made a moment ago and does not see yet
CHANGELOGS = (
    *(f"peer-faust-{table}-changelog" for table in ("counts", "sums")),
    *(f"peer-faust-rolling-{table}-{name}-changelog" for table in ("counts", "sums") for name in WINDOWS),
)
ANSWERED = (str(Path(__file__).with_name("answered_worker.py")),)
# program, what it is, what part of --posts it gets, and whether it needs the peers' environment
PEERS = (
    ("bytewax_textblob", "bytewax + TextBlob (nothing durable)", 0.3, True),
    ("quix_textblob", "quixstreams + TextBlob", 0.2, True),
    ("faust_plain", "plain Faust agent + TextBlob", 0.05, False),
    ("bytewax_rolling", "bytewax + TextBlob, mentions out, five windows (nothing durable)", 0.15, True),
    ("quix_rolling", "quixstreams + TextBlob, mentions out, five windows", 0.03, True),
    ("faust_rolling", "plain Faust agent + TextBlob, mentions out, five windows", 0.005, False),
)
LIMITS = (
    ("aiokafka_reading", "aiokafka, reads and decodes only", 3.0, False),
    ("kafka_python_reading", "kafka-python, reads and decodes only", 1.0, False),
)
COUNTING = (
    ("vigie_counting", "Vigie's transport and tables, durable", 3.0, False),
    ("bytewax_counting", "bytewax, not durable", 3.0, True),
)
Row = tuple[str, Speed]


async def vigie(scratch: Path, records: list[Record], count: int, **given: Any) -> Speed:
    """`count` workers, ready before the first post is sent, so that all of them work on all; `given` as for
    `stand.Worker`."""
    home = Path(tempfile.mkdtemp(prefix=f"vigie-{count}-", dir=scratch))  # one that nobody has worked in
    async with broker_at(home, PARTITIONS) as broker:
        with workers(count, broker, scratch / "homes" / home.name, PARTITIONS, **given) as made:
            for one in made:
                await asyncio.to_thread(one.until_ready)
            filling = asyncio.create_task(fill(broker.bootstrap, POSTS.name, records, PARTITIONS))
            speed = await asyncio.to_thread(work_off, made, len(records))
            await filling
            return speed


def keyed_posts(count: int) -> Iterator[Record]:
    """The same posts under the company that each names, or "-"."""
    names = {
        name.lower(): company.id
        for company in load_watchlists(read_settings({}).watchlists).companies
        for name in (company.name, *company.aliases)
    }
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\b")
    for _, value in corpus_posts(count):
        found = pattern.search(orjson.loads(value)["text"].lower())
        yield (names[found[0]] if found else "-").encode(), value


async def peers(scratch: Path, posts: int, python: str) -> dict[str, list[Row]]:
    """Groups of rows, in order."""
    groups: dict[str, list[Row]] = {}
    async with broker_at(scratch / "peers", PARTITIONS) as broker:
        admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
        sizes = {
            KEYED: max(part for _, _, part, _ in PEERS),
            "counted.v1": max(part for _, _, part, _ in COUNTING),
        }
        admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in (*sizes, *OUT, *CHANGELOGS)])
        admin.close()
        for topic, part in sizes.items():
            await fill(broker.bootstrap, topic, keyed_posts(int(posts * part)), PARTITIONS)
        for group, found in (("peers", PEERS), ("limits", LIMITS), ("counting", COUNTING)):
            topic = {"peers": KEYED, "limits": "counted.v1", "counting": "counted.v1"}[group]
            groups[group] = []
            for program, title, part, theirs in found:
                runs = python if theirs else sys.executable
                try:
                    speed = await asyncio.to_thread(
                        peer, runs, program, broker.bootstrap, topic, int(posts * part)
                    )
                except LeftOutError as reason:
                    print(f"\n{title}: left out, {reason}")
                    continue
                say(f"{title}: {speed.rate:,.0f} posts/s")
                groups[group].append((title, speed))
    return groups


def judge_alone(count: int) -> float:
    """Microseconds of CPU a post that judge takes of what a worker does."""
    settings = read_settings({})
    judge = load_judge(settings)
    posts = [post for _, value in corpus_posts(count) if isinstance(post := decode_post(value), Post)]
    spare_collections()
    judge.judge(posts[: settings.batch])
    start = time.process_time()
    for first in range(0, len(posts), settings.batch):
        judge.judge(posts[first : first + settings.batch])
    return 1e6 * (time.process_time() - start) / len(posts)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def table(title: str, rows: list[Row]) -> None:
    """Markdown; the first row against each."""
    print(f"\n| {title} | posts | posts/s | CPU a post | broker's | the first to it |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, speed in rows:
        broker = f"{speed.broker_each:.0f} µs" if speed.broker else ""
        print(
            f"| {name} | {speed.posts:,} | {speed.rate:,.0f} | {speed.each:.0f} µs | {broker} | "
            f"{rows[0][1].rate / speed.rate:.2f} |"
        )


async def run(posts: int, python: str) -> None:
    print(machine())
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as directory:
        scratch = Path(directory)
        clear, keys = list(corpus_posts(posts)), scratch / "keys.sqlite"
        one = await vigie(scratch, clear, 1)
        say(f"one worker: {one.rate:,.0f} posts/s")
        judging = await asyncio.to_thread(judge_alone, posts // 4)
        answered = await vigie(scratch, clear, 1, program=ANSWERED)
        say(f"one worker, judge's answers at hand: {answered.rate:,.0f} posts/s, {answered.each:.0f} µs")
        two = await vigie(scratch, clear, 2)
        say(f"two workers: {two.rate:,.0f} posts/s")
        opened = await vigie(scratch, list(sealed(clear[: posts // 2], keys)), 1, VIGIE_KEYS=str(keys))
        say(f"one worker, sealed posts: {opened.rate:,.0f} posts/s")
        again = await vigie(scratch, clear, 1)
        say(f"one worker, again: {again.rate:,.0f} posts/s")
        single = await vigie(scratch, clear[: max(1_000, posts // 50)], 1, VIGIE_MICRO_BATCHES="0")
        groups = await peers(scratch, posts, python)
    ours = [
        ("Vigie, one worker", one),
        ("Vigie, one worker, once more", again),
        ("Vigie, one worker, posts sealed as `vigie feed` does", opened),
        ("Vigie, two workers", two),
        ("Vigie, one worker, judge's answers at hand", answered),
        ("Vigie, one worker, without micro-batches", single),
    ]
    table("end to end", ours + groups["peers"])
    table("the limit", groups["limits"])
    table("counting in a window only", groups["counting"])
    print(
        f"\nJudge alone takes {judging:.0f} µs of CPU a post, all else in a worker {answered.each:.0f} µs (measured "
        f"with judge's answers at hand; by difference {one.each - judging:.0f} µs). "
        f"Two workers to one: {two.rate / one.rate:.2f}; by their own CPU a post, the broker's cost elsewhere, "
        f"{2 * one.each / two.each:.2f}. Memory of one worker: {one.memory:.0f} MB."
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--posts", type=int, default=100_000)
    options.add_argument("--peer-python", default=sys.executable, help="of the peers' environment")
    given = options.parse_args()
    asyncio.run(run(given.posts, given.peer_python))


if __name__ == "__main__":
    main()
