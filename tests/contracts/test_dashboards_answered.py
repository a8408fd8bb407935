"""Every expression of every dashboard returns data on a real Prometheus that scrapes Vigie's own exporter.

The companies are synthetic; the exporter, the scrape and Prometheus are real. The test has a dip rule of its own, for what
it asks is whether the dashboards see a firing alert, not when one fires (tests of deploy/prometheus do).
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import yaml
from watched_stack import (
    Asked,
    asked,
    dashboards,
    exposed,
    expressions,
    filled,
    free_port,
    running,
    tool,
    until,
)

SEEN_FOR = 12  # seconds of scrapes, so that a slope over 10 s has its points
ASKED = [
    found
    for path, dashboard in dashboards()
    if path.parent.name == "en"
    for found in expressions(path, dashboard)
]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prometheus that has watched the synthetic world for SEEN_FOR seconds."""
    program = tool("prometheus")
    home = tmp_path_factory.mktemp("prometheus")
    dip = {
        "alert": "VigieReputationDip",
        "expr": 'max by (company) (vigie_reputation_score_high{window="1h"}) < 40',
    }
    (home / "dip.yml").write_text(yaml.safe_dump({"groups": [{"name": "dip", "rules": [dip]}]}))
    with exposed() as port:
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(home / "dip.yml")],
            "scrape_configs": [{"job_name": "vigie", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}],
        }
        (home / "prometheus.yml").write_text(yaml.safe_dump(config))
        url = f"http://127.0.0.1:{(own := free_port())}"
        command = [
            program,
            f"--config.file={home / 'prometheus.yml'}",
            f"--storage.tsdb.path={home / 'data'}",
            f"--web.listen-address=127.0.0.1:{own}",
        ]
        with running(command, f"{url}/-/ready", home / "log"):
            seen = f"count_over_time(vigie_ready[1m]) >= {SEEN_FOR}"
            until(lambda: asked(f"{url}/api/v1/query", query=seen)["result"], 40, f"{SEEN_FOR} scrapes")
            yield url


def answer(prometheus: str, found: Asked, company: str) -> list[dict[str, object]]:
    expr = filled(found.expr, company)
    if found.now:
        result = asked(f"{prometheus}/api/v1/query", query=expr)["result"]
    else:
        now = time.time_ns() / 1e9
        result = asked(
            f"{prometheus}/api/v1/query_range", query=expr, start=str(now - 10), end=str(now), step="1"
        )["result"]
    assert isinstance(result, list)
    return result


@pytest.mark.parametrize("found", ASKED, ids=lambda found: found.where)
def test_it_returns_data(prometheus: str, found: Asked) -> None:
    """beta is the company that falls."""
    assert answer(prometheus, found, "beta"), filled(found.expr, "beta")


def test_a_company_of_which_too_little_is_said_has_bounds_and_no_score(prometheus: str) -> None:
    """What the empty states are for: silence in the score, not in the whole page."""
    company = [found for found in ASKED if found.where.startswith("company: ")]
    silent = [found.expr for found in company if not answer(prometheus, found, "zeta")]
    assert silent
    assert all("vigie_reputation_score{" in expr or "ALERTS{" in expr for expr in silent)


def test_all_companies_are_meant_by_all(prometheus: str) -> None:
    (table,) = {found.expr for found in ASKED if "score_low" in found.expr and found.where.endswith("stand?")}
    rows = asked(f"{prometheus}/api/v1/query", query=filled(table, ".+"))["result"]
    assert {row["metric"]["company"]: row["value"][1] for row in rows} == {
        "acme": "54",
        "beta": "13",
        "zeta": "42",
    }


def test_shares_of_voice_add_up_to_one(prometheus: str) -> None:
    (voice,) = {found.expr for found in ASKED if found.where == "reputation: Who is talked about most?"}
    rows = asked(f"{prometheus}/api/v1/query", query=filled(voice, ".+"))["result"]
    assert sum(float(row["value"][1]) for row in rows) == pytest.approx(1)
