"""What people look at, over a real watch: the evidence page, a correction and its replay, the audit report, and every
expression of every rule and dashboard asked of a real Prometheus that scrapes it."""

from __future__ import annotations

import json
import re
import shutil
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from watched_stack import asked, dashboards, expressions, filled, rules, until, watching
from watching import Watching
from watching_fixtures import Start

from schemas.instants import rfc3339
from streams.broker.layout import Layout
from streams.broker.ports import LOOPBACK, read_ports
from streams.proving.commands import audit, replay

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(280)]
TOKEN = "the token of this test"  # noqa: S105
NEEDS_MORE = {  # what a short and sound watch honestly has no answer to
    "vigie_rejects_total", "ALERTS", "vigie_person_reputation_score", "vigie_reputation_baseline_low",
    "vigie:reputation_fall:points1h", "vigie:reputation_fall:points6h", "vigie_rules_changed_timestamp_seconds",
    "vigie:posts:increase1h", "vigie:records:increase1h", "vigie:rejects:increase1h",
}  # fmt: skip
TEXTS = (
    "Nordelle : panne honteuse, service nul, personne ne répond, je pars",
    "Great flight with Velmont Air today, wonderful crew, thank you",
    "I work at Quibrac and we are understaffed, sixty hours this week again",
)


def word(number: int) -> str:
    """A word of its own: numbers alone do not make two texts different."""
    return "".join("bdfghjklmn"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))


def posts(count: int, end: int) -> list[dict[str, object]]:
    """Posts of the last two hours up to `end` (epoch ms), by many authors."""
    return [
        {
            "key": f"twitter:{number}", "platform": "twitter", "text": f"{TEXTS[number % 3]}, dossier {word(number)}",
            "created_at": rfc3339((end - (count - number) * 7_200_000 // count) // 1000 * 1000),
            "author": {"id": f"u{number}", "handle": f"someone_{number}"}, "source": {"name": "made"},
            "url": f"https://reseau.example/s/{number}",
        }
        for number in range(count)
    ]  # fmt: skip


class Reader:
    """A browser's cookies and forms."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        with self._opener.open(f"{self._site}{path}", data, timeout=10) as answer:
            return str(answer.read().decode())


def site_of(watch: Watching) -> str:
    watch.until_said("the posts behind the figures: ")
    found = re.search(r"behind the figures: (http://\S+)/", watch.output())
    assert found
    return found[1]


def test_from_a_post_to_the_page_a_correction_a_replay_and_a_report(start: Start, tmp_path: Path) -> None:
    now = time.time_ns() // 1_000_000
    made = posts(240, now)
    source = tmp_path / "posts.jsonl"
    gone = {"key": "twitter:237", "deleted": True, "at": rfc3339(now)}
    source.write_bytes(b"\n".join(map(orjson.dumps, [*made, gone])) + b"\n")
    environment = {"VIGIE_RECORD_EVERY": "1", "VIGIE_EVIDENCE_TOKEN": TOKEN}
    watch = start("run", "--source", str(source), "--speed", "max", **environment)
    reader = Reader(site_of(watch))
    watch.until_counted(len(made) + 1)
    watch.until("shows the posts", lambda: "of 79 shown" in reader.get("/company/nordelle"))

    found = reader.get("/company/nordelle?over=6h")
    assert found.count("panne honteuse") == 20
    assert "someone_" not in found
    rest = "".join(reader.get(f"/company/nordelle?over=6h&skip={skip}") for skip in (0, 20, 40, 60))
    assert (f"dossier {word(234)}<" in rest, f"dossier {word(237)}<" in rest) == (True, False), (
        "one is deleted"
    )
    assert re.search(r'href="https://reseau\.example/s/\d+"', found)
    assert "understaffed" in reader.get("/company/quibrac?kind=working-conditions")

    reader.get("/sign-in", name="C. Roux", token=TOKEN, back="/")
    listed = reader.get("/company/nordelle")
    link = re.search(r'href="(/correct\?[^"]+)"', listed)
    assert link
    form = reader.get(link[1].replace("&amp;", "&"))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert "Recorded" in reader.get("/correct", **hidden, label="positive", about="nordelle")
    watch.until("shows what was said", lambda: "by C. Roux on" in reader.get("/company/nordelle"))
    if shutil.which("prometheus"):
        every_expression_is_answered(watch, tmp_path)

    given = [*places_of(watch), "--watchlist", str(tmp_path / "watchlist.toml")]
    a_replay_applies_it(given, now, tmp_path)
    page, data = tmp_path / "audit.html", tmp_path / "audit.json"
    done = CliRunner().invoke(
        audit,
        [
            *given,
            "--company",
            "nordelle",
            "--at",
            rfc3339(now + 3_600_000),
            "--html",
            str(page),
            "--json",
            str(data),
            "--lang",
            "fr",
        ],
    )
    assert done.exit_code == 0, done.output
    told = page.read_text()
    assert "Identique" in told
    assert told.count("panne honteuse") == 5
    assert "someone_" not in told
    assert json.loads(data.read_text())["outcomes"] == {"identical": 1}
    assert watch.interrupt() == 0
    assert "Traceback" not in watch.output()


def places_of(watch: Watching) -> list[str]:
    """Home and broker, as commands are given them."""
    ports = read_ports(Layout(watch.home).ports)
    assert ports
    return ["--home", str(watch.home), "--broker", f"{LOOPBACK}:{ports.broker}"]


def a_replay_applies_it(given: list[str], now: int, home: Path) -> None:
    """One mention more is positive, and the versions say why; left out, nothing is said."""
    figures = {}
    for name, more in (("with", []), ("without", ["--uncorrected"])):
        out, at = home / name, rfc3339(now)
        asked_for = ["--from", at, "--to", at, "--company", "nordelle", "--out", str(out)]
        done = CliRunner().invoke(replay, [*given, *asked_for, *more])
        assert done.exit_code == 0, done.output
        figures[name] = json.loads(out.read_text().splitlines()[-1])
    positive = {name: found["windows"][2]["mentions"][2] for name, found in figures.items()}
    assert positive["with"] == positive["without"] + 1
    assert figures["with"]["versions"]["corrections"].startswith("corrections.v1/")
    assert "corrections" not in figures["without"]["versions"]


def every_expression_is_answered(watch: Watching, home: Path) -> None:
    """Each returns data, or asks for what such a watch does not have."""
    scrapes = 15
    with watching(int(watch.address.rpartition(":")[2]), home) as url:
        seen = f"count_over_time(vigie_ready[1m]) >= {scrapes}"
        until(lambda: asked(f"{url}/api/v1/query", query=seen)["result"], 60, f"{scrapes} scrapes")
        wanted = {
            f"{path.parent.name}/{one.where}": one.expr
            for path, board in dashboards()
            for one in expressions(path, board)
        }
        wanted |= {
            rule.get("record", rule.get("alert")): rule["expr"] for rule in rules() if "record" in rule
        }
        silent = {
            where: expr
            for where, expr in wanted.items()
            if not any(
                asked(f"{url}/api/v1/query", query=filled(expr, company))["result"]
                for company in ("nordelle", "quibrac")
            )
            and not any(name in expr for name in NEEDS_MORE)
        }
        assert not silent, "\n".join(f"{where}: {expr}" for where, expr in silent.items())
        assert len(wanted) > 50
