"""Filling the index: a reader of its own beside the live watch, without a group, in a thread of its own."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.topics import CORRECTIONS, MENTIONS, REPUTATION
from streams.evidence.index import KEPT, forget, next_offsets, take
from streams.log_reader import LogRecord
from streams.settings import Settings

log = logging.getLogger("vigie.evidence")
TOPICS = (MENTIONS.name, REPUTATION.name, CORRECTIONS.name)
TIDY_EVERY = 3600.0  # seconds
AGAIN_AFTER = 2.0  # seconds, when Kafka was away


class Follower:
    """Follows the topics of `settings.broker` into `index` until `stop`; a Kafka that is away is waited for.

    `caught_up` is set once everything that the topics held at the start has been taken in.
    """

    def __init__(
        self, settings: Settings, index: sqlite3.Connection, wall: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._index = index
        self._wall = wall
        self._ending = threading.Event()
        self._tidied = float("-inf")
        self._thread = threading.Thread(target=self._run, name="evidence-follower", daemon=True)
        self.caught_up = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(3.0)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except KafkaError as error:
                log.warning("Kafka is away (%s): trying again", error)
                self._ending.wait(AGAIN_AFTER)

    def _follow(self) -> None:
        consumer = KafkaConsumer(
            bootstrap_servers=(self._settings.broker or "").split(","),
            client_id="vigie-evidence",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=2_000,
            **self._settings.security.options(),
        )
        try:
            ends = self._start(consumer)
            while not self._ending.is_set():
                polled = consumer.poll(timeout_ms=500)
                records = [_as_log_record(one) for found in polled.values() for one in found]
                if records:
                    take(self._index, records)
                if not self.caught_up.is_set() and all(
                    consumer.position(at) >= end for at, end in ends.items()
                ):
                    self.caught_up.set()
                self._tidy()
        finally:
            consumer.close()

    def _start(self, consumer: Any) -> dict[TopicPartition, int]:
        """Go on where the index ends, or begin with what it may hold; the ends as they are now."""
        places = [
            TopicPartition(topic, number)
            for topic in TOPICS
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        if not places:
            raise KafkaError(f"there are no topics {', '.join(TOPICS)} yet")
        consumer.assign(places)
        first = consumer.beginning_offsets(places)
        ends: dict[TopicPartition, int] = consumer.end_offsets(places)
        since = consumer.offsets_for_times(dict.fromkeys(places, int(self._wall() * 1000) - KEPT))
        read = next_offsets(self._index)
        for place in places:
            begin = since[place].offset if since.get(place) else ends[place]
            consumer.seek(place, max(first[place], read.get((place.topic, place.partition), begin)))
        return ends

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied >= TIDY_EVERY:
            forget(self._index, int(self._wall() * 1000))
            self._tidied = time.monotonic()


def _as_log_record(found: Any) -> LogRecord:
    return LogRecord(found.topic, found.partition, found.offset, found.timestamp, found.key, found.value)
