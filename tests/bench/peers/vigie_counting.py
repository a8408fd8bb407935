"""Vigie's transport and tables without judge or measure: counts by key in 5-minute panes of receipt time, one
table write a batch, acknowledged by Kafka before the batch is."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from clock import PARTITIONS, Clock

from schemas.topics import Topic
from streams.app import create_app, table_of, topic_of
from streams.judges import spare_collections
from streams.settings import Settings

PANE = 300_000
bootstrap, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = create_app(Settings(home=Path(tempfile.mkdtemp()), batch=2_000, partitions=PARTITIONS), bootstrap)
app.conf.id = f"peer-{os.getpid()}"
table = table_of(app, "panes")
clock = Clock(count)
held: dict[int, Counter[str]] = {}


async def counting(batches: Any) -> Any:
    async for batch in batches:
        clock.tick(0)
        partition = batch[0].partition
        panes = held.setdefault(partition, Counter())
        panes.update([f"{record.timestamp // PANE}/{record.key.decode()}" for record in batch])
        table.write(partition, {"panes": orjson.dumps([batch[-1].offset, panes])})  # with the fence
        await table.durable()
        if clock.tick(len(batch)):
            clock.tell()
            os._exit(0)
        yield


async def lease(*_: Any, **__: Any) -> None:
    app.lease.renew()


async def main() -> None:
    posts = Topic(name, key="", value="", writers="", readers="", retention=None)
    app.agent(topic_of(app, posts), name="counting")(counting)
    app.on_partitions_assigned.connect(lease, weak=False)
    spare_collections()
    await app.start()
    await app.wait_until_stopped()


if __name__ == "__main__":
    asyncio.run(main())
