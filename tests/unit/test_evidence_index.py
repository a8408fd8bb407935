"""The evidence index: what stands in it after edits, deletions, repeats and time; and how posts are ranked."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from evidence_world import RECEIVED, filled_index
from worlds import START, mention, records

from agents.measure import Measure, MeasureSettings
from agents.measuring.author_keys import QUARTER, key_of_quarter
from schemas.mention import AuthorRetraction, Coordinates, Mention, MentionRecord, Retraction, encode_mention
from schemas.reputation import DAY, HOUR
from schemas.topics import MENTIONS
from streams.evidence.asking import Range, evidence, history, in_force, last_of, newest
from streams.evidence.index import KEPT, forget, next_offsets, open_index, open_reader, take
from streams.log_reader import LogRecord

EVER = Range(START - 40 * DAY, START + 40 * DAY)


def logged(found: list[MentionRecord], first: int = 0) -> list[LogRecord]:
    return [
        LogRecord(MENTIONS.name, 0, first + at, RECEIVED + at, None, encode_mention(one))
        for at, one in enumerate(found)
    ]


def standing(index: sqlite3.Connection) -> set[tuple[str, str, int]]:
    return set(index.execute("SELECT company, post, version FROM mention"))


@pytest.fixture
def index(tmp_path: Path) -> sqlite3.Connection:
    return open_index(tmp_path)


@pytest.mark.parametrize("seed", range(12))
def test_what_stands_is_what_the_ledger_holds_whatever_the_order(seed: int, tmp_path: Path) -> None:
    found = records(seed, size=40)
    for turn in range(3):
        index = open_index(tmp_path / str(turn))
        take(index, logged(found))
        measure = Measure(MeasureSettings())
        measure.fold(list(enumerate(found)), now=RECEIVED)
        ledger, void = measure._ledger, measure._void
        held = {post for post in ledger.posts if not void.issuperset(ledger.of(post))}
        assert {post for _, post, _ in standing(index)} == held
        Random(turn).shuffle(found)


def test_what_an_author_withdrew_goes_whether_it_came_before_or_comes_after(
    index: sqlite3.Connection,
) -> None:
    root, origin = "ab" * 16, Coordinates("posts.v1", 0, 1)
    early, late = (
        replace(mention(f"twitter:{at}", "orange"), author=key_of_quarter(root, at // QUARTER), event_time=at)
        for at in (START - QUARTER, START)
    )
    after = replace(late, post="twitter:after", event_time=START + 1)
    other = mention("twitter:other", "orange")
    take(index, logged([early, other, AuthorRetraction(root, START, origin), late, after]))
    assert {post for _, post, _ in standing(index)} == {"twitter:after", "twitter:other"}


def test_an_edit_replaces_and_a_deletion_stays(index: sqlite3.Connection) -> None:
    first = mention("twitter:1", "orange")
    edited = replace(first, version=2, company="air-vigie")
    origin = Coordinates("posts.v1", 0, 1)
    take(index, logged([first, mention("twitter:2", "orange")]))
    take(index, logged([Retraction("twitter:1", 2, START, origin), edited, first], first=2))
    assert standing(index) == {("air-vigie", "twitter:1", 2), ("orange", "twitter:2", 1)}
    take(
        index, logged([Retraction("twitter:2", None, START, origin), mention("twitter:2", "orange")], first=5)
    )
    assert standing(index) == {("air-vigie", "twitter:1", 2)}
    assert next_offsets(index) == {(MENTIONS.name, 0): 7}


def test_a_batch_that_fails_leaves_nothing_behind(index: sqlite3.Connection) -> None:
    good = logged([mention("twitter:1", "orange")])
    with pytest.raises(ValueError, match="end of data"):
        take(index, [*good, replace(good[0], offset=1, value=b"{")])
    assert standing(index) == set()
    assert next_offsets(index) == {}


def test_it_forgets_what_its_topic_forgets(index: sqlite3.Connection) -> None:
    take(index, logged([mention("twitter:1"), mention("twitter:2")]))
    forget(index, RECEIVED + KEPT + 1)
    assert {post for _, post, _ in standing(index)} == {"twitter:2"}


def test_a_broken_file_or_one_of_another_layout_is_built_again(tmp_path: Path) -> None:
    (tmp_path / "evidence.sqlite3").write_bytes(b"this is no database" * 100)
    index = open_index(tmp_path)
    take(index, logged([mention("twitter:1")]))
    index.execute("PRAGMA user_version = 999")
    index.close()
    assert standing(open_index(tmp_path)) == set()
    assert (tmp_path / "evidence.sqlite3").stat().st_mode & 0o077 == 0


def test_no_text_or_name_is_kept(tmp_path: Path) -> None:
    index, _ = filled_index(tmp_path)
    index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = (tmp_path / "evidence.sqlite3").read_bytes()
    assert b"twitter:hostile" in held
    for secret in (b"jeanne", b"Dupont", b"honteux", b"disgraceful", b"clea_tifu"):
        assert secret not in held


def test_the_ranking_is_that_of_the_published_evidence(tmp_path: Path) -> None:
    """reputation.v1 names the five posts that moved the 24-hour score most; so does the index."""
    found = [one for one in records(5, size=80, span=DAY) if isinstance(one, Mention)]
    at = START + DAY - 1
    measure = Measure(MeasureSettings())
    measure.fold(list(enumerate(found)), now=at)
    index = open_index(tmp_path)
    take(index, logged(found))
    companies = [figures for figures in measure.figures(at) if figures.person is None]
    assert len(companies) == 3
    for figures in companies:
        window = figures.windows[2]
        shown = evidence(index, figures.company, Range(window.start, window.end), {}, window.prior, limit=5)
        assert tuple(voice.post for voice in shown.shown if voice.points) == figures.evidence
        assert shown.mentions == sum(window.mentions)
        whole = evidence(
            index, figures.company, Range(window.start, window.end), {}, window.prior, limit=1_000
        )
        moved = 50 * window.prior / 10_000 + sum(voice.points for voice in whole.shown) + 50
        assert abs(moved - window.score / 100) < 0.01, "the points of all posts add up to the score"


def test_filters_keep_the_points_and_count_what_is_left(tmp_path: Path) -> None:
    index, _ = filled_index(tmp_path)
    latest = next(one for one in newest(index) if one.company == "telvane")
    within = last_of(latest.at, DAY)
    everything = evidence(index, "telvane", within, {}, 0, limit=2_000)
    points = {voice.post: voice.points for voice in everything.shown}
    for name, value in (
        ("role", "employee"),
        ("label", "positive"),
        ("language", "fr"),
        ("platform", "linkedin"),
    ):
        some = evidence(index, "telvane", within, {name: value}, 0, limit=2_000)
        assert 0 < some.voices < everything.voices
        assert {getattr(voice, name) for voice in some.shown} == {value}
    some = evidence(index, "telvane", within, {"kind": "missions"}, 0, limit=2_000)
    assert all("missions" in {kind for kind, *_ in voice.disclosures} for voice in some.shown)
    alone = [voice for voice in some.shown if voice.copies == 1 and voice.post in points]
    assert alone
    pages = [evidence(index, "telvane", within, {}, 0, limit=50, skip=skip).shown for skip in (0, 50, 100)]
    assert [voice.post for page in pages for voice in page] == [
        voice.post for voice in everything.shown[:150]
    ]
    hostile = {"role": "' OR 1=1 --"}
    assert evidence(index, "telvane", within, hostile, 0, limit=5).voices == 0


def test_a_reader_sees_what_is_written_and_writes_nothing(tmp_path: Path) -> None:
    filled_index(tmp_path)
    reader = open_reader(tmp_path)
    assert {one.company for one in newest(reader)} >= {"telvane", "ferrovel"}
    latest = in_force(reader, "telvane", 2**62)
    assert latest is not None
    curve = history(reader, "telvane", "1h", Range(latest.at - 12 * HOUR, latest.at))
    assert len(curve) > 20
    assert in_force(reader, "telvane", curve[3][0] + 1).at == curve[3][0]  # type: ignore[union-attr]
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM mention")
