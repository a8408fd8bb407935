"""The committed dashboards: in step with their code, and fit for people who are no engineers."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard
from watched_stack import (
    DEPLOY,
    Asked,
    dashboards,
    expressions,
    filled,
    known_names,
    names_in,
    panels,
    rules,
    tool,
)

from deploy.grafana.generate import files

ALL = dashboards()
ASKED = [asked for path, dashboard in ALL for asked in expressions(path, dashboard)]
each = pytest.mark.parametrize(
    ("path", "dashboard"), ALL, ids=lambda v: f"{v.parent.name}-{v.stem}" if isinstance(v, Path) else ""
)


def test_what_is_committed_is_what_the_code_makes() -> None:
    made = dict(files())
    assert {path: path.read_text("utf-8") for path in made} == made, "run: python -m deploy.grafana.generate"
    assert {path for path, _ in ALL} <= made.keys(), "a dashboard that no code makes"


@each
def test_grafana_s_own_types_read_it_back(path: Path, dashboard: dict[str, Any]) -> None:
    read = json.loads(json.dumps(Dashboard.from_json(dashboard), cls=JSONEncoder))
    assert read["uid"] == dashboard["uid"]
    assert len(read["panels"]) == len(dashboard["panels"]) > 5


def test_there_are_three_pages_in_each_language_with_addresses_of_their_own() -> None:
    assert sorted(dashboard["uid"] for _, dashboard in ALL) == [
        "vigie-company", "vigie-company-fr", "vigie-reputation", "vigie-reputation-fr", "vigie-stream", "vigie-stream-fr",
    ]  # fmt: skip


@each
def test_every_panel_asks_explains_and_says_why_it_is_empty(path: Path, dashboard: dict[str, Any]) -> None:
    for panel in panels(dashboard):
        assert panel["title"].endswith("?"), panel["title"]
        assert len(panel["title"]) <= 50, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        defaults = panel["fieldConfig"]["defaults"]
        assert len(defaults["noValue"]) > 20, panel["title"]
        assert defaults["unit"], panel["title"]
        assert defaults["thresholds"]["steps"][0]["value"] is None, panel["title"]


def test_the_french_pages_are_the_english_ones_in_french() -> None:
    by_uid = {dashboard["uid"]: dashboard for _, dashboard in ALL}
    for uid in ("vigie-reputation", "vigie-company", "vigie-stream"):
        for english, french in zip(panels(by_uid[uid]), panels(by_uid[f"{uid}-fr"]), strict=True):
            assert [t["expr"] for t in english["targets"]] == [t["expr"] for t in french["targets"]]
            assert english["gridPos"] == french["gridPos"]
            assert english["title"] != french["title"]
            assert english["description"] != french["description"]
            silent = [panel["fieldConfig"]["defaults"]["noValue"] for panel in (english, french)]
            assert silent[0] != silent[1]


@each
def test_no_panel_lies_over_another_or_beyond_the_page(path: Path, dashboard: dict[str, Any]) -> None:
    places = [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]
    for title, place in places:
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24, title
    for (one, a), (other, b) in itertools.combinations(places, 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or above, f"{one} lies over {other}"


@each
def test_links_lead_to_pages_in_the_right_language(path: Path, dashboard: dict[str, Any]) -> None:
    language = path.parent.name
    uids = {dashboard["uid"] for _, dashboard in ALL}
    outward = [link["url"] for link in dashboard["links"] if not link["url"].startswith("/d/")]
    links = {link["url"].removeprefix("/d/") for link in dashboard["links"]} - set(outward)
    assert links <= uids
    assert sum(uid.endswith("-fr") for uid in links) == (1 if language == "en" else 2)
    drills = [
        found["url"]
        for panel in panels(dashboard)
        for override in panel["fieldConfig"]["overrides"]
        for prop in override["properties"]
        if prop["id"] == "links"
        for found in prop["value"]
    ]
    target = "/d/vigie-company?" if language == "en" else "/d/vigie-company-fr?"
    posts = [url for url in (*outward, *drills) if url.startswith("${evidence}/company/$")]
    assert all(url.endswith(f"?from=${{__from}}&to=${{__to}}&lang={language}") for url in posts)
    assert len(posts) == (0 if "stream" in dashboard["uid"] else 1)
    assert all(drill.startswith(target) for drill in set(drills) - set(posts))
    assert bool(drills) == (dashboard["uid"].startswith("vigie-reputation"))
    addresses = [one for one in dashboard.get("templating", {}).get("list", ()) if one["name"] == "evidence"]
    assert [one["query"] for one in addresses] == ["http://localhost:9613"] * len(posts)


@each
def test_every_source_is_the_one_that_is_provisioned(path: Path, dashboard: dict[str, Any]) -> None:
    provisioned = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/vigie.yaml").read_text("utf-8"))
    uids = {source["uid"] for source in provisioned["datasources"]}
    asked = [panel["datasource"] for panel in panels(dashboard)]
    asked += [target["datasource"] for panel in panels(dashboard) for target in panel["targets"]]
    asked += [
        variable["datasource"]
        for variable in dashboard.get("templating", {}).get("list", ())
        if "datasource" in variable
    ]
    asked += [mark["datasource"] for mark in dashboard.get("annotations", {}).get("list", ())]
    assert {source["uid"] for source in asked} <= uids


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.where)
def test_every_metric_exists(asked: Asked) -> None:
    names = names_in(asked.expr)
    assert names, asked.expr
    assert names <= known_names()


def test_every_expression_parses(tmp_path: Path) -> None:
    promtool = tool("promtool")
    records = [{"record": f"asked:{i}", "expr": filled(asked.expr)} for i, asked in enumerate(ASKED)]
    wrapped = tmp_path / "asked.yml"
    wrapped.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": records}]}))
    checked = subprocess.run(
        [promtool, "check", "rules", wrapped], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert f"{len(ASKED)} rules" in checked.stdout


def test_every_unit_is_one_that_grafana_has() -> None:
    known = {value for value in vars(units).values() if isinstance(value, str)}
    used = {panel["fieldConfig"]["defaults"]["unit"] for _, dashboard in ALL for panel in panels(dashboard)}
    assert used <= known


def test_pages_that_rules_link_to_are_there() -> None:
    linked = [rule["annotations"]["dashboard"] for rule in rules() if "alert" in rule]
    uids = {dashboard["uid"] for _, dashboard in ALL}
    assert linked
    assert {link.removeprefix("/d/").partition("?")[0] for link in linked} <= uids
