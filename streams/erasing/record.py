"""erasures.v1, the record of every erasure: written before a key is destroyed, applied again at every start.

So an erasure that a crash cut short is completed, and a key store that came back from a backup is cleared again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from kafka import KafkaProducer

from schemas.erasure import Erasure, decode_erasure, encode_erasure
from schemas.topics import ERASURES, POSTS
from streams.broker.error import BrokerError
from streams.log_reader import log_reader
from streams.sealing.vault import key_store
from streams.settings import Settings

PART = 20_000  # keys in one record
_SEGMENT = 30 * 86_400_000  # Kafka drops records a segment at a time: none outlives its retention by more


def erasures(settings: Settings) -> list[Erasure]:
    """Every erasure so far; none where the topic is not there yet. `settings.broker` must be set."""
    with log_reader(settings.broker or "", settings.security) as reader:
        try:
            reaches = reader.reaches(ERASURES.name)
        except BrokerError:
            return []
        return [
            decode_erasure(record.value) for reach in reaches for record in reader.read(reach) if record.value
        ]


def tell(
    settings: Settings,
    id_: str,
    at: int,
    what: str,
    subjects: Sequence[int],
    keys: Sequence[int],
    told: int = 0,
) -> None:
    """Write one erasure, of which `told` keys were written before; Kafka has it when this returns."""
    producer = KafkaProducer(
        bootstrap_servers=(settings.broker or "").split(","), **settings.security.options()
    )
    try:
        sent = []
        for start in range(0, len(keys) or 1, PART):
            part = Erasure(id_, told + start, at, what, tuple(subjects), tuple(keys[start : start + PART]))
            key = f"{id_}/{part.part}".encode()
            sent.append(producer.send(ERASURES.name, encode_erasure(part), key=key))
        producer.flush()
        for one in sent:
            one.get(timeout=30)
    finally:
        producer.close()


def catch_up(settings: Settings) -> int:
    """Apply every erasure on record to the key store, and drop the keys of records that Kafka has dropped;
    how many keys were still there."""
    store = key_store(settings)
    try:
        again = sum(store.shred(erasure.keys, erasure.subjects, erasure.at) for erasure in erasures(settings))
        store.outlive(time.time_ns() // 1_000_000 - (POSTS.retention or 0) - _SEGMENT)
    finally:
        store.close()
    return again
