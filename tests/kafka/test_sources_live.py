"""Every platform's real adapter, by `vigie feed`, from a loopback server that plays it into real topics and figures."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import serving
from made_posts import WATCHLIST
from platforms import DOORS, POLLED, SECRETS, STREAMS, Door, Platform, Stage
from producing import consume
from watching import Watching, free_address, total

from streams.feed import Cursor
from streams.sources.health import Health, read_health
from streams.sources.opening import open_source

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watching]:
    """One watch over a Kafka of its own, fed by nobody yet."""
    folder = tmp_path_factory.mktemp("watch")
    watchlist = folder / "watchlist.toml"
    watchlist.write_text(WATCHLIST)
    one = Watching(
        ["run", "--no-feed", "--watchlist", str(watchlist)], folder / "home", free_address(folder, "home")
    )
    try:
        one.until_said("watching; figures at")
        yield one
    finally:
        one.close()


def bootstrap(watch: Watching) -> str:
    """The embedded Kafka's address, as its worker was told it."""
    return dict(watch.child("streams.cli", "worker").environ())["VIGIE_BROKER"]


class Feed:
    """`vigie feed` of one platform, to be killed and started again."""

    def __init__(
        self, watch: Watching, home: Path, port: int, source: str, environment: dict[str, str] | None = None
    ) -> None:
        self._home = home
        given = {"port": str(port), "watchlist": str(watch.home.parent / "watchlist.toml")}
        source = source.format(**given)
        named = {name: value.format(**given) for name, value in (environment or {}).items()}
        shared = {"VIGIE_BROKER": bootstrap(watch), "VIGIE_KEYS": str(watch.home / "keys.sqlite")}
        self._environment = {**os.environ, **SECRETS, **named, **shared}
        self._command = [sys.executable, "-m", "streams.cli", "feed", "--home", str(home), "--source", source]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._home / "feed.log").open("ab") as said:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=said, stderr=said)

    def health(self) -> Health | None:
        return next(iter(read_health(self._home, 0)), None)

    def kept(self) -> bool:
        return any((self._home / "cursors").glob("*.json"))

    def end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(10)

    def __repr__(self) -> str:
        return f"{self.health()}\n{(self._home / 'feed.log').read_text()}"


def posts_of(watch: Watching, platform: str) -> list[dict[str, object]]:
    records = asyncio.run(consume(bootstrap(watch), "posts.v1"))
    found = [json.loads(value) for _, value in records]
    return [
        one
        for one in found
        if str(one["key"]).startswith(f"{platform}:")
        and not one.get("deleted")
        and one.get("kind") != "author"
    ]


class Shown:
    """Mentions of a platform in the figures, beyond those that were there before."""

    def __init__(self, watch: Watching, platform: str) -> None:
        self._watch = watch
        self._platform = platform
        self._before = (0.0, 0.0)
        self._before = self()

    def __call__(self) -> tuple[float, float]:
        series = self._watch.series()
        found = [
            total(
                series, "vigie_reputation_platform_mentions",
                company=company, window="24h", platform=self._platform,
            )
            for company in ("nordelle", "velmont-air")
        ]  # fmt: skip
        return found[0] - self._before[0], found[1] - self._before[1]


@pytest.mark.parametrize("platform", [*STREAMS, *POLLED], ids=lambda platform: platform.name)
def test_a_platform_s_posts_are_in_the_figures_once_through_kill_9(
    watch: Watching, platform: Platform, tmp_path: Path
) -> None:
    stage = Stage()

    shown = Shown(watch, platform.name)
    known = {post["key"] for post in posts_of(watch, platform.name)}
    with serving(platform.app(stage)) as port:
        feed = Feed(watch, tmp_path, port, platform.source, platform.environment)
        if platform.cursor is not None:
            name = open_source(platform.source.format(port=port)).name
            Cursor(tmp_path / "cursors", name).keep(platform.cursor)
        try:
            feed.start()
            watch.until(f"the first posts are counted {feed!r}", lambda: shown() == (4, 0))
            watch.until("a cursor is kept", feed.kept)
            feed.end(signal.SIGKILL)
            stage.number = 2
            feed.start()
            standing = 6 - platform.edits - platform.deletes
            watch.until(
                f"all is counted {feed!r}",
                lambda: shown() == (standing, platform.edits),
                40,
            )
            feed.end(signal.SIGTERM)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{feed!r}") from error
        finally:
            feed.end(signal.SIGKILL)
            stage.over.set()
    health = feed.health()
    assert health is not None
    assert (health.state, health.gaps) == ("stopped", 0)
    assert health.error is not None, "the server's trouble was told"
    assert stage.failed == {1, 2}
    written = {post["key"] for post in posts_of(watch, platform.name)}
    assert len(written - known) == 6 + platform.withdraws
    assert total(watch.series(), "vigie_rejects_total", reason="unjudged") == 0
    if platform.withdraws:
        assert health.events["authors"] == 1


def delivered(door: Door, port: int, body: bytes, headers: dict[str, str]) -> int:
    """The answer's status; 0 where nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{door.path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}-webhook")
def test_what_is_brought_to_the_door_is_in_the_figures_once_through_kill_9(
    watch: Watching, door: Door, tmp_path: Path
) -> None:
    shown = Shown(watch, door.name)
    first, second = (json.dumps(door.delivery(stage)).encode() for stage in (1, 2))
    port = int(free_address(tmp_path, "door").rpartition(":")[2])
    feed = Feed(watch, tmp_path, port, "webhook:{port}")
    try:
        feed.start()
        watch.until("the door opens", lambda: delivered(door, port, first, {}) == 401)
        assert delivered(door, port, first, door.signed(second)) == 401, "another body's signature"
        assert delivered(door, port, first, door.signed(first)) == 200
        watch.until("the first posts are counted", lambda: shown() == (4, 0))
        feed.end(signal.SIGKILL)
        assert delivered(door, port, second, door.signed(second)) == 0
        feed.start()
        watch.until("the sender is heard", lambda: delivered(door, port, second, door.signed(second)) == 200)
        watch.until("all is counted", lambda: shown() == (4, 1), 40)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{feed!r}") from error
    finally:
        feed.end(signal.SIGKILL)
