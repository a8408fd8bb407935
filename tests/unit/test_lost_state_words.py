"""A state that has lost something: begun anew where its topic allows it, refused in words where not."""

import logging
from typing import NoReturn

import pytest
from worlds import START, mention

from agents.measure import Measure, MeasureSettings
from streams import lost_state
from streams.child import REFUSED
from streams.lost_state import ReadAgain, log_lost, state_lost, whole_ledger

SETTINGS = MeasureSettings()


@pytest.fixture
def an_end_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker would end, SystemExit with its status."""

    def end(status: int) -> NoReturn:
        raise SystemExit(status)

    monkeypatch.setattr(lost_state.os, "_exit", end)
    monkeypatch.setattr(logging, "shutdown", lambda: None)


def table(batches: int = 3) -> dict[str, bytes]:
    measure = Measure(SETTINGS)
    found: dict[str, bytes] = {}
    for number in range(batches):
        writes = measure.fold([(number, mention(f"twitter:{number}"))], START)
        found |= {name: value for name, value in writes.items() if value is not None}
    return found


def test_a_whole_table_is_taken_over() -> None:
    assert whole_ledger(table().items(), SETTINGS).fence == 2
    assert whole_ledger([], SETTINGS).fence == -1


@pytest.mark.parametrize("gone", [0, 1])
def test_a_table_with_a_gap_is_begun_anew_and_what_is_left_of_it_removed(
    gone: int, caplog: pytest.LogCaptureFixture
) -> None:
    rows = table()
    name = sorted(rows)[gone]
    del rows[name]
    with caplog.at_level(logging.WARNING):
        measure = whole_ledger(rows.items(), SETTINGS)
    assert f"lost the offsets {gone}-{gone}" in caplog.text
    assert (measure.fence, measure.totals.subjects) == (-1, {})
    writes = measure.fold([(0, mention("twitter:0")), (1, mention("twitter:1"))], START)
    assert {left for left in rows if writes.get(left, b"") is None} == set(rows)
    whole = [(key, value) for key, value in writes.items() if value is not None]
    assert whole_ledger(whole, SETTINGS).fence == 1


def test_reading_again_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        state_lost("posts.v1", 2, committed=90, wanted=7, kept=7)
    assert "posts.v1/2: its state ends before offset 7, though 90 was committed" in caplog.text


@pytest.mark.usefixtures("an_end_raises")
def test_what_cannot_be_read_again_ends_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL), pytest.raises(SystemExit, match=str(REFUSED)):
        state_lost("mentions.v1", 0, committed=90, wanted=7, kept=8)
    assert "lost what came from offset 7 on, and the topic now begins at 8" in caplog.text


@pytest.mark.usefixtures("an_end_raises")
def test_a_topic_that_ends_before_its_state_ends_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    log_lost("mentions.v1", 0, wanted=90, kept=7, end=90)
    log_lost("mentions.v1", 0, wanted=0, kept=7, end=90)
    assert caplog.text == ""
    with caplog.at_level(logging.CRITICAL), pytest.raises(SystemExit, match=str(REFUSED)):
        log_lost("mentions.v1", 0, wanted=90, kept=7, end=89)
    assert "mentions.v1/0 ends at offset 89, but what lay there up to 90 was counted" in caplog.text


def test_records_that_were_deleted_before_they_were_read_are_told(caplog: pytest.LogCaptureFixture) -> None:
    log_lost("posts.v1", 3, wanted=90, kept=120, end=200)
    assert "posts.v1/3: offsets 90 to 119 were deleted before they were read" in caplog.text


def test_a_partition_is_read_again_until_its_state_is_where_it_was_and_then_another_s_to_wait_for() -> None:
    again = ReadAgain()
    offsets: dict[int, int | None] = {0: 5, 1: 7}

    def next_offset(_topic: str, partition: int) -> int | None:
        return offsets[partition]

    assert not again.under_way(next_offset)
    again.until("mentions.v1", 0, 9)
    again.until("mentions.v1", 1, 9)
    assert again.under_way(next_offset)
    offsets[0] = 9
    assert again.under_way(next_offset)
    offsets[1] = None  # it moved away
    assert not again.under_way(next_offset)
    offsets[1] = 3
    assert not again.under_way(next_offset), "who was given it anew was told anew"
