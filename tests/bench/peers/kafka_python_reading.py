"""kafka-python: reads and decodes, no more."""

from __future__ import annotations

import sys

import orjson
from clock import Clock
from kafka import KafkaConsumer

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

if __name__ == "__main__":
    clock = Clock(count)
    consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None)
    for record in consumer:
        orjson.loads(record.value)
        if clock.tick():
            clock.tell()
            break
    consumer.close()
