"""A write that Kafka does not acknowledge ends the worker before its batch can be acknowledged, let alone committed."""

import subprocess
import sys

PROGRAM = """
import asyncio
from types import SimpleNamespace
from streams.topology import _deadly
from streams.outbox import Outbox
from schemas.topics import MENTIONS

class Producer:
    async def send_records(self, *_):
        future = asyncio.get_running_loop().create_future()
        future.set_exception(ConnectionError("no broker"))
        return [future]

class App:
    conf = SimpleNamespace(topic_partitions=4)
    async def maybe_start_producer(self):
        return Producer()

async def judge(batches):
    outbox = Outbox(App())
    async for _ in batches:
        outbox.put(MENTIONS, b"k", b"v")
        await outbox.delivered()
        yield

async def stream():
    try:
        yield "batch"
    finally:
        print("acknowledged", flush=True)

async def main():
    async for _ in _deadly(judge)(stream()):
        print("done", flush=True)

asyncio.run(main())
"""


def test_a_failing_acknowledgement_ends_the_worker_with_70_and_acknowledges_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 70
    assert ended.stdout == ""
