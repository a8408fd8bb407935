from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from itertools import permutations

import pytest
from worlds import START, Record, apply, mention

from agents.measure import Measure, MeasureSettings
from agents.measuring.archive import FAN
from agents.measuring.author_keys import QUARTER, key_of_quarter
from agents.measuring.segments import BASE, coalesce, read
from schemas.mention import AuthorRetraction, Coordinates, Mention, Retraction
from schemas.reputation import DAY, HOUR, MINUTE, WindowFigures

NOW = START + 400 * DAY


def arrive(*records: Record) -> list[tuple[int, Record]]:
    """Mentions offsets and origins in order."""
    return [
        (number, replace(record, origin=Coordinates("posts.v1", 0, number)))
        for number, record in enumerate(records)
    ]


def folded(*records: Record, now: int = NOW) -> Measure:
    measure = Measure(MeasureSettings())
    measure.fold(arrive(*records), now)
    return measure


def window(measure: Measure, name: str, at: int, company: str = "orange") -> WindowFigures:
    (record,) = (record for record in measure.figures(at) if record.company == company)
    (found,) = (found for found in record.windows if found.window == name)
    return found


def delete(post: str, at: int = START) -> Retraction:
    return Retraction(post, None, at, Coordinates("posts.v1", 0, 0))


def test_nothing_is_nothing() -> None:
    measure = Measure(MeasureSettings())
    assert measure.fold([], NOW) == {}
    assert measure.figures(START) == []
    assert (measure.fence, measure.watermark, measure.entries) == (-1, 0, 0)


def test_what_lies_under_the_fence_is_skipped_without_a_write() -> None:
    measure = folded(mention("t:1"), mention("t:2"))
    assert measure.fold(arrive(mention("t:1"), mention("t:2")), NOW) == {}
    assert measure.totals.duplicates == 0
    assert measure.fence == 1


def test_a_post_sent_twice_counts_once_and_is_counted_as_such() -> None:
    measure = folded(mention("t:1"), mention("t:1"))
    assert window(measure, "1h", START).mentions == (0, 0, 1, 0)
    assert measure.totals.duplicates == 1


def test_an_edit_replaces_and_a_deletion_outranks_every_version() -> None:
    sad = mention("t:1", version=2, label="negative", score=-9_000)
    assert window(folded(mention("t:1"), sad), "1h", START).mentions == (1, 0, 0, 0)
    assert window(folded(sad, mention("t:1")), "1h", START).mentions == (1, 0, 0, 0)
    for order in ([sad, delete("t:1")], [delete("t:1"), sad]):
        gone = folded(*order, mention("t:2"))
        assert window(gone, "1h", START).mentions == (0, 0, 1, 0)
        assert gone.entries == 1


def withdraw(root: str, at: int) -> AuthorRetraction:
    return AuthorRetraction(root, at, Coordinates("posts.v1", 0, 0))


def by(root: str, post: str, at: int = START) -> Mention:
    return mention(post, at=at, author=key_of_quarter(root, at // QUARTER))


def test_a_withdrawn_author_s_posts_go_whenever_they_come_and_later_ones_stay() -> None:
    lea, leo = "1" * 32, "2" * 32
    posts = [by(lea, "t:1"), by(lea, "t:2", START + HOUR), by(lea, "t:3", START + HOUR + 1), by(leo, "t:4")]
    gone = withdraw(lea, START + HOUR)
    for order in ([gone, *posts], [*posts, gone], [*posts[:2], gone, *posts[2:], withdraw(lea, START)]):
        measure = folded(*order)
        assert window(measure, "24h", START + 2 * HOUR).mentions == (0, 0, 2, 0)
        assert {post for record in measure.figures(START + 2 * HOUR) for post in record.evidence} == {
            "t:3",
            "t:4",
        }


def test_a_repost_that_came_before_its_withdrawn_original_is_restored_as_it_stood() -> None:
    lea = "1" * 32
    copy = mention("t:r", kind="repost", repost_of="t:o", signature="s", author="3" * 32)
    other = mention("t:c", signature="s", author="4" * 32)
    original = replace(by(lea, "t:o"), signature="s")
    table: dict[str, bytes] = {}
    measure = Measure(MeasureSettings())
    for number, record in enumerate([copy, original, other, withdraw(lea, START + HOUR)]):
        record = replace(record, origin=Coordinates("posts.v1", 0, number))  # noqa: PLW2901
        apply(table, measure.fold([(number, record)], NOW))
    restored = Measure(MeasureSettings())
    restored.restore(table.items())
    assert restored.figures(START + HOUR) == measure.figures(START + HOUR)
    gone = Retraction("t:r", None, START + HOUR, Coordinates("posts.v1", 0, 9))
    for one in (measure, restored):
        one.fold([(9, gone)], NOW)
    assert restored.figures(START + HOUR) == measure.figures(START + HOUR)


def test_a_retraction_of_today_closes_no_day_of_an_archive_that_is_still_read() -> None:
    """It goes to every partition: days end by what is said of companies alone."""
    old = [mention(f"t:{number}", at=START + number * HOUR) for number in range(4)]
    today = START + 60 * DAY
    gone = Retraction("t:else", None, today, Coordinates("posts.v1", 0, 0))
    shown = [
        folded(*order).figures(START + 4 * HOUR)[0].windows
        for order in ([*old, gone], [gone, *old], [*old[:2], withdraw("1" * 32, today), *old[2:]])
    ]
    assert shown[0] == shown[1] == shown[2]
    assert sum(shown[0][-1].mentions) == 4


def test_a_withdrawal_is_of_every_quarter_and_forgotten_when_it_can_void_no_more() -> None:
    lea, turn = "1" * 32, (START // QUARTER + 1) * QUARTER
    posts = [by(lea, "t:1", turn - HOUR), by(lea, "t:2", turn + HOUR)]
    assert posts[0].author != posts[1].author
    measure = folded(withdraw(lea, turn + 2 * HOUR), *posts, mention("t:3", at=turn + 2 * HOUR))
    assert window(measure, "24h", turn + 2 * HOUR).mentions == (0, 0, 1, 0)
    assert measure.entries == 3
    measure.fold([(9, mention("t:4", at=turn + 40 * DAY, origin=Coordinates("posts.v1", 0, 9)))], NOW)
    assert (measure.entries, measure._withdrawals.times, measure._withdrawals._until) == (1, {}, {})
    late = withdraw(lea, turn)
    measure.fold([(10, replace(late, origin=Coordinates("posts.v1", 0, 10)))], NOW)
    assert (measure.totals.late_retractions, measure._withdrawals.times) == (1, {})


@pytest.mark.parametrize("others", [FAN - 1, 1], ids=["merged", "alone"])
def test_a_withdrawal_outlives_the_batches_around_it(others: int) -> None:
    """Its segment is merged with others, or holds nothing else and stays when those of closed days go."""
    lea, last = "1" * 32, START + 31 * DAY
    batches = [
        withdraw(lea, START + 25 * DAY),
        *(mention(f"t:{n}") for n in range(others)),
        mention("t:x", at=last),
    ]
    table: dict[str, bytes] = {}
    measure = Measure(MeasureSettings())
    for offset, record in arrive(*batches):
        apply(table, measure.fold([(offset, record)], NOW))
    again = Measure(MeasureSettings())
    again.restore(table.items())
    again.fold([(99, replace(by(lea, "t:y", START + 20 * DAY), origin=Coordinates("posts.v1", 0, 99)))], NOW)
    assert window(again, "28d", last).mentions == (0, 0, 1, 0)
    assert again.entries == 2


def test_a_post_that_two_claim_stands_by_the_ledger_s_rule_whoever_withdraws() -> None:
    """The lesser bytes of one version stand, withdrawn or not; then the withdrawal decides: in any order."""
    lea, leo = "1" * 32, "2" * 32
    records: list[Record] = [by(lea, "t:1"), by(leo, "t:1"), withdraw(lea, START), mention("t:2")]
    orders = list(permutations(records))
    found = {window(folded(*order), "1h", START).mentions for order in orders}
    assert len(orders) == 24
    assert len(found) == 1


def test_a_window_ends_with_the_pane_of_the_instant_and_empties_with_time() -> None:
    measure = folded(mention("t:1", at=START + 4 * MINUTE))
    assert window(measure, "1h", START).mentions[2] == 1  # the same pane, though later
    assert window(measure, "1h", START + 59 * MINUTE).mentions[2] == 1
    assert window(measure, "1h", START + 60 * MINUTE).mentions[2] == 0
    assert window(measure, "6h", START + 60 * MINUTE).mentions[2] == 1
    assert window(measure, "28d", START - MINUTE).mentions[2] == 0
    silent = window(measure, "28d", START + 100 * DAY)
    assert (silent.state, silent.mentions) == ("insufficient", (0, 0, 0, 0))
    assert silent.prior > 0  # the company's past


def test_beyond_the_horizon_a_post_is_late_counted_and_moves_no_figure() -> None:
    measure = folded(mention("t:1", at=START + 29 * DAY))
    before = measure.figures(START + 29 * DAY)[0].windows
    batch = [(number + 1, record) for number, record in arrive(mention("t:2", at=START - MINUTE))]
    late = [(1, replace(batch[0][1], origin=Coordinates("posts.v1", 0, 1)))]
    measure.fold(late, NOW)
    assert measure.totals.subjects["orange"].late == 1
    assert sum(measure.totals.subjects["orange"].mentions) == 2
    assert measure.figures(START + 29 * DAY)[0].windows == before
    measure.fold([(2, late[0][1])], NOW)  # the judge sent it again
    assert (measure.totals.subjects["orange"].late, measure.totals.duplicates) == (1, 1)
    assert measure.figures(START + 29 * DAY)[0].late == 1


def test_just_within_the_horizon_a_post_counts() -> None:
    measure = folded(mention("t:1", at=START + 29 * DAY), mention("t:2", at=START + DAY + 5 * MINUTE))
    assert measure.totals.subjects["orange"].late == 0
    assert window(measure, "28d", START + 29 * DAY).mentions[2] == 2


def test_a_post_from_the_future_neither_moves_the_clock_nor_is_lost() -> None:
    measure = folded(mention("t:1"), mention("t:2", at=START + 365 * DAY), now=START)
    assert measure.watermark == START + 10 * MINUTE
    assert measure.totals.future == 1
    assert window(measure, "28d", measure.watermark).mentions[2] == 1
    assert window(measure, "1h", START + 365 * DAY).mentions[2] == 1


def test_a_retraction_of_what_is_sealed_is_said_to_be_late() -> None:
    measure = folded(mention("t:1"), mention("t:2", at=START + 40 * DAY), delete("t:1", START))
    assert (measure.totals.retractions, measure.totals.late_retractions) == (0, 1)


def test_every_record_is_accounted_for() -> None:
    measure = folded(
        mention("t:1"), mention("t:1"), mention("t:1", version=2), mention("t:1"), delete("t:1"),
        mention("t:1", version=9), mention("t:2", at=START + 40 * DAY), mention("t:3"),
    )  # fmt: skip
    totals = measure.totals
    counted = sum(sum(company.mentions) for company in totals.subjects.values())
    assert counted + totals.duplicates + totals.stale + totals.retractions + totals.late_retractions == 8


def test_persons_of_the_opt_in_list_have_figures_of_their_own() -> None:
    measure = folded(mention("t:1", persons=("chief",)), mention("t:2"))
    company, person = measure.figures(START)
    assert (company.company, company.person) == ("orange", None)
    assert (person.company, person.person) == ("orange", "chief")
    assert (company.windows[0].mentions[2], person.windows[0].mentions[2]) == (2, 1)
    assert sum(measure.totals.subjects["orange"].mentions) == 2


def test_the_hundredth_of_a_hundred_copies_hardly_matters() -> None:
    one = folded(mention("t:0", score=-9_000, signature="aa"))
    flood = folded(
        *(mention(f"t:{n}", score=-9_000, label="negative", signature="aa", author="ff") for n in range(100))
    )
    assert window(one, "1h", START).weight == 1_000
    assert window(flood, "1h", START).weight == 4_000
    figures = window(flood, "1h", START)
    assert (figures.evidence, figures.state, figures.largest_author) == (100, "insufficient", 10_000)


def stream(days: int, a_day: int) -> list[tuple[int, Mention]]:
    posts = (mention(f"t:{n}", at=START + n * DAY // a_day, author=f"a{n % 7}") for n in range(days * a_day))
    return [(number, record) for number, record in arrive(*posts) if isinstance(record, Mention)]


def test_segments_stay_few_and_the_base_takes_in_what_is_sealed() -> None:
    measure, table = Measure(MeasureSettings()), dict[str, bytes]()
    most = 0
    for offset, record in stream(days=90, a_day=20):
        apply(table, measure.fold([(offset, record)], NOW))
        most = max(most, len(table))
    assert most < 4 * FAN
    assert measure.segments == len(table) - 1
    assert measure.size == sum(map(len, table.values())) - len(table[BASE])
    base = read(table[BASE])
    assert len(base.ranges) == 1
    assert base.bodies == ()
    assert measure.entries <= 30 * 20


def test_leftovers_of_a_crash_are_removed_by_the_next_batch() -> None:
    measure, table = Measure(MeasureSettings()), dict[str, bytes]()
    posts = stream(days=1, a_day=FAN + 1)
    for offset, record in posts[:-1]:
        parts = {key: value for key, value in table.items() if value}
        apply(table, measure.fold([(offset, record)], NOW))
    assert len(table) == 1  # merged
    restored = Measure(MeasureSettings())
    restored.restore([*parts.items(), *table.items()])
    assert restored.fence == measure.fence
    assert restored.totals == measure.totals
    writes = restored.fold(posts[-1:], NOW)
    assert {key for key, value in writes.items() if value is None} == set(parts)


def test_an_unknown_table_value_is_our_own_corruption() -> None:
    with pytest.raises(ValueError, match="unknown segment format"):
        Measure(MeasureSettings()).restore([("segment/0-0", b"\x03")])


def test_no_batch_outgrows_a_kafka_message() -> None:
    """2,000 posts whose keys are as long as posts.v1 allows, and of 10,000 companies."""
    long = "é" * 500
    posts = [
        mention(f"t:{n}{long}", f"company-{n}", kind="repost", repost_of=f"t:{n + 1}{long}")
        for n in range(10_000)
    ]
    measure, table = Measure(MeasureSettings()), dict[str, bytes]()
    batch = arrive(*posts, mention("t:later", at=START + 60 * DAY))
    for start in range(0, len(batch), 2_000):
        apply(table, measure.fold(batch[start : start + 2_000], NOW))
        assert max(map(len, table.values())) < 1_000_000
    assert len(table[BASE]) < 500_000
    restored = Measure(MeasureSettings())
    restored.restore(table.items())
    assert restored.totals == measure.totals
    assert restored.figures(START + 60 * DAY) == measure.figures(START + 60 * DAY)


def test_a_monstrous_key_is_still_one_key() -> None:
    long = "é" * 500
    measure = folded(
        mention(f"t:1{long}"), mention(f"t:1{long}"), mention(f"t:1{long}!"), delete(f"t:1{long}!")
    )
    assert (measure.entries, measure.totals.duplicates) == (1, 1)


def test_a_platform_may_call_itself_anything() -> None:
    assert window(folded(mention("t:1", platform="a\nb")), "1h", START).platforms == {"a\nb": 1}


def test_swallowed_ranges_unite_where_no_live_one_lies_between() -> None:
    assert coalesce([(0, 3), (6, 9)], []) == ((0, 9),)
    assert coalesce([(0, 3), (6, 9)], [(4, 5)]) == ((0, 3), (6, 9))
    assert coalesce([(6, 9), (0, 3)], [(10, 12)]) == ((0, 9),)


def test_figures_that_still_stand_are_not_read_again() -> None:
    measure = folded(mention("t:1"), mention("t:2", company="air-vigie"))
    before = measure.figures(START)
    measure.fold([(2, replace(mention("t:3"), origin=Coordinates("posts.v1", 0, 2)))], NOW)
    after = measure.figures(START + 1)
    assert after[0].windows is before[0].windows
    assert after[1].windows[0].mentions[2] == before[1].windows[0].mentions[2] + 1
    assert measure.figures(START + HOUR)[0].windows is not after[0].windows


def test_a_look_without_the_posts_behind_it_shows_the_same_and_hides_them_from_no_record() -> None:
    posts = [mention("t:1", at=START), mention("t:2", company="air-vigie", at=START)]
    full = folded(*posts).figures(START)
    assert [record.evidence for record in full] == [("t:2",), ("t:1",)]
    measure = folded(*posts)
    assert measure.figures(START, evidence=False) == [replace(record, evidence=()) for record in full]
    assert measure.figures(START) == full
    assert measure.figures(START, evidence=False) == [replace(record, evidence=()) for record in full]


def test_a_state_that_is_let_go_leaves_no_cycle_behind() -> None:
    """The collector comes seldom to a worker: with each rebalance a whole ledger would stay in memory."""
    measure = Measure(MeasureSettings())
    measure.fold([(number, mention(f"a:{number}", at=START + number)) for number in range(3)], START)
    assert measure.figures(START)
    gc.collect()
    gc.disable()
    try:
        gone = weakref.ref(measure)
        del measure
        assert gone() is None
    finally:
        gc.enable()
