"""A fetch is cut into batches that keep order and lose nothing."""

from dataclasses import dataclass

import pytest

from streams.transport import cut


@dataclass(frozen=True)
class Fetched:
    offset: int
    topic: str = "posts.v1"
    partition: int = 2
    timestamp: int = 7
    timestamp_type: int = 1


@pytest.mark.parametrize(
    ("count", "size", "lengths"),
    [(0, 5, []), (1, 5, [1]), (5, 5, [5]), (6, 5, [5, 1]), (12, 5, [5, 5, 2]), (3, 1, [1, 1, 1])],
)
def test_batches_hold_at_most_size_records_and_all_of_them_in_order(
    count: int, size: int, lengths: list[int]
) -> None:
    fetched = [Fetched(offset) for offset in range(100, 100 + 2 * count, 2)]  # with gaps, as after a marker
    batches = list(cut(fetched, size))
    assert [len(batch.value) for batch in batches] == lengths
    assert [record for batch in batches for record in batch.value] == fetched


def test_a_batch_stands_at_its_last_record() -> None:
    (batch,) = cut([Fetched(3), Fetched(9, timestamp=11)], 500)
    assert (batch.topic, batch.partition, batch.offset, batch.timestamp) == ("posts.v1", 2, 9, 11)
