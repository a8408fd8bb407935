"""`vigie run` from end to end: a file of posts in, figures on /metrics that a naive recomputation gives too."""

import shutil
import subprocess
from pathlib import Path

import pytest
from made_posts import BROKEN, made_posts
from comparing import assert_equal_to_the_recomputation
from watching import Watching, total
from watching_fixtures import Start

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def test_from_file_to_figures_and_on_after_ctrl_c(start: Start, tmp_path: Path, watchlist: Path) -> None:
    good = made_posts(1_500)
    source = tmp_path / "posts.jsonl"
    source.write_bytes(b"\n".join([*good[:700], *BROKEN, *good[700:]]) + b"\n")

    watch = start("run", "--source", str(source))
    watch.until_said("watching; figures at")
    found = watch.until_counted(len(good))

    assert_equal_to_the_recomputation(found, good, watchlist, watch.home)
    assert total(found, "vigie_rejects_total") == len(BROKEN)
    outcomes = {
        name: total(found, "vigie_records_total", outcome=name)
        for name in ("matched", "unmatched", "deletion", "rejected")
    }
    assert sum(outcomes.values()) == len(good)
    assert min(outcomes["matched"], outcomes["unmatched"], outcomes["deletion"]) > 0
    assert total(found, "vigie_posts_total") == outcomes["matched"] + outcomes["unmatched"]
    assert total(found, "vigie_rejects_total", reason="bad-time") == 1

    assert watch.interrupt() == 0
    assert "Traceback" not in watch.output()
    assert "stopped; the next run goes on from here" in watch.output()

    more = made_posts(200, seed=2, start=1_780_086_400_000, span=3_600_000)
    with source.open("ab") as file:
        file.write(b"\n".join(more) + b"\n")
    again = start("run", "--source", str(source))
    again.until_said("watching; figures at")
    found = again.until_counted(len(good) + len(more))
    assert_equal_to_the_recomputation(found, good + more, watchlist, again.home)
    assert total(found, "vigie_records_total") == len(good) + len(more), "nothing is repeated"
    assert total(found, "vigie_rejects_total") == len(BROKEN)
    check_with_promtool(again)
    assert again.interrupt() == 0
    assert "Traceback" not in again.output()


def check_with_promtool(watch: Watching) -> None:
    if promtool := shutil.which("promtool"):
        text = watch._get("/metrics") or ""
        checked = subprocess.run(
            [promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False
        )
        assert checked.returncode == 0, checked.stderr
        assert checked.stderr == ""


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed: exposition not linted"
)
def test_promtool_is_there_to_lint_the_exposition() -> None:
    assert subprocess.run(["promtool", "--version"], capture_output=True, check=False).returncode == 0


def test_two_watches_side_by_side_know_nothing_of_each_other(start: Start, tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.jsonl" for name in ("a", "b")}
    for seed, (name, file) in enumerate(files.items()):
        file.write_bytes(b"\n".join(made_posts(100 + 50 * seed, seed=seed)) + b"\n")
    watches = {name: start("run", "--source", str(file), home=name) for name, file in files.items()}
    counts = {
        name: total(watches[name].until_counted(count), "vigie_records_total")
        for name, count in (("a", 100), ("b", 150))
    }
    assert counts == {"a": 100, "b": 150}
    for watch in watches.values():
        assert watch.interrupt() == 0
