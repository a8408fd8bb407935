"""The posts themselves, read from posts.v1 where they lie and kept nowhere."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.post import Post
from schemas.sealed import Sealed, decode_record
from schemas.topics import POSTS
from streams.sealing.vault import open_vault
from streams.settings import Settings

log = logging.getLogger("vigie.evidence")
WITHIN = 5.0  # seconds for all posts of a page
REMEMBERED = 2_000  # posts, in memory, for REMEMBERED_FOR seconds: a page is read and filtered again
REMEMBERED_FOR = 300.0
Place = tuple[int, int]  # partition and offset


class Originals:
    """Opens posts by their coordinates; for any thread, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._vault = open_vault(settings)
        self._consumer: KafkaConsumer | None = None
        self._known: OrderedDict[Place, tuple[float, Post | Sealed | None]] = OrderedDict()
        self._turn = threading.Lock()

    def posts(self, places: Sequence[Place]) -> dict[Place, Post]:
        """Those of `places` that posts.v1 still holds and that can be opened within the time."""
        with self._turn:
            self._expire()
            wanted = [place for place in places if place not in self._known]
            if wanted:
                try:
                    self._fetch(wanted)
                except KafkaError as error:
                    log.warning("posts cannot be read now (%s)", error)
                    self.close()
            return self._opened({place: self._known[place][1] for place in places if place in self._known})

    def _opened(self, found: dict[Place, Post | Sealed | None]) -> dict[Place, Post]:
        """Opened at each request, for a key may have been destroyed since the last one."""
        boxes = [(place, one) for place, one in found.items() if isinstance(one, Sealed)]
        opened = zip((place for place, _ in boxes), self._vault.open([one for _, one in boxes]), strict=True)
        return {place: one for place, one in {**found, **dict(opened)}.items() if isinstance(one, Post)}

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None

    def _fetch(self, wanted: Sequence[Place]) -> None:
        consumer = self._consumer = self._consumer or KafkaConsumer(
            bootstrap_servers=(self._settings.broker or "").split(","),
            client_id="vigie-evidence-posts",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=64 * 1024,  # a whole batch comes in any case
            max_poll_records=500,
            **self._settings.security.options(),
        )
        numbers = sorted({number for number, _ in wanted})
        first = consumer.beginning_offsets([TopicPartition(POSTS.name, number) for number in numbers])
        end = time.monotonic() + WITHIN
        for number in numbers:
            place = TopicPartition(POSTS.name, number)
            due = sorted(offset for at, offset in wanted if at == number)
            for gone in [offset for offset in due if offset < first[place]]:
                self._remember((number, gone), None)
                due.remove(gone)
            if due:
                consumer.assign([place])
                consumer.seek(place, due[0])  # before anything asks where it stands
                self._read(consumer, place, due, end)

    def _read(self, consumer: KafkaConsumer, place: TopicPartition, due: list[int], end: float) -> None:
        waiting = set(due)
        while waiting and time.monotonic() < end:
            if consumer.position(place) != min(waiting):
                consumer.seek(place, min(waiting))
            for record in consumer.poll(timeout_ms=500).get(place, ()):
                if record.offset in waiting:
                    found = decode_record(record.value or b"")
                    self._remember(
                        (place.partition, record.offset), found if isinstance(found, Post | Sealed) else None
                    )
                    waiting.discard(record.offset)
                elif waiting and record.offset > min(waiting):  # a hole: nothing lies there any more
                    self._remember((place.partition, min(waiting)), None)
                    waiting.discard(min(waiting))

    def _remember(self, place: Place, post: Post | Sealed | None) -> None:
        self._known[place] = (time.monotonic(), post)

    def _expire(self) -> None:
        oldest = time.monotonic() - REMEMBERED_FOR
        while self._known and (len(self._known) > REMEMBERED or next(iter(self._known.values()))[0] < oldest):
            self._known.popitem(last=False)
