"""A watch on a broker of its own: topics, a real worker process, posts, edits and deletions to feed it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import POSTS, REPUTATION, TOPICS
from streams.admin import ensure_topics
from streams.settings import Settings, read_settings

CORPUS = Path(__file__).parents[1] / "deploy" / "corpus.jsonl"
PARTITIONS = 4
WITHIN = 60.0  # seconds for whatever is waited for


class LiveWatch:
    """One worker over `bootstrap`, with its home in `home`."""

    def __init__(self, bootstrap: str, home: Path) -> None:
        self.bootstrap = bootstrap
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        ensure_topics(bootstrap, TOPICS, PARTITIONS)
        self._worker: subprocess.Popen[bytes] | None = None
        self._watcher = KafkaConsumer(bootstrap_servers=bootstrap)
        self._sent = 0

    @property
    def settings(self) -> Settings:
        return read_settings({}, home=self.home, broker=self.bootstrap)

    def start(self, credibility: Path | None = None) -> None:
        """A worker, by default with the shipped table of credibility."""
        environment = {
            **os.environ,
            "VIGIE_RECORD_EVERY": "1",
            "VIGIE_PARTITIONS": str(PARTITIONS),
            "VIGIE_BATCH": "50",
        }
        arguments = [
            "--home",
            str(self.home),
            "--broker",
            self.bootstrap,
            "--metrics",
            f"127.0.0.1:{self._port}",
        ]
        if credibility is not None:
            arguments += ["--credibility", str(credibility)]
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    @contextmanager
    def another(self) -> Iterator[None]:
        """A second worker, with a home of its own, for as long as the context lasts: partitions move to it
        and back."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        mine, first = self._port, self._worker
        self._port, home = port, self.home
        self.home = home.parent / f"{home.name}-second"
        shutil.copytree(home, self.home, ignore=shutil.ignore_patterns("kafka", "worker", "logs"))
        try:
            self.start()
            self._wait_ready()
            yield
            self.end(signal.SIGTERM)
        finally:
            self.end(signal.SIGKILL)
            self._port, self._worker, self.home = mine, first, home

    def _wait_ready(self) -> None:
        end = time.monotonic() + WITHIN
        while self._counted() == 0:
            assert time.monotonic() < end, "the second worker has no partition"
            time.sleep(0.1)

    def end(self, number: signal.Signals) -> None:
        if self._worker is not None:
            self._worker.send_signal(number)
            self._worker.wait(WITHIN)
            self._worker = None

    def feed(self, documents: Iterable[dict[str, object]]) -> None:
        """Send posts and deletions to posts.v1, each by its key."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, linger_ms=20)
        for document in documents:
            producer.send(POSTS.name, orjson.dumps(document), key=str(document["key"]).encode())
            self._sent += 1
        producer.flush()
        producer.close()

    def wait_counted(self, count: int | None = None) -> None:
        """Until the worker's metrics count at least `count` records of posts.v1 (all that was fed)."""
        due = self._sent if count is None else count
        end = time.monotonic() + WITHIN
        while (counted := self._counted()) < due:
            assert time.monotonic() < end, f"{counted} of {due} records after {WITHIN} s"
            if self._worker is not None:
                assert self._worker.poll() is None, "the worker ended"
            time.sleep(0.1)

    def recorded(self) -> int:
        """How many records reputation.v1 has."""
        places = [TopicPartition(REPUTATION.name, number) for number in range(PARTITIONS)]
        return int(sum(self._watcher.end_offsets(places).values()))

    def close(self) -> None:
        self.end(signal.SIGKILL)
        self._watcher.close()

    def wait_recorded(self, more_than: int) -> None:
        end = time.monotonic() + WITHIN
        while self.recorded() <= more_than:
            assert time.monotonic() < end, "nothing was recorded"
            time.sleep(0.1)

    def _counted(self) -> float:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=10) as answer:
                families = text_string_to_metric_families(answer.read().decode())
        except (urllib.error.URLError, OSError):
            return 0
        outcomes = [family for family in families if family.name == "vigie_records"]
        return sum(sample.value for family in outcomes for sample in family.samples)


def corpus() -> list[dict[str, object]]:
    """The sample corpus, as wire documents."""
    return [orjson.loads(line) for line in CORPUS.read_bytes().splitlines()]


def raw_records(bootstrap: str, topic: str) -> list[tuple[int, int, int, bytes, bytes]]:
    """(partition, offset, time, key, value) of all of `topic`, in order."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    consumer.seek_to_beginning(*places)
    found = []
    while any(consumer.position(place) < ends[place] for place in places):
        for records in consumer.poll(timeout_ms=500).values():
            found += [(one.partition, one.offset, one.timestamp, one.key, one.value) for one in records]
    consumer.close()
    return sorted(found)
