"""Which partition a key's records lie in: Kafka's own default, as every producer here uses it."""

from __future__ import annotations

from kafka.partitioner.default import murmur2


def partition_of(key: str, partitions: int) -> int:
    """The partition of `key` among `partitions`."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)
