from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from weeks import talk
from worlds import START, mention

from agents.measure import Measure, MeasureSettings
from agents.standing.dips import DipSettings, diagnose
from schemas.reputation import DAY, HOUR, MINUTE, Baseline, Reputation, encode
from streams.backtest import alerts_of, instant_of, measured, published
from streams.cli import cli
from streams.settings import SettingsError

SETTINGS = DipSettings()


def fallen(at: int = START, company: str = "orange", **windows: dict[str, object]) -> Reputation:
    """A company ten points under its baseline with plenty of evidence, but for fields of `windows`."""
    measure = Measure(MeasureSettings())
    measure.fold([(0, mention(company=company, at=at))], at)
    (plain,) = measure.figures(at)
    low = {"high": 5_000, "evidence": 9_000, "largest_author": 100}
    return replace(
        plain,
        baseline=Baseline("28d", at, 6_200, 6_000, 6_400, 90_000),
        windows=tuple(
            replace(window, **{**low, **windows.get(f"w{window.window}", {})}) for window in plain.windows
        ),
    )


@pytest.mark.parametrize(
    ("windows", "cause", "margin"),
    [
        ({}, "dip", 200),
        ({"w1h": {"high": 5_199}}, "dip", 1),
        ({"w1h": {"high": 5_200}}, None, 0),
        ({"w6h": {"high": 6_000}}, None, 0),
        ({"w6h": {"high": 5_999}}, "dip", 1),
        ({"w1h": {"evidence": 799}}, None, 0),
        ({"w6h": {"evidence": 1_999}}, None, 0),
        ({"w1h": {"largest_author": 3_334}}, "author-flood", 200),
        ({"w6h": {"largest_author": 3_334}}, "author-flood", 200),
        ({"w1h": {"high": 6_000, "rules": {"v2": 1}}}, "rules-change", 0),
        ({"w28d": {"mentions": (0, 560, 0, 0)}, "w24h": {"mentions": (4, 0, 0, 0)}}, "dip", 200),
        ({"w1h": {"high": 6_000}, "w28d": {"mentions": (0, 560, 0, 0)}}, "volume-collapse", 0),
        ({"w1h": {"high": 6_000}, "w28d": {"mentions": (0, 559, 0, 0)}}, None, 0),
    ],
)
def test_each_cause_at_its_edge(
    windows: dict[str, dict[str, object]], cause: str | None, margin: int
) -> None:
    found = diagnose([fallen(**windows)], SETTINGS)
    assert [(one.cause, one.margin) for one in found] == ([(cause, margin)] if cause else [])


def test_without_a_baseline_nothing_falls() -> None:
    assert diagnose([replace(fallen(), baseline=None)], SETTINGS) == []


def test_silence_of_all_is_an_outage_of_each() -> None:
    late = [replace(fallen(company=name), at=START + HOUR + 1) for name in ("orange", "air-vigie")]
    assert [(one.subject, one.cause) for one in diagnose(late, SETTINGS)] == [
        ("orange", "outage"),
        ("air-vigie", "outage"),
    ]
    speaking = replace(late[1], newest=START + HOUR)
    assert {one.cause for one in diagnose([late[0], speaking], SETTINGS)} == {"dip"}


def test_an_alert_that_pauses_is_one_alert_and_keeps_its_worst() -> None:
    def at(minutes: int, high: int) -> tuple[int, list[Reputation]]:
        return START + minutes * MINUTE, [fallen(START + minutes * MINUTE, w1h={"high": high})]

    found = alerts_of([at(0, 5_100), at(5, 4_900), at(10, 6_000), at(30, 5_100), at(70, 5_100)], SETTINGS)
    assert [(alert.fired - START, alert.last - START, alert.margin) for alert in found] == [
        (0, 30 * MINUTE, 300),
        (70 * MINUTE, 70 * MINUTE, 100),
    ]
    assert found[0].words().startswith("2024-10-04T00:00:00Z  dip")


def test_what_was_published_tells_what_a_new_measurement_tells() -> None:
    run = list(measured(talk(1, 0, 2 * DAY), HOUR, START + DAY))
    lines = [encode(replace(record, at=at)) for at, records in run for record in records]
    again = list(published(lines))
    assert [at for at, _ in again] == [at for at, _ in run]
    assert alerts_of(again, SETTINGS) == alerts_of(run, SETTINGS)
    assert [at for at, _ in published(lines, since=run[3][0], until=run[5][0])] == [at for at, _ in run[3:6]]


def test_the_command_reads_records_and_posts(tmp_path: Path) -> None:
    records, posts = tmp_path / "records.jsonl", tmp_path / "posts.jsonl"
    records.write_bytes(encode(fallen()) + b"\n")
    told = CliRunner().invoke(cli, ["backtest", str(records)])
    assert told.exit_code == 0, told.output
    assert "dip              orange" in told.output
    assert "1 evaluations" in told.output
    posts.write_bytes(
        orjson.dumps(
            {"key": "twitter:1", "platform": "twitter", "text": "La fibre @orange marche, merci !",
             "created_at": "2026-11-02T08:00:00Z", "source": {"name": "test"}}
        )
        + b"\nnot a post\n"
    )  # fmt: skip
    told = CliRunner().invoke(cli, ["backtest", str(posts), "--posts", "--every", "60"])
    assert told.exit_code == 0, told.output
    assert "line 2: not-json" in told.output
    assert "1 evaluations from 2026-11-02T09:00:00Z" in told.output


def test_the_sample_corpus_has_its_one_dip_and_no_other() -> None:
    """Telvane's network goes out at 13:00 of the corpus's day; deploy/corpus.md tells the rest."""
    corpus = Path(__file__).parents[2] / "deploy" / "corpus.jsonl"
    told = CliRunner().invoke(cli, ["backtest", str(corpus), "--posts", "--until", "2026-11-02T16:00:00Z"])
    assert told.exit_code == 0, told.output
    dips = [line.split() for line in told.output.splitlines() if "  dip  " in line]
    assert [subject for _, _, subject, *_ in dips] == ["telvane"]
    assert "2026-11-02T13:00:00Z" < dips[0][0] <= "2026-11-02T13:30:00Z"


def test_a_bound_that_is_no_instant_is_refused() -> None:
    assert instant_of(None, 7) == 7
    with pytest.raises(SettingsError, match="no instant"):
        instant_of("yesterday", 0)
