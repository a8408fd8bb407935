"""Alertmanager as it is shipped: its files are sound, each alert finds its people, and real messages have the right words."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from watched_stack import (
    DEPLOY,
    RULES,
    asked,
    exposed,
    free_port,
    post,
    rules,
    running,
    synthetic,
    tool,
    until,
    watching,
)

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"
ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}


def test_the_files_are_sound() -> None:
    checked = subprocess.run(
        [tool("amtool"), "check-config", CONFIG], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_prometheus_takes_its_configuration_with_the_rules_beside_it() -> None:
    config = DEPLOY / "prometheus" / "prometheus.yml"
    checked = subprocess.run(
        [tool("promtool"), "check", "config", config], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(RULES)} rule files found" in checked.stdout


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_finds_its_people(name: str) -> None:
    labels = {"alertname": name, "watch": "vigie", "company": "acme", **ALERTS[name]["labels"]}
    given = [f"{label}={value}" for label, value in labels.items()]
    routed = subprocess.run(
        [tool("amtool"), "config", "routes", "test", f"--config.file={CONFIG}", *given],
        capture_output=True,
        text=True,
        check=True,
    )
    people = {"VigieReputationDip", "VigieAuthorFlood", "VigieVolumeCollapse"}
    assert routed.stdout.split() == ["communication" if name in people else "engineers"]


def test_no_route_and_no_inhibition_names_an_alert_that_no_rule_has() -> None:
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    matchers = [matcher for route in config["route"]["routes"] for matcher in route["matchers"]]
    matchers += [
        m for rule in config["inhibit_rules"] for m in rule["source_matchers"] + rule["target_matchers"]
    ]
    named = {
        name
        for matcher in matchers
        if matcher.startswith("alertname")
        for name in matcher.split('"')[1].split("|")
    }
    assert named
    assert named <= ALERTS.keys()


class Watch(NamedTuple):
    """A running Alertmanager and what it has sent, newest last: (people, message)."""

    url: str
    sent: list[tuple[str, dict[str, Any]]]

    def alerts(self, *alerts: dict[str, Any]) -> None:
        post(f"{self.url}/api/v2/alerts", list(alerts))

    def told(self, words: str) -> list[tuple[str, dict[str, Any]]]:
        return [(people, told) for people, told in self.sent if words in json.dumps(told, ensure_ascii=False)]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Alertmanager with the shipped configuration, but without waits and with messages to ourselves."""
    program = tool("prometheus-alertmanager", "alertmanager")
    sent: list[tuple[str, dict[str, Any]]] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")
            sent.append((self.path.strip("/"), json.loads(body)))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Not to the screen."""

    chat = HTTPServer(("127.0.0.1", 0), Chat)
    thread = threading.Thread(target=chat.serve_forever, daemon=True)
    thread.start()
    shutil.copytree(CONFIG.parent / "templates", tmp_path / "templates")
    for people in ("communication", "engineers"):
        (tmp_path / people).write_text(f"http://127.0.0.1:{chat.server_port}/{people}")
    (tmp_path / "alertmanager.yml").write_text(json.dumps(_at_once(tmp_path)))
    own = free_port()
    command = [
        program,
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{own}",
        "--cluster.listen-address=",
    ]
    try:
        with running(command, f"http://127.0.0.1:{own}/-/ready", tmp_path / "log"):
            yield Watch(f"http://127.0.0.1:{own}", sent)
    finally:
        chat.shutdown()
        chat.server_close()
        thread.join()


def _at_once(here: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(CONFIG.read_text("utf-8"))
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "500ms", "group_interval": "1s"}
    for receiver in config["receivers"]:
        for chat in receiver["slack_configs"]:
            chat["api_url_file"] = str(here / Path(chat["api_url_file"]).name)
    return config


def firing(name: str, **labels: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": name, "watch": "vigie", **ALERTS[name]["labels"], **labels},
        "annotations": {"points": "7.4"} if "company" in labels else {},
    }


def test_a_dip_is_told_in_both_languages_with_a_link_and_its_end_too(watch: Watch) -> None:
    dip = firing("VigieReputationDip", company="acme")
    watch.alerts(dip)
    until(lambda: watch.sent, 15, "the message")
    (people, message), *_ = watch.sent
    (told,) = message["attachments"]
    assert people == "communication"
    assert told["title"] == "La réputation chute · acme · Reputation is falling · acme"
    assert "acme : l'opinion des dernières heures est plus basse que d'habitude" in told["text"]
    assert "(7.4 points de moins)" in told["text"]
    assert "Voir : http://localhost:3000/d/vigie-company-fr?var-company=acme" in told["text"]
    assert "acme: opinion of the last hours lies below what was usual" in told["text"]
    assert "See: http://localhost:3000/d/vigie-company?var-company=acme" in told["text"]
    assert "What to do: read who says what" in told["text"]
    watch.alerts(dip | {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-01T00:00:01Z"})
    until(lambda: watch.told("Terminé : La réputation chute"), 15, "its end")
    assert "Over: acme: opinion" in watch.told("Terminé")[0][1]["attachments"][0]["text"]


def test_a_dip_goes_from_the_exposition_to_people_and_is_over_when_opinion_is_back(
    watch: Watch, tmp_path: Path
) -> None:
    """Exporter, Prometheus, rules and Alertmanager are real; the company's score is scripted."""
    beta = [6200]
    with (
        exposed(lambda at: synthetic(at, beta=beta[0])) as port,
        watching(port, tmp_path, watch.url.removeprefix("http://")) as prometheus,
    ):
        fell = 'vigie:reputation_fall:points1h{company="beta"}'
        until(lambda: asked(f"{prometheus}/api/v1/query", query=fell)["result"], 20, "the rules' first round")
        assert not watch.sent
        beta[0] = 2100
        until(lambda: watch.told("La réputation chute · beta"), 30, "the message")
        text = watch.told("chute · beta")[0][1]["attachments"][0]["text"]
        assert "See: http://localhost:3000/d/vigie-company?var-company=beta" in text
        assert re.search(
            r"Read the posts: http://localhost:9613/company/beta\?over=6h&to=\d{10}&lang=en\n", text
        ), text
        assert re.search(r"\(-?\d+\.\d points below\)", text), "how far it fell"
        beta[0] = 6200
        until(lambda: watch.told("Terminé : La réputation chute · beta"), 30, "its end")
    assert {people for people, _ in watch.sent} == {"communication"}


def test_companies_that_fall_together_make_one_message(watch: Watch) -> None:
    watch.alerts(*(firing("VigieReputationDip", company=name) for name in ("acme", "beta", "zeta")))
    until(lambda: watch.sent, 15, "the message")
    (message,) = (told for _, told in watch.sent)
    assert message["attachments"][0]["title"].endswith("Reputation is falling · acme · beta · zeta")


def test_an_outage_silences_the_dips_that_it_feigns(watch: Watch) -> None:
    """The flood of a company comes with the outage; the change of rules, sent last, shows that all was handled."""
    watch.alerts(firing("VigieIngestOutage"))
    until(lambda: watch.told("No post comes in"), 15, "the outage")
    watch.alerts(firing("VigieReputationDip", company="acme"), firing("VigieAuthorFlood", company="acme"))
    watch.alerts(firing("VigieRulesChanged"))
    until(lambda: watch.told("new rules"), 15, "what is not silenced")
    assert {people for people, _ in watch.sent} == {"engineers"}
    assert not watch.told("acme")


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_has_words_of_its_own_in_both_languages(name: str, tmp_path: Path) -> None:
    data = {
        "status": "firing",
        "commonLabels": {"alertname": name},
        "alerts": [{"status": "firing", "labels": {"alertname": name}}],
    }
    (tmp_path / "data.json").write_text(json.dumps(data))
    command = [tool("amtool"), "template", "render", f"--template.glob={CONFIG.parent / 'templates'}/*.tmpl"]
    command += [f"--template.data={tmp_path / 'data.json'}", '--template.text={{ template "vigie.text" . }}']
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert name not in text
    assert text.count("http://localhost:3000/d/vigie-") == 2
    assert "—" not in text
