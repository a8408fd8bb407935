"""What is said of a doubtful watchlist."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.watchlist import Company, Watchlist
from streams.watchlist.check import check, common_words, is_everyday, is_short
from streams.watchlist.commands import watchlist as group
from streams.watchlist.reading import load_watchlist


def said(*companies: Company) -> list[str]:
    return [str(caution) for caution in check(Watchlist(companies))]


def test_an_everyday_name_must_be_marked() -> None:
    assert said(Company("o", "Orange")) == [
        "o: 'Orange' is an everyday word or name: add it to `ambiguous`, with `context`"
    ]
    assert said(Company("o", "Orange", ambiguous=("orange",), context=("fibre",), not_context=("jus",))) == []


def test_an_ambiguous_name_needs_words_for_and_against() -> None:
    assert [
        line.split(" has no ")[1][:9] for line in said(Company("o", "Orange", ambiguous=("orange",)))
    ] == [
        "`context`",
        "`not_cont",
    ]


@pytest.mark.parametrize(
    "form", ["apple", "Pommes", "HERMÈS", "Monday", "lundi", "Génération", "Leclerc", "Targets"]
)
def test_everyday_words_of_both_languages_are_known(form: str) -> None:
    assert is_everyday(form) == (form != "Pommes") or "pomme" in common_words()


@pytest.mark.parametrize("form", ["Canal+", "Ubisoft", "Carglass", "H&M"])
def test_made_up_or_signed_names_are_no_everyday_words(form: str) -> None:
    assert not is_everyday(form)


@pytest.mark.parametrize(
    ("form", "short"), [("BP", True), ("Glo", True), ("AXA", False), ("H&M", False), ("Lidl", False)]
)
def test_short_forms(form: str, short: bool) -> None:  # noqa: FBT001
    assert is_short(form) == short


def test_forms_shared_and_forms_that_begin_another_are_told() -> None:
    lines = said(Company("a", "Azur"), Company("b", "Azur Bank", aliases=("Sogabc",)), Company("c", "Sogabc"))
    assert any(line.startswith("a: 'Azur' begins 'Azur Bank' of 'b'") for line in lines)
    assert "b: 'Sogabc' is also a form of 'c': both will match" in lines


def test_every_ambiguous_name_that_is_shipped_has_its_words() -> None:
    cautions = check(load_watchlist())
    assert {caution.what.split(" of ")[0].split(" '")[0] for caution in cautions} <= {"begins"}


def test_the_command_tells_mistakes_from_doubts(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text('[[company]]\nid = "o"\nname = "Orange"\n', encoding="utf-8")
    run = CliRunner().invoke(group, ["check", str(file)])
    assert run.exit_code == 0
    assert "o: 'Orange' is an everyday word" in run.stdout
    assert "1 companies, version " in run.stderr
    assert CliRunner().invoke(group, ["check", "--strict", str(file)]).exit_code == 1
    file.write_text('[[company]]\nid = "O"\nname = "Orange"\n', encoding="utf-8")
    run = CliRunner().invoke(group, ["check", str(file)])
    assert run.exit_code == 2
    assert run.stdout == ""
    assert f"{file}:2: id 'O'" in run.stderr
