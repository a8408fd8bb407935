"""The Prometheus rules: valid, tested by promtool, and of one mind with `vigie backtest`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from agents.standing.dips import DipSettings

PROMETHEUS = Path(__file__).parents[2] / "deploy" / "prometheus"
RULES = (PROMETHEUS / "rules" / "vigie.yml").read_text("utf-8")
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="no promtool here (Debian: apt-get install prometheus)"
)


@needs_promtool
@pytest.mark.parametrize(
    "command", [("check", "rules", "--lint-fatal", "rules/vigie.yml"), ("test", "rules", "tests/vigie.yml")]
)
def test_promtool_agrees(command: tuple[str, ...]) -> None:
    done = subprocess.run(["promtool", *command], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_the_promtool_tests_would_notice(tmp_path: Path) -> None:
    """A rule that forgets the flood, or the evidence, fails them."""
    shutil.copytree(PROMETHEUS, tmp_path / "p")
    for part in ("unless on (company) vigie:largest_author:ratio > 0.3333", "points6h > 0", ">= bool 8"):
        assert part in RULES
        mutant = {"points6h > 0": "points6h > -9", ">= bool 8": ">= bool 1"}.get(part, "")
        (tmp_path / "p" / "rules" / "vigie.yml").write_text(RULES.replace(part, mutant, 1), "utf-8")
        done = subprocess.run(
            ["promtool", "test", "rules", "tests/vigie.yml"],
            cwd=tmp_path / "p",
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, part


def test_the_rules_state_what_backtest_runs() -> None:
    settings = DipSettings()
    for number, text in (
        (settings.delta / 100, r"vigie:reputation_fall:points1h > (\d+)"),
        (0, r"vigie:reputation_fall:points6h > (\d+)"),
        (settings.short_evidence / 100, r'window="1h"}\) >= bool (\d+)'),
        (settings.long_evidence / 100, r'window="6h"}\) >= bool (\d+)'),
        (settings.largest_author / 10_000, r"vigie:largest_author:ratio > ([\d.]+)"),
        (settings.collapse / 10_000, r"sum24h \* 28 < ([\d.]+)"),
        (settings.collapse_expected * 28, r"sum28d >= (\d+)"),
    ):
        stated = re.findall(text, RULES)
        assert stated, text
        assert {float(value) for value in stated} == {number}


def test_every_alert_has_a_page_to_turn_to() -> None:
    pages = {
        line.removeprefix("## ").lower()
        for line in (PROMETHEUS / "alerts.md").read_text("utf-8").splitlines()
        if line.startswith("## ")
    }
    linked = re.findall(r"runbook: deploy/prometheus/alerts.md#(\w+)", RULES)
    assert set(linked) == pages == {name.lower() for name in re.findall(r"alert: (\w+)", RULES)}
    assert len(re.findall("severity:", RULES)) == len(linked) == len(re.findall("summary:", RULES))
