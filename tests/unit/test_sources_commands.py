"""`vigie source list` and `vigie source check`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli import cli
from streams.source_commands import lacking
from streams.sources.catalogue import CATALOGUE
from streams.sources.opening import DOCUMENTS, LINES, LIVE

FIXTURES = Path(__file__).parents[1] / "fixtures"


def test_the_catalogue_names_every_route_and_no_other() -> None:
    assert {entry.name for entry in CATALOGUE} == {*DOCUMENTS, *LINES, *LIVE, "exec"}
    told = (FIXTURES.parents[1] / "streams" / "sources" / "SOURCES.md").read_text("utf-8")
    for entry in CATALOGUE:
        assert f"`{entry.name}" in told
        for name in (*entry.needs, *entry.any_of):
            assert name in told


def test_the_list_says_what_is_missing_and_where_sources_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIGIE_X_TOKEN", raising=False)
    monkeypatch.setenv("VIGIE_MASTODON_TOKEN_FILE", "somewhere")
    (tmp_path / "cursors").mkdir()
    (tmp_path / "cursors" / "bluesky.json").write_text("{}")
    result = CliRunner().invoke(cli, ["source", "list", "--home", str(tmp_path)])
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert "(set VIGIE_X_TOKEN)" in lines["x-live:"]
    assert "set" not in lines["mastodon-live:SERVER"].split("stream")[1]
    assert "bluesky, cursor kept" in lines["fed:"]


def test_one_of_several_secrets_is_enough() -> None:
    webhook = next(entry for entry in CATALOGUE if entry.name == "webhook")
    assert lacking(webhook, {}) == "VIGIE_WEBHOOK_SECRET or VIGIE_FACEBOOK_SECRET or VIGIE_LINKEDIN_SECRET"
    assert lacking(webhook, {"VIGIE_LINKEDIN_SECRET": "s"}) == ""


def test_check_tells_a_sound_source_from_a_broken_one(tmp_path: Path) -> None:
    sound = CliRunner().invoke(cli, ["source", "check", f"x-archive:{FIXTURES / 'x' / 'tweets.js'}"])
    assert (sound.exit_code, sound.output.endswith("keeps the contract\n")) == (0, True)
    broken = CliRunner().invoke(cli, ["source", "check", f"x-archive:{tmp_path / 'none.js'}"])
    assert broken.exit_code == 1
    assert "cannot start" in broken.output
