"""The files that judged, kept by hash."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from schemas.post import Post, Source
from streams.judges import load_judge
from streams.settings import Settings, read_settings
from streams.versions import VersionError, altered_versions, keep_versions, kept_judge

WATCHLIST = '[[company]]\nid = "kestrel"\nname = "Kestrelle"\nhandles = { twitter = ["kestrelle"] }\n'
POST = Post("twitter:1", "twitter", "Great service @kestrelle", 1_700_000_000_000, Source("test"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "watchlist.toml"
    path.write_text(WATCHLIST, "utf-8")
    return read_settings({}, home=tmp_path / "home", watchlists=(path,))


def test_a_version_judges_as_then_after_its_files_have_changed(settings: Settings) -> None:
    then = load_judge(settings)
    keep_versions(settings, then)
    settings.watchlists[0].write_text(WATCHLIST.replace("kestrelle", "other"), "utf-8")
    now = load_judge(settings)
    keep_versions(settings, now)
    assert now.version != then.version
    assert kept_judge(settings, then.version).judge([POST]) == then.judge([POST])
    assert list(altered_versions(settings.home)) == []


def test_a_version_that_was_never_kept_is_said_to_be_so(settings: Settings) -> None:
    with pytest.raises(VersionError, match="not kept") as told:
        kept_judge(settings, "0" * 16)
    assert not told.value.altered


def test_one_flipped_bit_in_any_kept_file_shows(settings: Settings) -> None:
    keep_versions(settings, load_judge(settings))
    rng = Random(1)
    for path in sorted((settings.home / "versions").iterdir()):
        whole = path.read_bytes()
        torn = bytearray(whole)
        torn[rng.randrange(len(torn))] ^= 1 << rng.randrange(8)
        path.write_bytes(torn)
        assert list(altered_versions(settings.home)), path.name
        path.write_bytes(whole)


def test_a_missing_file_is_told(settings: Settings) -> None:
    judge = load_judge(settings)
    keep_versions(settings, judge)
    next((settings.home / "versions").glob("*.toml")).unlink()
    assert "is missing" in next(altered_versions(settings.home))
    with pytest.raises(VersionError, match="is missing"):
        kept_judge(replace(settings), judge.version)
