"""Open data in, a valid watchlist out."""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from schemas.watchlist import Company, Person, WatchlistError, parse_watchlist
from streams.watchlist.candidates import BRANDS, IDENTITIES, ImportFailedError, brands, stocks
from streams.watchlist.combine import combine
from streams.watchlist.commands import watchlist as group
from streams.watchlist.toml import watchlist_toml

INDEX: dict[str, Any] = {
    "nsi": {
        "brands/shop/mobile_phone": {
            "items": [
                {
                    "displayName": "Orange",
                    "locationSet": {"include": ["fr"]},
                    "tags": {"brand": "Orange", "brand:wikidata": "Q1", "name": "Boutique Orange"},
                },
                {"displayName": "Nul", "locationSet": {"include": ["fr"]}, "tags": {"name": "Nul"}},
            ]
        },
        "brands/shop/supermarket": {
            "items": [
                {
                    "displayName": "Zuperette",
                    "locationSet": {"include": ["de"]},
                    "tags": {"brand": "Zuperette", "brand:wikidata": "Q2"},
                },
                {
                    "displayName": "Orange",
                    "locationSet": {"include": ["001"]},
                    "tags": {"brand": "Orange", "brand:wikidata": "Q3"},
                },
            ]
        },
        "operators/amenity/post": {"items": [{"displayName": "Poste", "locationSet": {}, "tags": {}}]},
    }
}
IDENTITY: dict[str, Any] = {
    "wikidata": {
        "Q1": {
            "identities": {
                "twitter": "Orange_France",
                "youtubeHandle": "@orange",
                "website": "https://www.orange.fr/",
            },
            "officialWebsites": [
                "https://facebook.com/orange",
                "https://boutique.orange.fr/x",
                "http://orange.com",
            ],
        },
        "Q3": {"identities": {"twitter": "orange_france"}},
    }
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for inner, content in ((BRANDS, INDEX), (IDENTITIES, IDENTITY)):
        path = tmp_path / "package" / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return tmp_path / "package"


@pytest.fixture
def tickers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Source:
        def get_stocks_by_index(self, index: str) -> list[dict[str, Any]]:
            entry = {"name": "Orange SA", "symbol": "ORA.PA", "metadata": {"website": "orange.com"}}
            return [entry] if index == "CAC_40" else []

        def get_all_indices(self) -> list[str]:
            return ["CAC_40"]

    module = ModuleType("pytickersymbols")
    module.PyTickerSymbols = Source  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pytickersymbols", module)


def test_brands_come_with_their_accounts_and_sites_by_country(package: Path) -> None:
    found = {company.id: company for company in brands(package)}
    assert set(found) == {"orange-q1", "orange-q3"}
    assert found["orange-q1"] == Company(
        id="orange-q1",
        name="Orange",
        aliases=("Boutique Orange",),
        handles={"twitter": ("Orange_France",), "youtube": ("orange",)},
        domains=("orange.fr", "orange.com"),
        ambiguous=("Orange",),
    )
    assert [company.name for company in brands(package, ["de"])] == ["Zuperette"]


def test_the_packed_archive_reads_like_the_folder(package: Path, tmp_path: Path) -> None:
    packed = tmp_path / "nsi.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(package, "package")
    assert brands(packed) == brands(package)


def test_a_wrong_package_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ImportFailedError, match="npm pack"):
        brands(tmp_path)
    (tmp_path / "x.tgz").write_bytes(b"no archive")
    with pytest.raises(ImportFailedError, match="npm pack"):
        brands(tmp_path / "x.tgz")


@pytest.mark.usefixtures("tickers")
def test_stocks_lose_their_legal_form_and_keep_their_ticker() -> None:
    assert stocks("CAC_40") == [
        Company(
            id="orange",
            name="Orange",
            aliases=("Orange SA",),
            domains=("orange.com",),
            tickers=("ORA",),
            ambiguous=("Orange",),
        )
    ]
    with pytest.raises(ImportFailedError, match="there are CAC_40"):
        stocks("CAC 40")


def test_without_the_package_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytickersymbols", None)
    with pytest.raises(ImportFailedError, match="pip install pytickersymbols"):
        stocks("CAC_40")


@pytest.mark.usefixtures("tickers")
def test_a_stock_joins_the_brand_of_its_name_and_a_handle_has_one_owner(package: Path) -> None:
    result = {company.id: company for company in combine([*stocks("CAC_40"), *brands(package)]).companies}
    assert result["orange"].tickers == ("ORA",)
    assert result["orange"].handles["twitter"] == ("Orange_France",)
    assert result["orange-q3"].handles == {}  # the other brand of that name; the handle stays with the first
    assert all(company.ambiguous == ("Orange",) for company in result.values())


def test_overrides_replace_add_and_drop(package: Path) -> None:
    changes = """
[[company]]
id = "orange-q1"
context = ["fibre"]
handles = { twitter = ["orange"] }
[[company]]
id = "neuf"
name = "Neuf Box"
domains = ["neuf.example"]
"""
    result = {
        company.id: company for company in combine(brands(package), changes, without=["orange-q3"]).companies
    }
    assert set(result) == {"orange-q1", "neuf"}
    assert result["orange-q1"].context == ("fibre",)
    assert result["orange-q1"].handles == {"twitter": ("orange",)}
    assert result["orange-q1"].domains == ("orange.fr", "orange.com")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("[[company]]\nid = 'x'\nnom = 'X'", r"o\.toml:3: unknown key `nom`"),
        ("[[company]]\nid = 'x'", r"o\.toml:1: `name` is missing"),
        ("[[company]]\nid = 'orange-q1'\nname = 3", r"o\.toml:3: `name` must be a string"),
        ("company = 3", r"o\.toml:1: `company` must be written as"),
        ("= 3", r"o\.toml:1: not TOML"),
    ],
)
def test_wrong_overrides_are_refused(package: Path, changes: str, said: str) -> None:
    with pytest.raises(WatchlistError, match=said):
        combine(brands(package), changes, "o.toml")


def test_leaving_out_what_is_not_there_is_refused(package: Path) -> None:
    with pytest.raises(WatchlistError, match="nothing imported has the id 'none'"):
        combine(brands(package), without=["none"])


def test_what_is_written_reads_back_the_same() -> None:
    name = 'A "b" \\ é\x7f\n\U0001f34a z'
    company = Company("a", name, ("x",), {"my-site": ("y",)}, ("a.example",), ("T",), ("a",), ("c",), ("d",))
    person = Person("p", "a", "consent", {"twitter": ("p",)})
    again = parse_watchlist(watchlist_toml([company], [person]), "w.toml")
    assert again.companies == (company,)
    assert again.persons == (person,)


@pytest.mark.usefixtures("tickers")
def test_the_command_writes_a_valid_watchlist(package: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.toml"
    arguments = ["import", "--nsi", str(package), "--index", "CAC_40", "--output", str(output)]
    run = CliRunner().invoke(group, arguments)
    assert run.exit_code == 0, run.output
    assert len(parse_watchlist(output.read_text(encoding="utf-8"), "out.toml").companies) == 2
    assert CliRunner().invoke(group, ["import"]).exit_code == 2
    wrong = CliRunner().invoke(group, ["import", "--index", "DAX"])
    assert wrong.exit_code == 2
    assert "there are CAC_40" in wrong.stderr
