"""A stand to measure on: a broker that holds posts, and Vigie's workers at work on them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
import psutil
from aiokafka import AIOKafkaProducer

from schemas.codec import decode_post
from schemas.post import Post
from schemas.topics import TOPICS
from streams.admin import ensure_topics
from streams.broker.embedded import EmbeddedBroker
from streams.broker.ports import kept_ports
from streams.sealing.keys import KeyStore
from streams.sealing.vault import Vault

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "deploy" / "corpus.jsonl"
BATCH = 500  # records that go to one partition together
PATIENCE = 900.0  # seconds
PEER_PATIENCE = 120.0
# seconds between two scrapes, each of which costs the worker something: at the end of a run, and in its midst
ASK_EVERY, ASK_SELDOM = 0.3, 2.0

Record = tuple[bytes, bytes]  # key and value


@dataclass(frozen=True)
class Speed:
    """What one run came to."""

    posts: int
    seconds: float
    cpu: float  # seconds of the processes that did the work, the broker not among them
    broker: float = 0.0  # seconds of the broker's
    ready: float = 0.0  # seconds from the start of the worker to its readiness
    ready_cpu: float = 0.0  # seconds of CPU that this took
    memory: float = 0.0  # MB, the greatest seen

    @property
    def rate(self) -> float:
        return self.posts / self.seconds

    @property
    def each(self) -> float:
        """Microseconds of CPU a post."""
        return 1e6 * self.cpu / self.posts

    @property
    def broker_each(self) -> float:
        return 1e6 * self.broker / self.posts


def corpus() -> list[dict[str, Any]]:
    """The posts of the sample corpus, without edits and deletions."""
    lines = [orjson.loads(line) for line in CORPUS.read_bytes().splitlines()]
    return [post for post in lines if "text" in post and post.get("version", 1) == 1]


def corpus_posts(count: int) -> Iterator[Record]:
    """The sample corpus again and again under new keys."""
    posts = corpus()
    for number in range(count):
        key = f"bench:{number}"
        yield key.encode(), orjson.dumps({**posts[number % len(posts)], "key": key})


def sealed(records: Iterable[Record], keys: Path) -> Iterator[Record]:
    """The same posts as `vigie feed` writes them: what is personal under a key of its own, in the store at `keys`."""
    vault, waiting = Vault(KeyStore(keys)), iter(records)
    while part := [
        post for _, value in islice(waiting, BATCH) if isinstance(post := decode_post(value), Post)
    ]:
        for found in vault.records(part):
            assert found is not None
            yield found[0].encode(), found[1]


async def fill(bootstrap: str, topic: str, records: Iterable[Record], partitions: int) -> None:
    """Write records, those of a key to one partition."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_batch_size=512 * 1024)
    await producer.start()
    builders = [producer.create_batch() for _ in range(partitions)]
    sent = []
    for key, value in records:
        number = crc32(key) % partitions
        builders[number].append(timestamp=None, key=key, value=value)
        if builders[number].record_count() == BATCH:
            sent.append(await producer.send_batch(builders[number], topic, partition=number))
            builders[number] = producer.create_batch()
    for number, builder in enumerate(builders):
        if builder.record_count():
            sent.append(await producer.send_batch(builder, topic, partition=number))
    await asyncio.gather(*sent)
    await producer.stop()


@asynccontextmanager
async def broker_at(home: Path, partitions: int) -> AsyncIterator[EmbeddedBroker]:
    """A running broker with Vigie's topics."""
    broker = EmbeddedBroker(home, say=lambda _: None)
    await broker.start()
    try:
        await asyncio.to_thread(ensure_topics, broker.bootstrap, TOPICS, partitions)
        yield broker
    finally:
        await broker.stop()


class Worker:
    """`vigie worker` as a process, or a `program` that takes the same words."""

    def __init__(
        self,
        broker: EmbeddedBroker,
        home: Path,
        partitions: int,
        *options: str,
        program: Sequence[str] = ("-m", "streams.cli"),
        **environment: str,
    ) -> None:
        self.address = f"127.0.0.1:{kept_ports(home.parent / f'{home.name}-port.json').broker}"
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [
                *(sys.executable, *program, "worker", "--broker", broker.bootstrap),
                *("--home", str(home), "--metrics", self.address),
                *options,
            ],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "VIGIE_PARTITIONS": str(partitions),
                "VIGIE_AUTHOR_KEY": str(home.parent / "author.key"),
                **environment,
            },
        )

    def ask(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    def metrics(self, *names: str) -> list[float]:
        """The sum of each metric's series, of one scrape."""
        lines = (self.ask("/metrics") or "").splitlines()
        return [
            sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name}{{", f"{name} ")))
            for name in names
        ]

    def until_ready(self) -> float:
        """Seconds since its start."""
        while self.ask("/-/ready") is None:
            self._patience()
            time.sleep(0.1)  # an answer costs it a thread: fifty a second took an eighth of a long start
        return time.monotonic() - self.began

    def usage(self) -> tuple[float, float]:
        """CPU seconds, MB."""
        process = psutil.Process(self.process.pid)
        times = process.cpu_times()
        return times.user + times.system, process.memory_info().rss / 1e6

    def _patience(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(f"the worker ended ({self.process.returncode})")
        if time.monotonic() - self.began > PATIENCE:
            raise TimeoutError("the worker was never ready")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@contextmanager
def workers(
    count: int, broker: EmbeddedBroker, home: Path, partitions: int, *options: str, **given: Any
) -> Iterator[list[Worker]]:
    """Workers over homes of their own, ended with the block; `given` as for Worker."""
    home.mkdir(parents=True, exist_ok=True)
    made = [
        Worker(broker, home / f"worker-{number}", partitions, *options, **given) for number in range(count)
    ]
    try:
        yield made
    finally:
        for one in made:
            one.close()


def work_off(made: Sequence[Worker], count: int) -> Speed:
    """From readiness until the figures hold every post: all judged, and every mention of them folded."""
    ready = max(one.until_ready() for one in made)
    start, java = time.monotonic(), _java()
    before, broker_before = sum(one.usage()[0] for one in made), java()
    shown = seconds = cpu = broker = memory = 0.0
    while True:
        told = [
            one.metrics("vigie_records_total", "vigie_mentions_total", "vigie_lag_records") for one in made
        ]
        now, usage = time.monotonic() - start, [one.usage() for one in made]
        memory = max(memory, *(size for _, size in usage))
        records = sum(one[0] for one in told)
        if records + sum(one[1] for one in told) != shown:  # commits follow a second later
            shown = records + sum(one[1] for one in told)
            seconds, cpu, broker = now, sum(used for used, _ in usage) - before, java() - broker_before
        if records >= count and not any(lag for *_, lag in told):
            return Speed(count, seconds, cpu, broker, ready, before, memory)
        if now > PATIENCE:
            raise TimeoutError("the posts were never all counted")
        ahead = now * (count / records - 1) / 2 if records else 0.0  # half of the way that is left
        time.sleep(min(max(ASK_EVERY, ahead), ASK_SELDOM))


def _java() -> Callable[[], float]:
    brokers = [child for child in psutil.Process().children(recursive=True) if "java" in child.name()]

    def used() -> float:
        return sum(child.cpu_times().user + child.cpu_times().system for child in brokers)

    return used


class LeftOutError(Exception):
    """A peer that gave no figure, and why."""


def peer(python: str, program: str, bootstrap: str, topic: str, count: int) -> Speed:
    """Run one of tests/bench/peers. Raises LeftOutError where its library is missing, or it fails or hangs."""
    path = Path(__file__).parent / "peers" / f"{program}.py"
    try:
        ended = subprocess.run(
            [python, str(path), bootstrap, topic, str(count)],
            capture_output=True, text=True, timeout=PEER_PATIENCE, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        said = (late.stderr or b"").decode(errors="replace").strip().rpartition("\n")[2]
        raise LeftOutError(f"not done within {PEER_PATIENCE:.0f} s: {said[:200]}") from late
    told = [line for line in ended.stdout.splitlines() if line.startswith('{"posts"')]
    if not told:
        raise LeftOutError(
            (ended.stderr or ended.stdout).strip().rpartition("\n")[2] or str(ended.returncode)
        )
    return Speed(**json.loads(told[-1]))


def machine() -> str:
    """What it ran on, and under which load."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown processor",
    )
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores of {model}, {memory:.0f} GB, Linux, Python {sys.version.split()[0]}; "
        f"load at the start {load}"
    )
