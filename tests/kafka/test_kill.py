"""kill -9 of any part in mid-feed: the figures are those of a run that nothing happened to."""

from pathlib import Path

import pytest
from comparing import assert_equal_to_the_recomputation
from made_posts import made_posts
from watching import Watching, total
from watching_fixtures import Start

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
COUNT = 4_000
# some 15 s of feeding: event time runs a day in them
SPEED = str(86_400 / 15)


def counted(watch: Watching) -> float:
    return total(watch.series(), "vigie_records_total")


def kill_in_mid_feed(watch: Watching, *words: str) -> None:
    """kill -9 of the child whose command line has these words, while posts are being counted."""
    before = counted(watch)
    watch.until("counts on", lambda: counted(watch) > before + 100)
    assert counted(watch) < COUNT, "nothing is left to be interrupted: feed more slowly"
    watch.child(*words).kill()


def test_kill_9_of_worker_and_feed_changes_nothing(start: Start, tmp_path: Path, watchlist: Path) -> None:
    lines = made_posts(COUNT)
    source = tmp_path / "posts.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    watch = start("run", "--source", str(source), "--speed", SPEED)
    watch.until_said("watching; figures at")

    for number, part in enumerate(("worker", "feed", "worker"), start=1):
        kill_in_mid_feed(watch, "streams.cli", part)
        watch.until(
            f"notices death {number}", lambda n=number: watch.output().count("was ended by SIGKILL") == n
        )
        watch.until_ready()

    # what the feed had sent after its last kept cursor is sent again: more records, the same posts
    watch.until_said("the source is at its end")
    found = watch.until_counted(COUNT)
    assert_equal_to_the_recomputation(found, lines, watchlist, watch.home, repeats=True)
    assert watch.interrupt() == 0
    assert "Traceback" not in watch.output()


def test_kill_9_of_the_broker_changes_nothing(start: Start, tmp_path: Path, watchlist: Path) -> None:
    lines = made_posts(COUNT, seed=3)
    source = tmp_path / "posts.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    watch = start("run", "--source", str(source), "--speed", SPEED)
    watch.until_said("watching; figures at")

    kill_in_mid_feed(watch, "kafka.Kafka")

    watch.until_said("starting it again")
    watch.until_said("the source is at its end", 120.0)
    found = watch.until_counted(COUNT, 120.0)
    assert_equal_to_the_recomputation(found, lines, watchlist, watch.home, repeats=True)
    assert watch.interrupt() == 0
    assert "Traceback" not in watch.output()
