"""The chain over reputation.v1 and the seals over posts.v1, over logs held in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import orjson
import pytest

from agents.measuring.fenced_count import FencedCount
from schemas.seal import Seal
from streams.chain import broken, digest_of, last_records
from streams.log_reader import LogRecord, Reach
from streams.proving.verification import Verified, _chain, _sealed


class MemoryLog:
    """Reads lists as a LogReader reads Kafka."""

    def __init__(self, records: Sequence[LogRecord]) -> None:
        self.records = records
        self.reads = 0

    def read(self, reach: Reach) -> Iterator[LogRecord]:
        for record in self.records:
            if reach.start <= record.offset < reach.end:
                self.reads += 1
                yield record


def chained(size: int, companies: Sequence[str] = ("orange", "kestrane")) -> list[LogRecord]:
    heads: dict[str, str] = {}
    made = []
    for offset in range(size):
        company = companies[offset % len(companies)]
        wire = {"company": company, "person": None, "score": offset, "previous": heads.get(company)}
        raw = orjson.dumps(wire)
        heads[company] = digest_of(raw)
        made.append(LogRecord("reputation.v1", 0, offset, offset, company.encode(), raw))
    return made


def posts(size: int) -> list[LogRecord]:
    return [
        LogRecord("posts.v1", 0, n, 10 * n, b"k", b'{"key":"t:%d","text":"bonjour"}' % n) for n in range(size)
    ]


def sealed(records: Sequence[LogRecord], every: int) -> list[Seal]:
    count, seals = FencedCount(), []
    for record in records:
        count.read("posts.v1/0", [record], [("matched",)])
        if record.offset % every == every - 1:
            assert count.seal is not None
            seals.append(count.seal)
        count = FencedCount(count.state())  # a restart anywhere changes nothing
    return seals


def verdict_of(records: Sequence[LogRecord], seals: list[Seal], start: int = 0) -> Verified:
    reach = Reach("posts.v1", 0, start, records[-1].offset + 1)
    return _sealed(MemoryLog(records), reach, seals, lambda _: None)  # type: ignore[arg-type]


def flipped(record: LogRecord, rng: Random) -> LogRecord:
    raw = bytearray(record.value or b"")
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return replace(record, value=bytes(raw))


def test_an_untouched_chain_has_no_break() -> None:
    assert list(broken(chained(20), truncated=False)) == []
    assert list(broken(chained(20)[6:], truncated=True)) == []


@pytest.mark.parametrize("seed", range(40))
def test_one_flipped_bit_shows(seed: int) -> None:
    """In any record but each company's last, which only a recount can prove wrong."""
    rng, log = Random(seed), chained(20)
    at = rng.randrange(18)
    log[at] = flipped(log[at], rng)
    assert any(not gap.honest for gap in broken(log, truncated=False))


@pytest.mark.parametrize("at", range(18))
def test_a_removed_record_shows(at: int) -> None:
    log = chained(20)
    del log[at]
    assert [gap.kind for gap in broken(log, truncated=False)] == ["missing"]


def test_two_workers_at_once_or_a_lost_head_are_no_tampering() -> None:
    log = chained(8, ("orange",))
    behind = orjson.dumps(
        {"company": "orange", "person": None, "score": 0, "previous": digest_of(log[4].value or b"")}
    )
    anew = orjson.dumps({"company": "orange", "person": None, "score": 0, "previous": None})
    for raw, kind in ((behind, "fork"), (anew, "anew")):
        gaps = list(broken([*log, replace(log[7], offset=8, value=raw)], truncated=False))
        assert [(gap.kind, gap.honest) for gap in gaps] == [(kind, True)]


def test_the_verification_says_so() -> None:
    log = chained(12)
    reach = Reach("reputation.v1", 0, 0, 12)
    sound = list(_chain(MemoryLog(log), reach, lambda _: None))  # type: ignore[arg-type]
    assert [found.sound for found in sound] == [True]
    del log[3]
    torn = list(_chain(MemoryLog(log), reach, lambda _: None))  # type: ignore[arg-type]
    assert [(found.sound, found.honest) for found in torn] == [(False, False)]
    assert "offset 5 (kestrane)" in torn[0].detail


def test_last_records_are_read_from_the_end_and_no_further_than_needed() -> None:
    log = MemoryLog(chained(12_000))
    found = last_records(log, Reach("reputation.v1", 0, 0, 12_000), {"orange", "kestrane"})  # type: ignore[arg-type]
    assert found == {"orange": log.records[-2].value, "kestrane": log.records[-1].value}
    assert log.reads == 5_000
    assert last_records(log, Reach("reputation.v1", 0, 0, 12_000), {"unknown"}) == {}  # type: ignore[arg-type]


def test_sealed_posts_are_as_they_were() -> None:
    log = posts(50)
    assert verdict_of(log, sealed(log, 10)).sound
    assert verdict_of(log[25:], sealed(log, 10), start=25).sound, "retention let the first go"
    assert verdict_of(log, []).detail == "nothing is sealed yet"


@pytest.mark.parametrize("seed", range(40))
def test_one_flipped_bit_of_a_post_shows_between_its_seals(seed: int) -> None:
    rng, log = Random(seed), posts(50)
    seals, at = sealed(log, 10), rng.randrange(50)
    log[at] = flipped(log[at], rng)
    found = verdict_of(log, seals)
    assert not found.sound
    assert not found.honest
    assert f"from offset {at // 10 * 10} to {at // 10 * 10 + 9}" in found.detail


def test_posts_removed_from_within_or_from_the_end_show() -> None:
    log = posts(50)
    seals = sealed(log, 10)
    for left in (log[:20] + log[21:], log[:45], [record for record in log if record.offset != 49]):
        assert not verdict_of(left, seals).sound


def test_a_record_that_comes_again_is_linked_once() -> None:
    log = posts(10)
    count = FencedCount()
    for batch in (log[:7], log[3:]):
        count.read("posts.v1/0", batch, [("matched",)] * len(batch))
    assert count.seal == sealed(log, 10)[-1]
