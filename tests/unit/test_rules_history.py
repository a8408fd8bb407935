from pathlib import Path

from streams.rules_history import rules_changed


def test_the_first_versions_are_no_change(tmp_path: Path) -> None:
    assert rules_changed(tmp_path, "a", 10.0) is None
    assert rules_changed(tmp_path, "a", 20.0) is None


def test_a_change_is_remembered_until_the_next(tmp_path: Path) -> None:
    rules_changed(tmp_path, "a", 10.0)
    assert rules_changed(tmp_path, "b", 20.0) == 20.0
    assert rules_changed(tmp_path, "b", 30.0) == 20.0
    assert rules_changed(tmp_path, "a", 40.0) == 40.0
