"""The recorder goes on with the chain whatever came before, and writes what changed."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest
from worlds import START, mention

from agents.measure import Measure, MeasureSettings
from schemas.reputation import HOUR, MINUTE, Reputation, decode, encode
from schemas.seal import Seal
from streams.chain import broken, digest_of
from streams.log_reader import LogRecord
from streams.partitions import partition_of
from streams.recorder import Recorder, name_of


class Log:
    """An app whose producer appends, and the tails of what was appended."""

    def __init__(self) -> None:
        self.conf = SimpleNamespace(topic_partitions=4)
        self.sent: list[tuple[str, bytes, bytes, int]] = []
        self.asked: list[set[str]] = []

    async def maybe_start_producer(self) -> "Log":
        return self

    async def send_records(
        self, topic: str, partition: int, records: list[tuple[bytes, bytes]]
    ) -> list[Awaitable[None]]:
        self.sent += [(topic, key, value, partition) for key, value in records]
        return []

    def records(self) -> list[bytes]:
        return [value for topic, _, value, _ in self.sent if topic == "reputation.v1"]

    def tails(self, wanted: Mapping[int, set[str]]) -> dict[str, bytes]:
        names = set().union(*wanted.values())
        self.asked.append(names)
        return {name: raw for raw in self.records() if (name := name_of(decode(raw))) in names}


def figures(*posts: str, at: int = START) -> list[Reputation]:
    measure = Measure(MeasureSettings())
    measure.fold([(n, mention(post, author=post, received=START)) for n, post in enumerate(posts)], now=START)
    return measure.figures(at)


@pytest.fixture
def log() -> Log:
    return Log()


def recorder(log: Log, clock: list[float] | None = None) -> Recorder:
    now = clock or [0.0]
    return Recorder(log, 4, log.tails, lambda: now[0])


def whole(log: Log) -> bool:
    found = [LogRecord("reputation.v1", 0, n, n, b"", raw) for n, raw in enumerate(log.records())]
    return not list(broken(found, truncated=False))


async def test_each_record_names_the_one_before_it(log: Log) -> None:
    one = recorder(log)
    for posts in (("t:1",), ("t:1", "t:2"), ("t:1", "t:2", "t:3")):
        await one.record(figures(*posts), {"rules": "v1"}, ())
    first, second, third = log.records()
    assert decode(first).previous is None
    assert decode(second).previous == digest_of(first)
    assert decode(third).previous == digest_of(second)
    assert decode(third).versions["rules"] == "v1"
    assert {(key, partition) for _, key, _, partition in log.sent} == {(b"orange", partition_of("orange", 4))}


async def test_another_worker_goes_on_where_the_last_one_fell(log: Log) -> None:
    await recorder(log).record(figures("t:1"), {}, ())
    await recorder(log).record(figures("t:1", "t:2"), {}, ())
    assert len(log.records()) == 2
    assert whole(log)


async def test_after_a_rebalance_the_end_of_the_log_is_read_again(log: Log) -> None:
    one, other = recorder(log), recorder(log)
    await one.record(figures("t:1"), {}, ())
    one.forget()
    await other.record(figures("t:1", "t:2"), {}, ())
    await one.record(figures("t:1", "t:2", "t:3"), {}, ())
    assert len(log.asked) == 3
    assert whole(log)


async def test_what_shows_the_same_is_recorded_again_only_after_an_hour(log: Log) -> None:
    clock = [0.0]
    one = recorder(log, clock)
    await one.record(figures("t:1"), {}, ())
    await one.record(figures("t:1", at=START + MINUTE), {}, ())
    assert len(log.records()) == 1
    clock[0] = HOUR / 1000
    await one.record(figures("t:1", at=START + 2 * MINUTE), {}, ())
    assert len(log.records()) == 2
    assert whole(log)


async def test_a_seal_is_written_when_it_has_moved(log: Log) -> None:
    one = recorder(log)
    seal = Seal("posts.v1/0", 0, 5, "ab")
    for given in (seal, seal, replace(seal, offset=6)):
        await one.record((), {}, (given,))
    assert [topic for topic, *_ in log.sent] == ["seals.v1", "seals.v1"]


def test_a_record_survives_its_wire_form() -> None:
    (one,) = figures("t:1")
    assert one.origins
    assert decode(encode(one)) == one
