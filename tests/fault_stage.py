"""A broker, a stream of posts that grows, and what figures it must give: the stage on which faults happen."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from made_posts import BROKEN, START, made_posts
from recomputed import Recomputed, differences, expected_series
from watching import Series, Watching, companies_of, free_address, total

from agents.judge import Judge
from schemas.topics import POSTS, TOPICS
from streams.admin import ensure_topics
from streams.broker.embedded import EmbeddedBroker
from streams.judges import load_judge
from streams.patience import patient
from streams.settings import read_settings

HOUR = 3_600_000
NAMES = {  # of the made posts -> the same sentences about others, so that every partition has companies
    b"Nordelle": (b"Nordelle", b"Belquin", b"Farmoise", b"Tavernel"),
    b"Velmont Air": (b"Velmont Air", b"Ostrelle Air", b"Cardouin Air", b"Pelmarie Air"),
    b"Quibrac": (b"Quibrac", b"Zenvoult", b"Marquilly", b"Drossane"),
}
VARIANTS = 4
SECRET = b"the key of the tests' authors ..."


def watchlist_of_all() -> str:
    ids = [(name.decode(), name.decode().lower().replace(" ", "-")) for of in NAMES.values() for name in of]
    return "".join(f'[[company]]\nid = "{key}"\nname = "{name}"\n\n' for name, key in ids)


def posts_of(count: int, part: int, start: int = START, span: int = HOUR) -> list[bytes]:
    """`count` records of the `part`-th `span` (ms) from `start` on; one in fifty cannot be read."""
    found = []
    for number, line in enumerate(made_posts(count, seed=part, start=start + part * span, span=span)):
        variant = sum(orjson.loads(line)["key"].encode()) % VARIANTS  # an edit speaks of the same
        for name, others in NAMES.items():
            line = line.replace(name, others[variant])  # noqa: PLW2901
        found.append(BROKEN[number // 50 % len(BROKEN)] if number % 50 == 49 else line)
    return found


def key_of(line: bytes) -> bytes:
    try:
        return str(orjson.loads(line)["key"]).encode()  # a post and its edits keep their order
    except (ValueError, KeyError):
        return b"broken"


class Stage:
    """`broker` runs (or is made to stop by a test); workers share one key of authors and one watchlist."""

    def __init__(
        self,
        directory: Path,
        partitions: int = 4,
        home: Path | None = None,
        extra: dict[str, str] | None = None,
    ) -> None:
        """`home`: the broker's, in the directory unless given; `extra`: properties of the broker."""
        directory.mkdir(exist_ok=True)
        self.directory = directory
        self.watch_home = directory / "home"
        self.partitions = partitions
        self.broker = EmbeddedBroker(home or directory / "broker", heap="256m", extra=extra, say=print)
        asyncio.run(self.broker.start())
        ensure_topics(self.broker.bootstrap, TOPICS, partitions)
        self.watchlist = directory / "watchlist.toml"
        self.watchlist.write_text(watchlist_of_all())
        self.key = directory / "author.key"
        self.key.write_bytes(SECRET)
        self.sent = 0
        self._part = 0
        self._truth = Recomputed()
        self._judge: Judge | None = None
        self._due: list[bytes] = []
        self._workers: list[Watching] = []

    def worker(self, home: str = "home", **environment: str) -> Watching:
        """A worker process with a home of its own."""
        return self._start(["worker"], self.directory / home, **environment)

    def watch(self) -> Watching:
        """A worker that is brought back when it ends: `vigie run` without a feed."""
        return self._start(["run", "--no-feed"], self.watch_home)

    def _start(self, command: list[str], home: Path, **environment: str) -> Watching:
        address = free_address(self.directory, home.name)
        arguments = [*command, "--watchlist", str(self.watchlist), "--broker", self.broker.bootstrap]
        given = {
            "VIGIE_AUTHOR_KEY": str(self.key),
            "VIGIE_PARTITIONS": str(self.partitions),
            "VIGIE_BATCH": "50",
            "VIGIE_RECORD_EVERY": "1",
            **environment,
        }
        one = Watching(arguments, home, address, told=self.directory, **given)
        self._workers.append(one)
        return one

    def next_posts(self, count: int) -> list[bytes]:
        """The next hour of the stream, which from now on belongs to what is expected."""
        lines = posts_of(count, self._part)
        self._part += 1
        self._due += lines
        return lines

    def feed(self, count: int) -> None:
        """Send the next `count` posts and wait for Kafka to have them."""
        lines = self.next_posts(count)
        asyncio.run(send(self.broker.bootstrap, lines))
        self.sent += len(lines)

    @contextlib.contextmanager
    def load(self, count: int, rate: float) -> Iterator[None]:
        """`count` posts at `rate` a second while the block runs; at its end all have been sent."""
        lines = self.next_posts(count)
        feeder = Feeder(self.broker.bootstrap, lines, rate)
        feeder.start()
        try:
            yield
        finally:
            feeder.join(300)
        assert feeder.failure is None, feeder.failure
        assert not feeder.is_alive()
        self.sent += len(lines)

    def expected(self, at: int) -> Series:
        """What an undisturbed watch shows when its clock stands at `at` (epoch ms)."""
        if self._judge is None:
            self._judge = load_judge(read_settings({}, watchlists=(self.watchlist,)))
        for line in self._due:
            self._truth.take(line, self._judge, SECRET, 0)
        self._due.clear()
        return expected_series(self._truth, at)

    def assert_equal(self, found: Series) -> None:
        """Every figure and count, to the last digit, and none beside them."""
        at = round(total(found, "vigie_stream_clock_timestamp_seconds") * 1000)
        expected = self.expected(at)
        wrong = differences(found, expected)
        assert not wrong, f"(found, expected): {wrong}"
        assert len(expected) > 100

    def assert_shared(self, *workers: Watching) -> None:
        """Between them they show every figure and count: each those of its own companies, as of its own clock."""
        companies: list[str] = []
        totals: Counter[object] = Counter()
        expected: Series = {}
        for one in workers:
            found = one.series()
            mine = companies_of(found)
            expected = self.expected(round(total(found, "vigie_stream_clock_timestamp_seconds") * 1000))
            wrong = differences(of(found, mine), of(expected, mine))
            assert not wrong, f"{one.home.name} (found, expected): {wrong}"
            assert mine, f"{one.home.name} has nothing"
            companies += mine
            totals.update({key: found[key] for key in found if key[0] in TOTALS})
        assert sorted(companies) == sorted(self._truth.newest)
        assert totals == {key: value for key, value in expected.items() if key[0] in TOTALS}

    def assert_alone(self, home: str = "last") -> None:
        """A worker that has only what lies in Kafka shows the same."""
        for one in self._workers:
            one.close()
        last = self.worker(home)
        self.assert_equal(last.until_counted(self.sent, 120.0))
        last.close()

    def close_workers(self) -> None:
        for one in self._workers:
            one.close()
        self._workers.clear()

    def close(self) -> None:
        self.close_workers()
        asyncio.run(self.broker.stop())


TOTALS = {"vigie_posts_total", "vigie_records_total", "vigie_rejects_total"}


def of(series: Series, companies: set[str]) -> Series:
    """What is of these companies alone."""
    return {key: value for key, value in series.items() if dict(key[1]).get("company") in companies}


def counted(*workers: Watching) -> float:
    """Records of posts.v1 that these workers show as worked on."""
    return sum(total(one.series(), "vigie_records_total") for one in workers)


async def send(bootstrap: str, lines: Sequence[bytes], rate: float = 0.0) -> None:
    """Every line once and in its key's order, whatever the broker goes through meanwhile."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=20, enable_idempotence=True, request_timeout_ms=240_000
    )
    await producer.start()
    patient(producer.client)
    started, sent = time.monotonic(), []
    try:
        for number, line in enumerate(lines):
            sent.append(await producer.send(POSTS.name, line, key=key_of(line)))
            ahead = started + number / rate - time.monotonic() if rate else 0.0
            if ahead > 0.02:
                await asyncio.sleep(ahead)
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


class Feeder(threading.Thread):
    """Sends at a steady rate beside whatever the test does."""

    def __init__(self, bootstrap: str, lines: Sequence[bytes], rate: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self._sending = (bootstrap, lines, rate)
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            asyncio.run(send(*self._sending))
        except BaseException as failure:  # noqa: BLE001 - told by the thread that waits
            self.failure = failure
