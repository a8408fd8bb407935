"""Per-partition states over a table: made from its rows, let go and made anew, exactly those assigned."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streams.app import create_app, table_of
from streams.settings import Settings
from streams.tables import DurableTable, PartitionStates


@pytest.fixture
async def table(tmp_path: Path) -> DurableTable:
    made = table_of(create_app(Settings(home=tmp_path), "127.0.0.1:1"), "letters")
    made.data  # noqa: B018 - opens the store
    return made


def fill(table: DurableTable, rows: dict[str, bytes]) -> None:
    """As recovery does: past the changelog."""
    table.data.data.update(rows)


def states(table: DurableTable) -> PartitionStates[dict[str, bytes]]:
    return PartitionStates(table, dict)


def test_rows_of_one_partition_are_not_those_of_another_that_begins_alike(table: DurableTable) -> None:
    fill(table, {"1/a": b"1", "10/a": b"10", "11/b": b"11"})
    assert dict(table.rows(1)) == {"a": b"1"}
    assert dict(table.rows(10)) == {"a": b"10"}
    assert table.partitions_held() == {1, 10, 11}


def test_a_name_may_have_slashes(table: DurableTable) -> None:
    fill(table, {"3/segment/0-9": b"x"})
    assert dict(table.rows(3)) == {"segment/0-9": b"x"}


async def test_after_a_rebalance_there_are_states_of_exactly_the_assigned_partitions(
    table: DurableTable,
) -> None:
    fill(table, {"0/a": b"0", "1/a": b"1"})
    held = states(table)
    await held.take({0, 1})
    held.let_go()
    await held.take({1, 2})
    assert held.held == {1: {"a": b"1"}, 2: {}}
    assert table.partitions_held() == {1}


async def test_a_state_that_was_taken_up_without_being_assigned_is_dropped(table: DurableTable) -> None:
    fill(table, {"0/a": b"0", "1/a": b"1"})
    held = states(table)
    await held.take({1})
    held.of(0)
    await held.take({1})
    assert set(held.held) == {1}


async def test_a_partition_that_comes_back_is_read_anew(table: DurableTable) -> None:
    """Another worker wrote to it meanwhile; recovery put that into the store."""
    fill(table, {"0/a": b"old"})
    held = states(table)
    await held.take({0})
    held.let_go()
    fill(table, {"0/a": b"new"})
    await held.take({0})
    assert held.held == {0: {"a": b"new"}}


async def test_a_move_in_the_midst_of_taking_ends_it(table: DurableTable) -> None:
    fill(table, {"0/a": b"0", "1/a": b"1", "2/a": b"2"})
    held = states(table)
    taking = asyncio.create_task(held.take({0, 1, 2}))
    await asyncio.sleep(0)
    assert set(held.held) == {0}, "the loop goes on after each"
    held.let_go()
    await taking
    assert held.held == {}


async def test_what_a_recovery_left_of_a_lost_partition_goes_even_if_no_state_was_ever_made(
    table: DurableTable,
) -> None:
    fill(table, {"0/a": b"0", "3/a": b"3"})
    await states(table).take({0})
    assert table.partitions_held() == {0}


async def test_durable_waits_for_every_write_and_raises_what_one_raised(
    table: DurableTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[asyncio.Future[Any]] = []

    def send_soon(*_: Any, **__: Any) -> asyncio.Future[Any]:
        sent.append(asyncio.get_running_loop().create_future())
        return sent[-1]

    monkeypatch.setattr(table.changelog_topic, "send_soon", send_soon)
    table.send_changelog(0, "0/a", b"x")
    table.send_changelog(0, "0/b", b"y")
    waiting = asyncio.create_task(table.durable())
    sent[0].set_result(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    sent[1].set_exception(ConnectionError("no broker"))
    with pytest.raises(ConnectionError, match="no broker"):
        await waiting
    await table.durable()  # nothing is pending any more
