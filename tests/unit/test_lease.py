"""The lease: what it holds back, when it ends the process, and how heartbeats and the producer know it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams import lease as module
from streams.lease import Lease, fenced, renewed_by_heartbeats


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.ended = 0

    def __call__(self) -> float:
        return self.now

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(module, "boot_time", found)
    return found


@pytest.fixture
def lease(clock: Clock) -> Lease:
    return Lease(9.0, clock, clock.end)


def test_before_anything_is_assigned_and_after_an_orderly_end_nothing_is_held_back(
    lease: Lease, clock: Clock
) -> None:
    assert lease.holds()
    lease.lost()
    lease.renew()
    clock.now += 20
    assert not lease.holds()
    lease.release()
    lease.lost()
    assert lease.holds()
    assert clock.ended == 0


class Coordinator:
    """Of aiokafka: answers as told, after `takes` seconds."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.answers, self.generation, self.takes = clock, True, 3, 2.0

    async def _do_heartbeat(self) -> bool:
        self.clock.now += self.takes
        return self.answers


async def test_a_heartbeat_renews_from_when_it_was_sent(lease: Lease, clock: Clock) -> None:
    coordinator = Coordinator(clock)
    renewed_by_heartbeats(coordinator, lease)
    lease.renew()
    assert await coordinator._do_heartbeat()
    assert lease.age == 2.0
    coordinator.answers = False  # nobody answers, but the group may still know this member
    assert not await coordinator._do_heartbeat()
    assert (lease.age, clock.ended) == (4.0, 0)
    coordinator.generation = -1  # aiokafka's word for: the group does not know this member
    await coordinator._do_heartbeat()
    assert clock.ended == 1


def producer(sent: list[Any], connecting: Any = None) -> Any:
    """Of aiokafka: notes what leaves it."""

    async def send(node: int, batches: Any) -> None:
        sent.append((node, batches))

    async def ready(node: int) -> None:
        if connecting is not None:
            connecting()

    return SimpleNamespace(
        _sender=SimpleNamespace(_send_produce_req=send, client=SimpleNamespace(ready=ready))
    )


async def test_nothing_leaves_the_producer_while_the_lease_is_old(lease: Lease, clock: Clock) -> None:
    sent: list[Any] = []
    one = producer(sent)
    fenced(one, lease)
    lease.renew()
    await one._sender._send_produce_req(1, "first")
    clock.now += 10
    waiting = asyncio.create_task(one._sender._send_produce_req(1, "second"))
    await asyncio.sleep(module._ASK_EVERY * 2)
    assert sent == [(1, "first")]
    lease.renew()
    await asyncio.wait_for(waiting, 5)
    assert sent == [(1, "first"), (1, "second")]


async def test_a_connection_that_took_longer_than_the_lease_is_not_written_to(
    lease: Lease, clock: Clock
) -> None:
    sent: list[Any] = []
    delays = [20.0, 0.0]

    def connect() -> None:
        clock.now += delays.pop(0)

    one = producer(sent, connect)
    fenced(one, lease)
    lease.renew()
    waiting = asyncio.create_task(one._sender._send_produce_req(1, "late"))
    await asyncio.sleep(module._ASK_EVERY * 2)
    assert sent == []
    lease.renew()
    await asyncio.wait_for(waiting, 5)
    assert sent == [(1, "late")]
