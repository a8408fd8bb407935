"""Grafana-managed alerts as they are provisioned: the same alerts as Prometheus', in shapes that Grafana reads.

Grafana refuses to start on a wrong provisioning file, so whatever can be seen without it is looked at here.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from watched_stack import DEPLOY, rules, tool

PROVISIONING = DEPLOY / "grafana" / "provisioning"
# pkg/services/provisioning/alerting/rules_types.go, AlertRuleV1 and QueryV1
RULE_FIELDS = {
    "uid", "title", "condition", "data", "dashboardUid", "panelId", "noDataState", "execErrState", "for", "keepFiringFor",
    "annotations", "labels", "isPaused", "notification_settings", "record",
}  # fmt: skip
QUERY_FIELDS = {"refId", "queryType", "relativeTimeRange", "datasourceUid", "model"}
DURATION = re.compile(r"(\d+(ms|[smhdwy]))+")


def provisioned(name: str) -> Any:
    return json.loads((PROVISIONING / "alerting" / f"{name}.json").read_text("utf-8"))


GROUPS = provisioned("rules")["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
POLICY = provisioned("policies")["policies"][0]
TEMPLATE = provisioned("messages")["templates"][0]["template"]


def test_they_are_prometheus_alerts_word_for_word() -> None:
    ours = {rule["alert"]: rule for rule in rules() if "alert" in rule}
    assert {rule["title"] for rule in RULES} == ours.keys()
    for rule in RULES:
        same = ours[rule["title"]]
        assert rule["data"][0]["model"]["expr"].split() == same["expr"].split()
        assert rule["for"] == same.get("for", "0s")
        assert rule.get("keepFiringFor") == same.get("keep_firing_for")
        assert rule["labels"] == same["labels"]


def test_the_folder_is_the_dashboards_and_the_source_is_provisioned() -> None:
    dashboards = yaml.safe_load((PROVISIONING / "dashboards" / "vigie.yaml").read_text("utf-8"))
    sources = yaml.safe_load((PROVISIONING / "datasources" / "vigie.yaml").read_text("utf-8"))
    assert {group["folder"] for group in GROUPS} <= {
        provider["folder"] for provider in dashboards["providers"]
    }
    uids = {source["uid"] for source in sources["datasources"]}
    assert {query["datasourceUid"] for rule in RULES for query in rule["data"]} == uids | {"__expr__"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["title"])
def test_a_rule_has_the_shape_that_grafana_reads(rule: dict[str, Any]) -> None:
    assert rule.keys() <= RULE_FIELDS
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rule["uid"])
    assert all(DURATION.fullmatch(rule[key]) for key in ("for", "keepFiringFor") if key in rule)
    assert rule["noDataState"] in {"NoData", "Alerting", "OK"}
    assert rule["execErrState"] in {"Error", "Alerting", "OK"}
    refs = [query["refId"] for query in rule["data"]]
    assert rule["condition"] in refs
    for query in rule["data"]:
        assert query.keys() <= QUERY_FIELDS
        assert query["model"]["refId"] == query["refId"]
        assert query["relativeTimeRange"]["from"] > query["relativeTimeRange"]["to"]
        for named in re.findall(r"\$(\w+)", query["model"].get("expression", "")):
            assert named in refs
    assert rule["annotations"]["summary"] != rule["annotations"]["summary_fr"]


def test_uids_are_their_own() -> None:
    assert len({rule["uid"] for rule in RULES}) == len(RULES)


def test_every_severity_has_a_policy_and_every_policy_a_contact_point() -> None:
    points = {point["name"] for point in provisioned("contact_points")["contactPoints"]}
    routes = POLICY["routes"]
    assert {route["receiver"] for route in [POLICY, *routes]} <= points
    matched = {
        value for route in routes for label, _, value in route["object_matchers"] if label == "severity"
    }
    assert {rule["labels"]["severity"] for rule in RULES} <= matched
    times = [
        route[key] for route in [POLICY, *routes] for key in route if key.endswith(("_wait", "_interval"))
    ]
    assert all(DURATION.fullmatch(time) for time in times)


def test_every_template_that_is_used_is_defined() -> None:
    settings = json.dumps(provisioned("contact_points"))
    used = set(re.findall(r'template \\?"([\w.]+)\\?"', settings + TEMPLATE))
    defined = re.findall(r'define "([\w.]+)"', TEMPLATE)
    assert used <= set(defined)
    assert len(defined) == len(set(defined))


def test_what_the_files_take_from_the_environment_is_set_by_compose() -> None:
    texts = [path.read_text("utf-8") for path in PROVISIONING.rglob("*.*")]
    wanted = {name for text in texts for name in re.findall(r"\$\{?(VIGIE_\w+)", text)}
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert wanted
    assert wanted <= compose["services"]["grafana"]["environment"].keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["title"])
def test_messages_read_well_and_link_to_this_grafana(rule: dict[str, Any], tmp_path: Path) -> None:
    """Rendered by amtool: Grafana's templates are Alertmanager's, and its data has the same names."""
    alert = {"status": "firing", "labels": {"alertname": rule["title"]}, "annotations": rule["annotations"]}
    data = {
        "status": "firing",
        "externalURL": "https://watch.example/",
        "commonLabels": alert["labels"],
        "alerts": [alert],
    }
    (tmp_path / "data.json").write_text(json.dumps(data))
    (tmp_path / "vigie.tmpl").write_text(TEMPLATE)
    command = [tool("amtool"), "template", "render", f"--template.glob={tmp_path}/*.tmpl"]
    command += [f"--template.data={tmp_path / 'data.json'}", '--template.text={{ template "vigie.text" . }}']
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.count("https://watch.example/d/vigie-") == 2
    assert "//d/" not in text
    assert rule["title"] not in text
