"""Which partition a key's records lie in: Kafka's own default, as every producer here uses it."""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2


@lru_cache(maxsize=20_000)  # murmur2 is written in Python, and the companies are few
def partition_of(key: str | bytes, partitions: int) -> int:
    """The partition of `key` among `partitions`."""
    raw = key.encode() if isinstance(key, str) else key
    return int((murmur2(raw) & 0x7FFFFFFF) % partitions)
