"""Grafana-managed alert rules, made from Prometheus' own rules so that the two never differ, and their ways out.

For those who have Grafana send their alerts. compose.yaml has Alertmanager do it and pauses these.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from grafana_foundation_sdk.builders import alerting, expr, prometheus
from grafana_foundation_sdk.models.alerting import RelativeTimeRange

from deploy.grafana.notices import NOTICES, OWN_ADDRESS, templates
from deploy.grafana.panels import SOURCE

RULES = Path(__file__).parents[1] / "prometheus" / "rules" / "vigie.yml"
FOLDER = "Vigie"
OVER = {
    "VigieReputationDip": "6h",
    "VigieAuthorFlood": "6h",
    "VigieVolumeCollapse": "28d",
}  # whose posts to read
FALLS = ("VigieReputationDip", "VigieAuthorFlood")  # their value is a number of points


def rules() -> dict[str, Any]:
    """Grafana's provisioning file of rules: one for each alert of Prometheus."""
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    group = {"orgId": 1, "name": "vigie", "folder": FOLDER, "interval": "1m"}
    return {"apiVersion": 1, "groups": [{**group, "rules": [_rule(alert) for alert in alerts]}]}


def contact_points() -> dict[str, Any]:
    settings = {
        "url": "$VIGIE_ALERT_WEBHOOK",
        "httpMethod": "POST",
        "title": '{{ template "vigie.title" . }}',
        "message": '{{ template "vigie.text" . }}',
    }
    receiver = {
        "uid": "vigie-webhook",
        "type": "webhook",
        "settings": settings,
        "disableResolveMessage": False,
    }
    return {"apiVersion": 1, "contactPoints": [{"orgId": 1, "name": "Vigie", "receivers": [receiver]}]}


def policies() -> dict[str, Any]:
    """Critical at once, warnings when some have gathered, the rest once a week."""
    routes = [
        {"receiver": "Vigie", "object_matchers": [["severity", "=", "critical"]], "group_wait": "10s"},
        {
            "receiver": "Vigie",
            "object_matchers": [["severity", "=", "warning"]],
            "group_wait": "5m",
            "repeat_interval": "1d",
        },
        {"receiver": "Vigie", "object_matchers": [["severity", "=", "info"]], "repeat_interval": "1w"},
    ]
    root = {
        "orgId": 1,
        "receiver": "Vigie",
        "group_by": ["grafana_folder", "alertname"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "12h",
        "routes": routes,
    }
    return {"apiVersion": 1, "policies": [root]}


def messages() -> dict[str, Any]:
    text = f"{OWN_ADDRESS}\n{templates()}"
    return {"apiVersion": 1, "templates": [{"orgId": 1, "name": "vigie", "template": text}]}


def _rule(alert: dict[str, Any]) -> dict[str, Any]:
    name = alert["alert"]
    notice = NOTICES[name]
    asked = (
        prometheus.Dataquery().expr(" ".join(alert["expr"].split())).instant().ref_id("A").datasource(SOURCE)
    )
    fires = (
        expr.TypeMath().expression("is_number($A)").ref_id("fires")
    )  # a series is there only while it fires
    made = (
        alerting.Rule(name)
        .uid(notice.uid)
        .rule_group("vigie")
        .condition("fires")
        .with_query(_query("A").datasource_uid(SOURCE.uid or "").model(asked))
        .with_query(_query("fires").datasource_uid("__expr__").model(fires))
        .for_val(alert.get("for", "0s"))
        .no_data_state("OK")  # no series: nothing fires
        .exec_err_state("Error")
        .labels(alert["labels"])
        .annotations(_annotations(name))
        .build()
        .to_json()
    )
    for key in ("folderUID", "ruleGroup", "orgID"):  # in a file they are the group's
        made.pop(key, None)
    stays = {"keepFiringFor": alert["keep_firing_for"]} if "keep_firing_for" in alert else {}
    return {**made, **stays, "isPaused": "$VIGIE_GRAFANA_ALERTS_PAUSED"}


def _query(ref: str) -> alerting.Query:
    # ten minutes back, as Grafana requires of every query, an instant one too
    return alerting.Query(ref).relative_time_range(RelativeTimeRange(600, 0))


def _annotations(name: str) -> dict[str, str]:
    notice = NOTICES[name]
    found = {
        "summary": notice.title.en,
        "summary_fr": notice.title.fr,
        "description": f"{_sentence(notice.says.en)}. {_sentence(notice.do.en)}",
        "description_fr": f"{_sentence(notice.says.fr)}. {_sentence(notice.do.fr)}",
    }
    if name in OVER:  # not $labels: Grafana would look for it in the environment
        found["evidence"] = f"/company/{{{{ .Labels.company }}}}?over={OVER[name]}"
    if name in FALLS:
        found["points"] = '{{ printf "%.1f" .Values.A.Value }}'
    return found


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
