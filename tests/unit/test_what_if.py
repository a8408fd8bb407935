"""What other rules would change, beside two recounts of their own; replayed figures as a table."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import orjson
import pytest
from made_posts import START, WATCHLIST, made_posts

from agents.judge import Judge
from agents.proving.comparison import differences_of
from agents.proving.recount import Rejudged
from schemas.mention import Mention
from schemas.reputation import Reputation
from schemas.topics import POSTS
from streams.log_reader import LogReader, LogRecord, Reach
from streams.proving.rejudging import Bench, Piece
from streams.proving.replay import Range, recounted
from streams.proving.table import write_to_table
from streams.proving.what_if import WhatIf, _both, _compare
from streams.proving.what_if_text import what_if_json, what_if_text
from streams.settings import Settings, SettingsError, read_settings

POSTED = 400
HOUR = 3_600_000
WHEN = Range(START + 6 * HOUR, START + 30 * HOUR, 6 * HOUR)
NO_ALIAS = WATCHLIST.replace('name = "Velmont Air"', 'name = "Velmont Airways"') + (
    '\n[[company]]\nid = "marche"\nname = "marché de la place"\n'
)


class Log:
    """A log in memory, as `LogReader` reads it."""

    def read(self, reach: Reach) -> Iterator[LogRecord]:
        for offset, value in enumerate(made_posts(POSTED)[reach.start : reach.end], reach.start):
            at = START + offset * HOUR // 10
            yield LogRecord(reach.topic, reach.partition, offset, at, None, value)


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Judge, Judge]:
    home = tmp_path_factory.mktemp("what-if")
    (home / "one.toml").write_text(WATCHLIST)
    (home / "other.toml").write_text(NO_ALIAS)
    settings = read_settings({}, home=home, watchlists=(home / "one.toml",))
    here = replace(settings, home=home / "here")
    other = replace(settings, watchlists=(home / "other.toml",))
    return here, *_both(settings, here, other, "")


def rejudged(settings: Settings, *rules: str) -> list[Rejudged]:
    bench = Bench(settings, cast("LogReader", Log()))
    return bench.rejudge(Piece(Reach(POSTS.name, 0, 0, POSTED), rules, settings.partitions, None))


def alone(settings: Settings, rules: str) -> dict[tuple[int, str], Reputation]:
    found = recounted(rejudged(settings, rules), WHEN, settings.partitions, None)
    return {(one.at, one.company): one for one in found}


def test_side_by_side_tells_what_two_recounts_tell(judges: tuple[Settings, Judge, Judge]) -> None:
    settings, first, second = judges
    found = WhatIf(first.versions, second.versions, 10_000)
    rules = (first.version, second.version)
    _compare(iter(rejudged(settings, *rules)), rules, WHEN, settings.partitions, None, found)

    before, after = (alone(settings, version) for version in rules)
    expected = {
        key
        for key in before.keys() | after.keys()
        if key not in before
        or key not in after
        or any(not one.field.endswith(".rules") for one in differences_of(before[key], after[key]))
    }
    assert {(change.at, change.company) for change in found.figures} == expected
    assert found.compared == len(before.keys() | after.keys())
    assert {company for _, company in expected} >= {"marche", "velmont-air"}
    assert len(expected) < found.compared, "companies that neither list changes stay"

    def judged(version: str) -> dict[tuple[int, str], tuple[object, ...]]:
        mentions = (
            one for each in rejudged(settings, version) for one in each.records if isinstance(one, Mention)
        )
        return {
            (one.origin.offset, one.company): (
                one.evidence,
                one.confidence,
                one.label,
                one.score,
                one.role,
                one.weight,
            )
            for one in mentions
        }

    was, would_be = judged(rules[0]), judged(rules[1])
    places = {(int(post.place.partition("@")[2]), post.company) for post in found.posts}
    assert places >= {key for key in was.keys() | would_be.keys() if was.get(key) != would_be.get(key)}
    assert found.changed == len(found.posts)
    assert any(post.before is None for post in found.posts)
    assert any(post.after is None for post in found.posts)


def test_the_report_names_rules_figures_and_posts(judges: tuple[Settings, Judge, Judge]) -> None:
    settings, first, second = judges
    found = WhatIf(first.versions, second.versions, 3)
    rules = (first.version, second.version)
    _compare(iter(rejudged(settings, *rules)), rules, WHEN, settings.partitions, None, found)
    text = list(what_if_text(found))
    assert text[0] == f"watchlist: {first.versions['watchlist']} -> {second.versions['watchlist']}"
    assert any(line.startswith("  marche: at ") and "none -> figures" in line for line in text)
    assert any("posts.v1/0@" in line and "velmont-air" in line for line in text)
    assert text[-1] == f"  … and {found.changed - 3} more (--posts shows more)"
    whole = orjson.loads(what_if_json(found))
    assert len(whole["posts"]) == 3
    assert set(whole["figures"][0]["differences"][0]) == {"field", "before", "after"}


def test_rules_that_are_the_same_are_refused(judges: tuple[Settings, Judge, Judge], tmp_path: Path) -> None:
    home = judges[0].home.parent
    settings = read_settings({}, home=home, watchlists=(home / "one.toml",))
    with pytest.raises(SettingsError, match="both judge alike"):
        _both(settings, replace(settings, home=tmp_path), settings, "")


def test_a_replay_as_a_table(judges: tuple[Settings, Judge, Judge], tmp_path: Path) -> None:
    figures = list(alone(judges[0], judges[1].version).values())
    path = tmp_path / "replayed.sqlite"
    assert write_to_table(path, figures) == len(figures)
    with sqlite3.connect(path) as table:
        rows = table.execute('select company, "window", score, negative from reputation').fetchall()
    table.close()
    assert sorted(rows) == sorted(
        (one.company, window.window, window.score, window.mentions[0])
        for one in figures
        for window in one.windows
    )
    with pytest.raises(SettingsError, match="name a new file"):
        write_to_table(path, figures)
