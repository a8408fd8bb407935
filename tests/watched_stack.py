"""What tests of deploy/ share: its expressions, the metrics that exist, and a real Prometheus or Alertmanager."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from schemas.reputation import WINDOWS, Baseline, Cohort, Reputation, WindowFigures
from streams.exporting import metrics
from streams.exporting.exporter import serve
from streams.exporting.snapshot import Snapshot
from streams.exporting.vitals import Vitals
from streams.pause import boot_time
from streams.sources.health import Pulse

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
OF_PROMETHEUS = {"ALERTS", "up", "scrape_duration_seconds"}
_NAME = re.compile(r"\b(?:vigie[a-z0-9_:]*|up|ALERTS|scrape_[a-z_]+)\b")


class Asked(NamedTuple):
    """One expression: where it stands, itself, and whether it is asked as of now."""

    where: str
    expr: str
    now: bool


def tool(*names: str) -> str:
    """The first of these programs that is here; skips the test where none is."""
    for name in names:
        if found := shutil.which(name):
            return found
    pytest.skip(f"no {names[0]} on the PATH (Debian has prometheus and prometheus-alertmanager)")


def dashboards() -> list[tuple[Path, dict[str, Any]]]:
    paths = sorted((DEPLOY / "grafana" / "dashboards").glob("*/*.json"))
    return [(path, json.loads(path.read_text("utf-8"))) for path in paths]


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions(path: Path, dashboard: dict[str, Any]) -> Iterator[Asked]:
    """Of panels and annotations, as Grafana sends them."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield Asked(f"{path.stem}: {panel['title']}", target["expr"], bool(target.get("instant")))
    for mark in dashboard.get("annotations", {}).get("list", ()):
        yield Asked(f"{path.stem}: {mark['name']}", mark["expr"], now=False)


def filled(expr: str, company: str = "acme", window: str = "24h") -> str:
    """`expr` with Grafana's variables replaced."""
    chosen = {"$__rate_interval": "10s", "$company": company, "$window": window}
    for variable, value in chosen.items():
        expr = expr.replace(variable, value)
    return expr


def rules() -> list[dict[str, Any]]:
    return [
        rule for path in RULES for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]  # fmt: skip


def known_names() -> set[str]:
    """Metrics that Vigie exports, that rules record, that Prometheus itself has."""
    exported = {
        metric.name + ("_total" if metric.kind == "counter" else "")
        for metric in vars(metrics).values()
        if isinstance(metric, metrics.Metric)
    }
    return exported | {rule["record"] for rule in rules() if "record" in rule} | OF_PROMETHEUS


def names_in(expr: str) -> set[str]:
    """Metric names in `expr`: quoted values and label lists are no names."""
    bare = re.sub(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)", "", re.sub(r'"[^"]*"', '""', expr))
    return set(_NAME.findall(bare))


def synthetic(at: int, beta: int = 2100) -> Snapshot:
    """Three companies: one spoken of in full, one fallen to the score `beta` (1/100 of a point), one of which
    too little is said."""
    return Snapshot(
        ready=True,
        at=at,
        reputations=(
            _company("acme", 6200, at), _company("beta", beta, at), _company("zeta", 5000, at, few=True),
            _company("beta", 4100, at, person="ceo-beta"),
        ),
        mentions={("acme", "negative"): 12, ("acme", "positive"): 40, ("beta", "negative"): 31},
        newest={"acme": at - 60_000, "beta": at - 5_000, "zeta": at - 86_400_000},
        posts={"twitter": at // 1000 % 100_000, "youtube": at // 2000 % 100_000},
        outcomes={"matched": 83, "unmatched": 900, "deletion": 2, "rejected": 5},
        rejects={"not-json": 3, "bad-value": 2},
        lag={("posts.v1", 0): 7, ("posts.v1", 1): 0, ("mentions.v1", 0): 3},
        versions={"watchlist": "w1", "rules": "r1"},
        rules_changed=at / 1000 - 90_000,
        whole=True,
    )  # fmt: skip


def _company(name: str, score: int, at: int, *, few: bool = False, person: str | None = None) -> Reputation:
    windows = tuple(
        WindowFigures(
            window=window, start=at - length, end=at, state="insufficient" if few else "ok", score=score,
            low=score - 800, high=score + 800, prior=0, evidence=200 if few else 4000, weight=2_000 if few else 40_000,
            mentions=(12, 4, 40, 1), net=5400, authors=3300, largest_author=600, coordinated=2,
            platforms={"twitter": 57}, credibility={"ordinary": 50, "suspect": 7},
            disclosures={"working-conditions/explicit/employee": 4, "sensitive/implicit/former-employee": 1},
            rules={"r1": 57}, cohorts=(Cohort("employee", 6, (3, 0, 3, 0)), Cohort("amateur", 30, (9, 4, 37, 1))),
        )
        for window, length in WINDOWS.items()
    )  # fmt: skip
    return Reputation(
        company=name,
        person=person,
        at=at,
        watermark=at,
        offset=1,
        newest=at,
        late=1,
        versions={},
        windows=windows,
        baseline=None if few else Baseline("28d", at - 3_600_000, 6000, 5800, 6200, 90_000),
    )


def touched() -> Vitals:
    """A worker with which all is well."""
    return Vitals(beat=boot_time(), heard=boot_time())


@contextlib.contextmanager
def exposed(world: Callable[[int], Snapshot] = synthetic) -> Iterator[int]:
    """A port on which Vigie's own exporter serves `world` as it is at each moment, and one source."""
    with tempfile.TemporaryDirectory() as home:
        Pulse(Path(home), "bluesky").keep()
        server = serve("127.0.0.1", 0, lambda: world(time.time_ns() // 1_000_000), touched, Path(home))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextlib.contextmanager
def running(command: list[str], ready: str, log: Path) -> Iterator[None]:
    """A server until the block ends; ready when `ready` answers 200."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            until(lambda: answers(ready) or process.poll() is not None, 20, f"{command[0]} at {ready}")
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def watching(exporter: int, home: Path, alertmanager: str = "") -> Iterator[str]:
    """The address of a Prometheus that scrapes the port `exporter` by the shipped rules, evaluated each second."""
    program = tool("prometheus")
    for path in RULES:
        text = re.sub(r"\b(interval|keep_firing_for): \w+", r"\1: 1s", path.read_text("utf-8"))
        (home / path.name).write_text(text)
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s",
                   "external_labels": {"watch": "vigie"}},
        "rule_files": [str(home / path.name) for path in RULES],
        "scrape_configs": [{"job_name": "vigie", "static_configs": [{"targets": [f"127.0.0.1:{exporter}"]}]}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager] if alertmanager else []}]}]},
    }  # fmt: skip
    (home / "prometheus.yml").write_text(yaml.safe_dump(config))
    url = f"http://127.0.0.1:{(own := free_port())}"
    command = [
        program,
        f"--config.file={home / 'prometheus.yml'}",
        f"--storage.tsdb.path={home / 'series'}",
        f"--web.listen-address=127.0.0.1:{own}",
        "--rules.alert.resend-delay=1s",
    ]
    with running(command, f"{url}/-/ready", home / "prometheus.log"):
        yield url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    with (
        contextlib.suppress(urllib.error.URLError, OSError),
        urllib.request.urlopen(url, timeout=2) as answer,  # noqa: S310 - our own server,
    ):
        return bool(answer.status == 200)
    return False


def asked(url: str, **parameters: str) -> Any:
    """The `data` of an answer of Prometheus' HTTP API."""
    query = urllib.parse.urlencode(parameters).encode()
    with urllib.request.urlopen(url, query or None, timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)["data"]


def until(reached: Callable[[], object], seconds: float, what: str) -> None:
    """Look every 50 ms until `reached`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"waited {seconds:g} s for {what}"
        threading.Event().wait(0.05)


def post(url: str, body: object) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - our own server
