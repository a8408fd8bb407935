"""A real Grafana, where one is named by VIGIE_GRAFANA_HOME (an unpacked distribution): provisioned from deploy/, it takes
every file without complaint, every panel's question has an answer, and a dip reaches a webhook with the right words."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from watched_stack import (
    DEPLOY,
    asked,
    dashboards,
    exposed,
    expressions,
    filled,
    free_port,
    rules,
    running,
    until,
    watching,
)

pytestmark = pytest.mark.timeout(240)
HOME = os.environ.get("VIGIE_GRAFANA_HOME")
SIGNED = base64.b64encode(b"admin:admin").decode()
EMPTY = {"ALERTS"}  # asked of by annotations: no dip has fired yet when panels are asked


class Served(NamedTuple):
    url: str
    log: Path
    told: list[dict[str, Any]]


class _Webhook(BaseHTTPRequestHandler):
    told: list[dict[str, Any]]

    def do_POST(self) -> None:
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Quiet."""


@pytest.fixture(scope="module")
def grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not HOME:
        pytest.skip("no Grafana is named by VIGIE_GRAFANA_HOME: its files are checked by its types alone")
    home, told = tmp_path_factory.mktemp("grafana"), list[dict[str, Any]]()
    webhook = HTTPServer(("127.0.0.1", 0), type("Webhook", (_Webhook,), {"told": told}))
    threading.Thread(target=webhook.serve_forever, daemon=True).start()
    with exposed() as port, watching(port, home) as prometheus:
        seen = "count_over_time(vigie_ready[1m]) >= 12"
        until(lambda: asked(f"{prometheus}/api/v1/query", query=seen)["result"], 40, "12 scrapes")
        url = f"http://127.0.0.1:{(own := free_port())}"
        provision(home)
        environment = {
            "GF_SERVER_HTTP_ADDR": "127.0.0.1", "GF_SERVER_HTTP_PORT": str(own), "GF_SERVER_ROOT_URL": f"{url}/",
            "GF_PATHS_DATA": str(home / "data"), "GF_PATHS_LOGS": str(home / "logs"),
            "GF_PATHS_PROVISIONING": str(home / "provisioning"), "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false", "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            "GF_UNIFIED_ALERTING_MIN_INTERVAL": "1s", "VIGIE_PROMETHEUS_URL": prometheus,
            "VIGIE_GRAFANA_ALERTS_PAUSED": "false", "VIGIE_EVIDENCE_URL": "http://localhost:9613",
            "VIGIE_ALERT_WEBHOOK": f"http://127.0.0.1:{webhook.server_port}/",
        }  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            command = [str(Path(HOME) / "bin" / "grafana"), "server", f"--homepath={HOME}"]
            with running(command, f"{url}/api/health", home / "grafana.log"):
                yield Served(url, home / "grafana.log", told)
    webhook.shutdown()
    webhook.server_close()


def provision(home: Path) -> None:
    """deploy/'s own files, the dashboards' folder where it is here, waits of minutes made seconds."""
    shutil.copytree(DEPLOY / "grafana" / "provisioning", home / "provisioning")
    source = home / "provisioning" / "dashboards" / "vigie.yaml"
    text = source.read_text("utf-8").replace(
        "/etc/grafana/dashboards/vigie", str(DEPLOY / "grafana" / "dashboards")
    )
    source.write_text(text)
    for path in (home / "provisioning" / "alerting").glob("*.json"):
        hurried = re.sub(
            r'"(group_wait|group_interval|interval|for)": "\w+"', r'"\1": "1s"', path.read_text("utf-8")
        )
        path.write_text(hurried.replace('"interval": "1s"', '"interval": "10s"'))


def call(grafana: Served, path: str, body: object = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{grafana.url}{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Basic {SIGNED}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def test_it_takes_every_file_without_complaint(grafana: Served) -> None:
    uids = {board["uid"] for _, board in dashboards()}
    until(
        lambda: {one["uid"] for one in call(grafana, "/api/search?type=dash-db")} >= uids,
        30,
        "all dashboards",
    )
    provisioned = {one["title"] for one in call(grafana, "/api/v1/provisioning/alert-rules")}
    assert provisioned == {rule["alert"] for rule in rules() if "alert" in rule}
    complaints = [
        line for line in grafana.log.read_text().splitlines() if re.search(r"level=(error|crit)", line)
    ]
    assert not [line for line in complaints if "provision" in line or "dashboard" in line], complaints[:5]


def test_every_panel_has_an_answer(grafana: Served) -> None:
    now = time.time_ns() // 1_000_000
    silent = []
    for path, board in dashboards():
        for one in expressions(path, board):
            query = {
                "refId": "A", "datasource": {"uid": "vigie-prometheus", "type": "prometheus"},
                "expr": filled(one.expr), "instant": one.now, "range": not one.now, "intervalMs": 1000, "maxDataPoints": 100,
            }  # fmt: skip
            asked_for = {"queries": [query], "from": str(now - 10_000), "to": str(now)}
            frames = call(grafana, "/api/ds/query", asked_for)["results"]["A"]["frames"]
            if not any(frame["data"]["values"] for frame in frames) and not any(
                name in one.expr for name in EMPTY
            ):
                silent.append(one.where)
    assert silent == []


def test_a_dip_reaches_the_webhook_in_both_languages_with_its_links(grafana: Served) -> None:
    until(lambda: any("beta" in json.dumps(one) for one in grafana.told), 120, "the dip's message")
    told = next(one for one in grafana.told if "beta" in json.dumps(one) and one["status"] == "firing")
    assert "La réputation chute" in told["title"]
    assert f"{grafana.url}/d/vigie-company?var-company=beta" in told["message"]
    assert "http://localhost:9613/company/beta?over=6h&lang=fr" in told["message"]
    assert re.search(r"\(-?\d+\.\d points below\)", told["message"])
