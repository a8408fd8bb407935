"""The audit report: one file that needs nothing else, says what was found, and shows what moved the figure."""

from __future__ import annotations

import base64
import hashlib
import re

import orjson
import pytest
from audited_world import COMPANY, audited

from streams.proving.report import Audited, report_html, report_json


@pytest.fixture(scope="module")
def whole() -> Audited:
    return audited()


def test_it_needs_nothing_from_anywhere_and_forbids_it(whole: Audited) -> None:
    page = report_html(whole, "en")
    assert not re.search(r"<(?:script|link|img|iframe|object)\b", page)
    assert not re.search(r"\bsrc=|url\(|@import", page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page
    assert "default-src &#39;none&#39;" in page
    assert 'style="' not in page


def test_it_shows_the_figure_the_posts_the_disclosures_the_offsets_and_the_hashes(whole: Audited) -> None:
    page = report_html(whole, "en")
    record = whole.shown.reputation
    daily = next(window for window in record.windows if window.window == "24h")
    assert f"{daily.score / 100:.1f}" in page
    assert "Identical" in page
    assert len(whole.witnesses) == len(record.evidence) == 5
    assert page.count("<article") == 5
    for witness in whole.witnesses:
        origin = witness.mention.origin
        assert f"{origin.topic}/{origin.partition}@{origin.offset}" in page
    assert page.count("pulls the score down by") + page.count("lifts the score by") == 5
    assert whole.shown.digest in page
    assert record.previous is not None
    assert record.previous in page
    assert "names this hash" in page
    assert "Every link of this company" in page
    for name in daily.disclosures:
        assert f">{daily.disclosures[name]}<" in page, name
    for origin in record.origins:
        assert f">{origin.offset}<" in page
        assert all(run.rules in page for run in origin.runs)


def test_it_names_nobody(whole: Audited) -> None:
    page, data = report_html(whole, "en"), report_json(whole)
    for post in whole.posts.values():
        assert post.author.handle
        assert post.author.handle not in page
        assert post.author.handle not in data
        assert post.text not in data


def test_in_french(whole: Audited) -> None:
    page = report_html(whole, "fr")
    assert '<html lang="fr">' in page
    assert "Identique" in page
    assert "fait baisser le score de" in page
    english = {"Published", "Identical", "Posts", "Partition", "Audit"}
    french_only = re.sub(
        r"<style>.*?</style>|<code>.*?</code>|<blockquote.*?</blockquote>", "", page, flags=re.DOTALL
    )
    assert not {word for word in english - {"Partition", "Audit"} if f">{word}<" in french_only}


def test_what_was_altered_is_said_in_words_with_what_differs() -> None:
    page = report_html(audited(altered=True), "en")
    assert "Different, and not explained" in page
    assert "Something was altered." in page
    assert "<code>windows.24h.score</code>" in page
    assert "reasons" not in page


def test_the_same_for_programs(whole: Audited) -> None:
    data = orjson.loads(report_json(whole))
    assert data["company"] == COMPANY
    assert data["outcomes"] == {"identical": len(whole.chosen)}
    assert data["sha256"] == whole.shown.digest
    assert [found["mention"]["post"] for found in data["evidence"]] == data["record"]["evidence"]
    assert sum(found["points"] for found in data["evidence"]) < -0.3
    assert data["record"]["windows"][2]["score"] > 0
