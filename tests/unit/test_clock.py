"""The stream clock: newest event time, then on at the pace of a steady clock; never ahead, never back."""

from hypothesis import given
from hypothesis import strategies as st

from streams.clock import StreamClock


class Times:
    def __init__(self, wall: float = 1_780_000_000.0) -> None:
        self.wall_now, self.steady_now = wall, 50.0

    def wall(self) -> float:
        return self.wall_now

    def steady(self) -> float:
        return self.steady_now

    def pass_(self, seconds: float) -> None:
        self.wall_now += seconds
        self.steady_now += seconds


def clock(times: Times) -> StreamClock:
    return StreamClock(times.wall, times.steady)


def test_there_is_no_time_before_the_first_post() -> None:
    stream = clock(Times())
    assert stream.at() is None
    stream.observe(None)
    assert stream.at() is None


def test_an_old_replay_carries_its_own_time_and_goes_on_in_silence() -> None:
    times = Times()
    stream = clock(times)
    stream.observe(1_400_000_000_000)
    assert stream.at() == 1_400_000_000_000
    times.pass_(3_600)
    assert stream.at() == 1_400_003_600_000


def test_in_silence_it_does_not_pass_the_present() -> None:
    times = Times()
    stream = clock(times)
    stream.observe(1_779_999_999_000)
    times.steady_now += 86_400
    assert stream.at() == 1_780_000_000_000


def test_a_fast_clock_s_post_is_the_present_until_the_present_gets_there() -> None:
    times = Times()
    stream = clock(times)
    stream.observe(1_780_000_300_000)
    assert stream.at() == 1_780_000_300_000
    times.pass_(100)
    assert stream.at() == 1_780_000_300_000
    times.pass_(400)
    assert stream.at() == 1_780_000_500_000


moves = st.lists(
    st.tuples(st.sampled_from(["pass", "wall", "post", "ask"]), st.integers(-10_000_000, 10_000_000)),
    max_size=30,
)


@given(moves)
def test_it_never_goes_back_whatever_the_wall_clock_does(steps: list[tuple[str, int]]) -> None:
    times = Times()
    stream = clock(times)
    last = 0
    for what, number in steps:
        if what == "pass":
            times.pass_(abs(number))
        elif what == "wall":
            times.wall_now += number
        elif what == "post":
            stream.observe(1_780_000_000_000 + number)
        at = stream.at()
        if at is not None:
            assert at >= last
            last = at
