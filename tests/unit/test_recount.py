"""A recount stops exactly where a published record says that it stood."""

from dataclasses import replace

from worlds import START, mention, records

from agents.measure import Measure, MeasureSettings
from agents.proving.recount import Frontier, Recount, Rejudged
from schemas.mention import Coordinates, Mention, Retraction
from schemas.reputation import HOUR, Origin


def rejudged(offset: int, *found: Mention | Retraction) -> Rejudged:
    return Rejudged(1_000 + offset, 0, offset, found)


def edit_of(offset: int) -> list[Rejudged]:
    """A post at 0 on two companies, its edit at `offset`."""
    first = (mention("t:1", "orange"), mention("t:1", "air-vigie"))
    again = tuple(replace(one, version=2) for one in first)
    retraction = Retraction("t:1", 2, START, Coordinates("posts.v1", 0, offset))
    return [rejudged(0, *first), rejudged(offset, retraction, *again)]


def test_of_the_record_at_the_edge_only_what_was_in_is_taken_and_the_rest_later() -> None:
    frontier = Frontier(iter(edit_of(5)))
    before = frontier.up_to(Origin("posts.v1/0", 5, ("", "orange")))
    assert [len(part.records) for part in before] == [2, 2]
    assert [type(record) for record in before[1].records] == [Retraction, Mention]
    after = frontier.up_to(Origin("posts.v1/0", 9, ("orange",)))
    assert [record.company for part in after for record in part.records if isinstance(record, Mention)] == [
        "air-vigie"
    ]
    assert frontier.up_to(Origin("posts.v1/0", 9, ("orange",))) == []


def test_a_frontier_that_goes_back_gives_nothing_again() -> None:
    frontier = Frontier(iter(edit_of(5)))
    assert frontier.up_to(Origin("posts.v1/0", 6, ()))
    assert frontier.up_to(Origin("posts.v1/0", 2, ())) == []


def test_a_recount_comes_to_what_measure_had() -> None:
    world = [replace(one, received=START) if isinstance(one, Mention) else one for one in records(7, 80)]
    measure, recount = Measure(MeasureSettings()), Recount(MeasureSettings())
    measure.fold(list(enumerate(world)), now=START)
    for one in world:
        recount.take((one,))
    assert recount.figures(START + HOUR) == measure.figures(START + HOUR)


def test_a_clock_that_runs_ahead_is_bounded_by_the_receipt_of_its_post() -> None:
    """Whatever batch it came in: so a replay comes to the same watermark."""
    settings = MeasureSettings()
    ahead = mention("t:1", at=START + 5 * HOUR, received=START)
    together, apart = Measure(settings), Measure(settings)
    together.fold([(0, ahead), (1, mention("t:2", received=START + 9 * HOUR))], now=START + 9 * HOUR)
    apart.fold([(0, ahead)], now=START)
    apart.fold([(1, mention("t:2", received=START + 9 * HOUR))], now=START + 9 * HOUR)
    assert together.watermark == apart.watermark == START + settings.allowance
