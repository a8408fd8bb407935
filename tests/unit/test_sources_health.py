"""How a source fares: what its feed writes, and what `vigie sources` and /metrics make of it."""

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client import CollectorRegistry, generate_latest

from schemas.post import Post
from schemas.post import Source as Origin
from schemas.reject import Invalid
from streams.cli import cli
from streams.exporting.source_metrics import SourceCollector
from streams.source_commands import duration
from streams.sources import health
from streams.sources.contract import AuthorDelete, Delete, Event, Gap, Recovered, Trouble, Upsert, dropped
from streams.sources.health import LOST, Pulse, label_of, read_health

AT = 1_780_000_000_000
FEED = "rss:https://press.example/feed?key=s3cret"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the time is, to be set: epoch milliseconds."""
    now = [AT]
    monkeypatch.setattr(health, "_now", lambda: now[0])
    return now


def post(number: int, created_at: int = AT) -> Upsert:
    return Upsert(Post(f"rss:{number}", "rss", "Voilà", created_at, Origin("rss")), b"")


def exposed(home: Path) -> str:
    registry = CollectorRegistry()
    registry.register(SourceCollector(home))
    return generate_latest(registry).decode()


async def test_every_event_counts_once_and_a_restart_goes_on_counting(
    tmp_path: Path, clock: list[int]
) -> None:
    lost = dropped("rss", 1, Invalid("bad-time", "no"), b"", AT)
    events: list[Event] = [
        post(1, AT - 90_000), post(2, AT - 5_000), Delete("rss:1", AT), AuthorDelete("rss", "a", AT), lost, lost,
        Gap("an hour is gone"),
    ]  # fmt: skip
    for _ in range(2):
        pulse = Pulse(tmp_path, FEED)
        async with pulse.beating():
            for event in events:
                pulse.note(event)
    (found,) = read_health(tmp_path, AT)
    assert (found.source, found.state) == (FEED, "ended")
    assert found.events == {"posts": 4, "deletions": 2, "authors": 2}
    assert found.dropped == {"bad-time": 4}
    assert (found.gaps, found.gap) == (2, "an hour is gone")
    assert (found.newest, found.lag) == (AT - 5_000, 5_000)


async def test_the_rate_is_that_of_the_last_minute(tmp_path: Path, clock: list[int]) -> None:
    pulse = Pulse(tmp_path, "bluesky")
    for second in range(120):
        clock[0] = AT + second * 1000
        pulse.note(post(second))
        pulse.note(post(1000 + second))
        pulse.keep()
    assert read_health(tmp_path, clock[0])[0].per_minute == 120
    clock[0] += 61_000
    pulse.keep()
    assert read_health(tmp_path, clock[0])[0].per_minute == 0


async def test_trouble_is_shown_until_it_is_over(tmp_path: Path, clock: list[int]) -> None:
    pulse = Pulse(tmp_path, FEED)
    pulse.note(Trouble("press.example answers 429", 34.0))
    pulse.keep()
    (found,) = read_health(tmp_path, AT)
    assert (found.state, found.retry_at, found.error) == ("waiting", AT + 34_000, "press.example answers 429")
    pulse.note(Recovered())
    pulse.keep()
    (found,) = read_health(tmp_path, AT)
    assert (found.state, found.retry_at, found.error_at) == ("running", None, AT)


async def test_how_it_ended_is_kept_and_silence_is_told_from_the_last_sign_of_life(
    tmp_path: Path, clock: list[int]
) -> None:
    for name, error, state in (
        ("one", ValueError("no such page"), "failed"),
        ("two", asyncio.CancelledError(), "stopped"),
    ):
        with pytest.raises(type(error)):
            async with Pulse(tmp_path, name).beating():
                raise error
        assert {one.source: one.state for one in read_health(tmp_path, AT + 9 * LOST)}[name] == state
    Pulse(tmp_path, "killed").keep()
    assert next(one for one in read_health(tmp_path, AT + LOST) if one.source == "killed").state == "running"
    assert next(one for one in read_health(tmp_path, AT + LOST + 1) if one.source == "killed").state == "lost"


async def test_it_keeps_giving_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "EVERY", 0.001)
    pulse = Pulse(tmp_path, "quiet")
    async with asyncio.timeout(5), pulse.beating():
        first = read_health(tmp_path, 0)[0].heard
        while read_health(tmp_path, 0)[0].heard == first:  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.001)


def test_the_command_says_it_all_and_its_status_is_for_scripts(tmp_path: Path) -> None:
    runner, asked = CliRunner(), ["sources", "--home", str(tmp_path)]
    empty = runner.invoke(cli, asked)
    assert (empty.exit_code, "nothing was fed" in empty.output) == (0, True)
    pulse = Pulse(tmp_path, FEED)
    pulse.note(post(1))
    pulse.note(dropped("rss", 1, Invalid("bad-time", "no"), b"", AT))
    pulse.note(Gap("an hour is gone"))
    pulse.keep()
    well = runner.invoke(cli, asked)
    assert well.exit_code == 0
    for words in (FEED, label_of(FEED), "running", "1 posts", "1 bad-time", "an hour is gone"):
        assert words in well.output
    pulse.note(Trouble("press.example answers 429", 600.0))
    pulse.keep()
    waiting = runner.invoke(cli, asked)
    assert waiting.exit_code == 1
    assert "press.example answers 429" in waiting.output
    assert re.search(r"tries again in (9|10) min", waiting.output)
    (line,) = runner.invoke(cli, [*asked, "--json"]).output.splitlines()
    assert '"state":"waiting"' in line


def test_metrics_name_no_address_and_show_one_state(tmp_path: Path) -> None:
    assert exposed(tmp_path) == ""
    pulse = Pulse(tmp_path, FEED)
    pulse.note(post(1))
    pulse.note(dropped("rss", 1, Invalid("bad-time", "no"), b"", AT))
    pulse.note(Trouble("press.example answers 429", 34.0))
    pulse.keep()
    text = exposed(tmp_path)
    label = label_of(FEED)
    assert re.fullmatch("rss-[0-9a-f]{8}", label)
    assert f'vigie_source_state{{source="{label}",state="waiting"}} 1.0' in text
    assert text.count("} 1.0") >= 3
    assert (
        sum(line.endswith(" 1.0") for line in text.splitlines() if line.startswith("vigie_source_state")) == 1
    )
    assert f'vigie_source_events_total{{kind="posts",source="{label}"}} 1.0' in text
    assert f'vigie_source_dropped_total{{reason="bad-time",source="{label}"}} 1.0' in text
    assert "press.example" not in text
    assert label_of("bluesky") == "bluesky"
    (tmp_path / "sources" / "torn.json").write_text("{")
    assert exposed(tmp_path).splitlines()[0] == text.splitlines()[0]


def test_durations_read_well() -> None:
    told = [duration(seconds * 1000) for seconds in (1, 34, 119, 120, 7_199, 7_200, 200_000)]
    assert told == ["1.0 s", "34 s", "119 s", "2 min", "119 min", "2 h", "2 d"]
