"""aiokafka: reads and decodes, no more. What no consumer in this language and client goes beyond."""

from __future__ import annotations

import asyncio
import sys

import orjson
from aiokafka import AIOKafkaConsumer
from clock import Clock

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])


async def main() -> None:
    clock = Clock(count)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    while True:
        for records in (await consumer.getmany(timeout_ms=1_000)).values():
            for record in records:
                orjson.loads(record.value)
            if clock.tick(len(records)):
                clock.tell()
                await consumer.stop()
                return


if __name__ == "__main__":
    asyncio.run(main())
