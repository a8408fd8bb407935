"""What lies in a home may be damaged, by a full disk or a lost power supply: that is said, and never guessed at."""

from pathlib import Path

import pytest

from streams.feed import Cursor
from streams.rules_history import rules_changed
from streams.settings import SettingsError
from streams.sources.contract import SourceError
from streams.worker import author_secret


@pytest.mark.parametrize("content", [b"", b"{", b'{"cur', b"[]", b"{}", b"\x00" * 40, b"7"])
def test_a_damaged_cursor_is_a_refusal_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    cursor = Cursor(tmp_path, "made")
    cursor.keep("here")
    assert cursor.read() == "here"
    (tmp_path / "made.json").write_bytes(content)
    with pytest.raises(
        SourceError, match=r"made.json is damaged .* delete it to feed the source from its beginn"
    ):
        cursor.read()


@pytest.mark.parametrize("left", [b"", b"k", bytes(range(16)), bytes(range(31)), bytes(32)])
def test_a_damaged_key_of_authors_is_never_used(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "author.key"
    author_secret(path)
    path.write_bytes(left)
    with pytest.raises(SettingsError, match="Put the old key back"):
        author_secret(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"version":"a"', b"[]", b"{}", b"\x00" * 40, b"7", b'{"version":"a","changed":"once"}'],
)
def test_damaged_rules_count_as_changed_now_and_are_written_anew(tmp_path: Path, content: bytes) -> None:
    rules_changed(tmp_path, "a", 10.0)
    (tmp_path / "rules.json").write_bytes(content)
    assert rules_changed(tmp_path, "a", 20.0) == 20.0
    assert rules_changed(tmp_path, "a", 30.0) == 20.0
