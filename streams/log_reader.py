"""Reading a bounded part of a topic: by assignment, without a group, so that no live reader is touched.

The end is the offset at which the log ended when it was asked for; reading stops once the position is
there (compaction and transaction markers leave holes, so records are not counted).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.broker.error import BrokerError
from streams.security import PLAINTEXT, Security

SILENCE = 30.0  # seconds without a record after which the broker is taken to be away


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record as `agents.steps` reads it; `timestamp` is the broker's time of receipt (epoch ms)."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Reach:
    """The offsets `start` (included) to `end` (excluded) of one partition."""

    topic: str
    partition: int
    start: int
    end: int


class LogReader:
    """One connection to the log; not for several threads."""

    def __init__(self, bootstrap: str, security: Security = PLAINTEXT) -> None:
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=bootstrap.split(","),
                client_id="vigie-log-reader",
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                max_poll_records=2_000,
                max_partition_fetch_bytes=4 << 20,
                **security.options(),
            )
        except KafkaError as error:
            raise BrokerError(
                f"no Kafka answers at {bootstrap} ({error}): start it, or name another"
            ) from error

    def close(self) -> None:
        self._consumer.close()

    def reaches(self, topic: str, *, received_from: int | None = None) -> list[Reach]:
        """What each partition of `topic` holds now; from the first record that was received at or after
        `received_from` (epoch ms), where that is given. Raises BrokerError for a topic that is not there."""
        numbers = self._consumer.partitions_for_topic(topic)
        if not numbers:
            raise BrokerError(
                f"there is no topic {topic} on this Kafka: name the one that a watch has filled"
            )
        places = [TopicPartition(topic, number) for number in sorted(numbers)]
        starts, ends = self._consumer.beginning_offsets(places), self._consumer.end_offsets(places)
        if received_from is not None:
            found = self._consumer.offsets_for_times(dict.fromkeys(places, received_from))
            starts = {place: found[place].offset if found.get(place) else ends[place] for place in places}
        return [Reach(topic, place.partition, starts[place], ends[place]) for place in places]

    def read(self, reach: Reach) -> Iterator[LogRecord]:
        """The records of `reach` in order; raises BrokerError when Kafka falls silent before its end."""
        if reach.start >= reach.end:
            return
        place = TopicPartition(reach.topic, reach.partition)
        self._consumer.assign([place])
        self._consumer.seek(place, reach.start)
        heard = time.monotonic()
        before = reach.start
        while (position := self._consumer.position(place)) < reach.end:
            if position > before:
                before, heard = position, time.monotonic()
            elif time.monotonic() - heard > SILENCE:
                raise BrokerError(
                    f"Kafka has sent nothing of {reach.topic}/{reach.partition} for {SILENCE:.0f} s "
                    f"at offset {position}, before its end at {reach.end}: is the broker alive?"
                )
            for found in self._consumer.poll(timeout_ms=500).get(place, ()):
                if found.offset >= reach.end:
                    return
                yield LogRecord(
                    found.topic, found.partition, found.offset, found.timestamp, found.key, found.value
                )


@contextmanager
def log_reader(bootstrap: str, security: Security = PLAINTEXT) -> Iterator[LogReader]:
    """A reader that is closed at the end."""
    reader = LogReader(bootstrap, security)
    try:
        yield reader
    finally:
        reader.close()
