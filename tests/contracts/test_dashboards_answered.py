"""Every expression of every dashboard returns data on a real Prometheus that scrapes Vigie's own exporter.

The companies are synthetic; the exporter, the scrape, the rules and Prometheus are real.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from watched_stack import (
    Asked,
    asked,
    dashboards,
    exposed,
    expressions,
    filled,
    rules,
    until,
    watching,
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
    home = tmp_path_factory.mktemp("prometheus")
    with exposed() as port, watching(port, home) as url:
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
    may = ("vigie_reputation_score{", "ALERTS{", "vigie_reputation_baseline_low{", "vigie_person_")
    assert not [expr for expr in silent if not any(name in expr for name in may)]


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


@pytest.mark.parametrize(
    "name",
    # what is compared with an hour ago is there after an hour: promtool's tests have it
    [rule["record"] for rule in rules() if "record" in rule and "offset 1h" not in rule["expr"]],
)
def test_what_rules_record_is_there(prometheus: str, name: str) -> None:
    assert asked(f"{prometheus}/api/v1/query", query=name)["result"]


def test_of_the_synthetic_companies_only_the_one_that_fell_is_alerted(prometheus: str) -> None:
    firing = asked(f"{prometheus}/api/v1/query", query='ALERTS{alertstate="firing"}')["result"]
    assert {(row["metric"]["alertname"], row["metric"]["company"]) for row in firing} == {
        ("VigieReputationDip", "beta")
    }
