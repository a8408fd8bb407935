"""Real posts end to end: 14,640 tweets to US airlines, every one of them accounted for. Reads ../shared/data."""

import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from watching import Series, total
from watching_fixtures import Start

ROOT = Path(__file__).parents[2]
TWEETS = Path(os.environ.get("VIGIE_SHARED") or ROOT.parent / "shared") / "data" / "en_airline_posts.csv.gz"
AIRLINES = {
    "american-airlines", "delta", "jetblue", "southwest-airlines", "united-airlines", "us-airways", "virgin-america",
}  # fmt: skip
ROWS = 14_640

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.evaluation,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not TWEETS.exists(), reason=f"{TWEETS.name} is not at hand in ../shared/data"),
]


def test_every_tweet_is_a_mention_or_no_company_or_a_reject_within_a_minute(start: Start) -> None:
    started = time.monotonic()
    watch = start(
        "run", "--watchlist", str(ROOT / "deploy" / "watchlist.toml"), "--source", str(TWEETS),
        "--map", "platform==twitter", "--map", "author.handle=author",
    )  # fmt: skip
    found = watch.until_counted(ROWS)
    assert time.monotonic() - started < 60.0

    outcomes = {
        name: total(found, "vigie_records_total", outcome=name)
        for name in ("matched", "unmatched", "rejected")
    }
    print(outcomes, {name: mentions(found, name) for name in sorted(AIRLINES)})
    assert total(found, "vigie_posts_total") == total(found, "vigie_posts_total", platform="twitter") == ROWS
    assert sum(outcomes.values()) == total(found, "vigie_records_total") == ROWS
    assert total(found, "vigie_rejects_total") == outcomes["rejected"] == 0
    assert all(mentions(found, name) > 50 for name in AIRLINES)

    lint(watch.address)
    assert watch.interrupt() == 0


def mentions(found: Series, company: str) -> float:
    return total(found, "vigie_mentions_total", company=company)


def lint(address: str) -> None:
    """`promtool check metrics` has nothing to say of the exposition."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool (Debian's package prometheus) is not installed: exposition not linted")
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
        said = subprocess.run(
            [promtool, "check", "metrics"], input=answer.read(), capture_output=True, check=False
        )
    assert (said.returncode, said.stderr, said.stdout) == (0, b"", b"")
