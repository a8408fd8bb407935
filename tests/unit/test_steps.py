"""`judge` as a step: order, fence, what becomes of each record, and a fault of ours that falls alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import pytest

from agents.judge import Judge
from agents.measuring.author_keys import QUARTER, key_of_quarter
from agents.measuring.fenced_count import FencedCount
from agents.steps import FUTURE_ALLOWANCE, verdict_of
from schemas.judged import Judged
from schemas.mention import AuthorRetraction, Mention, Retraction
from schemas.post import Post
from schemas.watchlist import parse_watchlist
from streams.judges import load_credibility
from streams.settings import read_settings

NOW = 1_780_000_000_000
SECRET = b"s" * 32
WATCHLIST = '[[company]]\nid = "nordelle"\nname = "Nordelle"\n[[company]]\nid = "velmont"\nname = "Velmont"\n'


@dataclass(frozen=True)
class Lying:
    value: bytes | None
    offset: int
    topic: str = "posts.v1"
    partition: int = 3
    timestamp: int = NOW


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(parse_watchlist(WATCHLIST, "test"), load_credibility(read_settings({})))


def post(key: str = "twitter:1", text: str = "Nordelle est bien", **fields: object) -> bytes:
    plain = {
        "key": key, "platform": "twitter", "text": text, "created_at": "2026-05-28T20:26:40Z", "source": {"name": "t"},
    }  # fmt: skip
    return orjson.dumps({**plain, **fields})


def lying(*values: bytes | None, first: int = 10) -> list[Lying]:
    return [Lying(value, offset) for offset, value in enumerate(values, first)]


def test_records_come_in_the_order_of_the_posts_and_an_edit_retracts_before_it_mentions(judge: Judge) -> None:
    batch = lying(
        post("twitter:1"),
        orjson.dumps({"key": "twitter:0", "deleted": True, "at": "2026-05-28T20:30:00Z"}),
        post("twitter:2", "Velmont und Nordelle", version=2),
        post("twitter:3", "Velmont"),
    )
    verdict = verdict_of(batch, judge, FencedCount(), SECRET)
    assert [record.origin.offset for record in verdict.records] == [10, 11, 12, 12, 12, 13]
    assert [type(record) for record in verdict.records] == [
        Mention, Retraction, Retraction, Mention, Mention, Mention,
    ]  # fmt: skip
    deletion, edit = verdict.records[1:3]
    assert isinstance(deletion, Retraction)
    assert isinstance(edit, Retraction)
    assert (deletion.post, deletion.below) == ("twitter:0", None)
    assert (edit.post, edit.below) == ("twitter:2", 2)
    assert {record.origin.partition for record in verdict.records} == {3}


def test_a_withdrawn_author_is_named_as_the_author_s_posts_are_and_no_later_than_received(
    judge: Judge,
) -> None:
    gone = {
        "key": "twitter:@7",
        "kind": "author",
        "platform": "twitter",
        "author": {"id": "7"},
        "deleted": True,
    }
    batch = lying(
        post(author={"id": "7", "handle": "lea"}),
        orjson.dumps({**gone, "at": "2026-05-28T20:20:00Z"}),
        orjson.dumps({**gone, "at": "2099-05-28T20:30:00Z"}),
    )
    count = FencedCount()
    mention, first, second = verdict_of(batch, judge, count, SECRET).records
    assert isinstance(mention, Mention)
    assert isinstance(first, AuthorRetraction)
    assert isinstance(second, AuthorRetraction)
    assert mention.author == key_of_quarter(first.author, mention.event_time // QUARTER)
    assert (first.at, second.at) == (1_779_999_600_000, batch[2].timestamp)
    assert count.counts["author-deletion"] == 2


def test_a_deletion_from_the_future_is_dated_no_further_than_a_post_may_be(judge: Judge) -> None:
    """Until its day is over it is remembered."""
    dates = ("2026-05-28T20:20:00Z", "2099-05-28T20:20:00Z")
    batch = lying(*(orjson.dumps({"key": "twitter:0", "deleted": True, "at": at}) for at in dates))
    first, second = verdict_of(batch, judge, FencedCount(), SECRET).records
    assert isinstance(first, Retraction)
    assert isinstance(second, Retraction)
    assert (first.at, second.at) == (1_779_999_600_000, NOW + FUTURE_ALLOWANCE)


def test_every_record_is_one_outcome(judge: Judge) -> None:
    count = FencedCount()
    batch = lying(post(), post(text="Rien du tout"), b"{", None, post("un-x:1", platform="un-x"))
    verdict = verdict_of(batch, judge, count, SECRET)
    assert count.counts == {
        "platform:twitter": 2, "platform:other": 1, "matched": 2, "unmatched": 1, "rejected": 2,
    }  # fmt: skip
    assert [(reject.offset, reject.reason) for reject in verdict.rejects] == [
        (12, "not-json"), (13, "not-json"),
    ]  # fmt: skip
    assert count.fence == {"": 14}


def test_a_batch_delivered_again_is_judged_again_to_the_same_records_and_counted_once(judge: Judge) -> None:
    count = FencedCount()
    batch = lying(post(), b"x", post("twitter:2"))
    first = verdict_of(batch, judge, count, SECRET)
    before = count.state()
    assert verdict_of(batch, judge, count, SECRET) == first
    assert count.state() == before
    verdict_of([*batch, Lying(post("twitter:4"), 13)], judge, count, SECRET)
    assert count.counts["matched"] == 3


def test_platforms_cannot_make_the_state_grow(judge: Judge) -> None:
    count = FencedCount()
    verdict_of(lying(*(post(f"p{n}:1", platform=f"p{n}") for n in range(50))), judge, count, SECRET)
    assert set(count.counts) == {"platform:other", "matched"}


def test_a_post_from_the_future_is_rejected_and_one_within_the_allowance_is_not(judge: Judge) -> None:
    late = Lying(post(), 1, timestamp=NOW - FUTURE_ALLOWANCE)
    early = Lying(post(), 2, timestamp=NOW - FUTURE_ALLOWANCE - 1)
    verdict = verdict_of([late, early], judge, FencedCount(), SECRET)
    assert [record.origin.offset for record in verdict.records] == [1]
    assert [(reject.offset, reject.reason) for reject in verdict.rejects] == [(2, "future")]


def test_a_post_that_makes_judging_raise_is_dead_lettered_alone(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_posts = Judge.judge

    def fragile(self: Judge, posts: Sequence[Post]) -> list[Judged]:
        if any("poison" in each.text for each in posts):
            raise RecursionError("too deep")
        return judge_posts(self, posts)

    monkeypatch.setattr(Judge, "judge", fragile)
    count = FencedCount()
    batch = lying(post("twitter:1"), post("twitter:2", "poison"), post("twitter:3"))
    verdict = verdict_of(batch, judge, count, SECRET)
    assert [record.origin.offset for record in verdict.records] == [10, 12]
    assert [(reject.offset, reject.reason, reject.detail) for reject in verdict.rejects] == [
        (11, "unjudged", "RecursionError: too deep")
    ]
    assert count.counts["rejected"] == 1
    assert count.counts["platform:twitter"] == 2
