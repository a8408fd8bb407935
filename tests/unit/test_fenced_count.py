"""Counting once: by place, across restarts, and with a state that stays small however many origins there are."""

from agents.measuring.fenced_count import ORIGINS, FencedCount


def test_a_record_counts_once_by_its_place_whatever_restarts_there_are() -> None:
    count = FencedCount()
    for origin, offset in (("a", 1), ("a", 1), ("b", 1), ("a", 2), ("a", 1)):
        count = FencedCount(count.state())
        count.add(origin, offset, ("bad",))
    assert count.counts == {"bad": 3}
    assert count.fence == {"b": 1, "a": 2}


def test_origins_that_were_silent_longest_are_forgotten_and_one_that_speaks_is_not() -> None:
    count = FencedCount()
    for number in range(3 * ORIGINS):
        assert count.add(f"file:-@{number}/0", 1, ("bad",))
        assert count.add("posts.v1/0", number, ("bad",))
        if number == 2 * ORIGINS:
            count = FencedCount(count.state())
    assert not count.add("posts.v1/0", 3 * ORIGINS - 1, ("bad",))
    assert not count.add(f"file:-@{3 * ORIGINS - 1}/0", 1, ("bad",))
    assert len(count.fence) == ORIGINS
    assert count.counts == {"bad": 6 * ORIGINS}
    assert len(count.state()) < 100 * ORIGINS
