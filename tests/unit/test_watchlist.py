"""The watchlist's TOML: what it gives, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.watchlist import Company, Watchlist, WatchlistError, parse_watchlist
from streams.watchlist.reading import load_watchlist

GOOD = """
[[company]]
id = "orange"
name = "Orange"
aliases = ["Orange SA"]
handles = { twitter = ["orange"], bluesky = [] }
domains = ["orange.fr"]
tickers = ["ORA"]
ambiguous = ["orange"]
context = ["fibre"]
not_context = ["jus"]

[[person]]
id = "ceo-orange"
company = "orange"
handles = { x = ["ceo"] }
basis = "consent 2026-11-01"
"""


def problems(text: str) -> list[str]:
    with pytest.raises(WatchlistError) as caught:
        parse_watchlist(text, "w.toml")
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def test_a_good_watchlist_is_read_whole() -> None:
    watchlist = parse_watchlist(GOOD, "w.toml")
    assert watchlist.companies == (
        Company(
            id="orange",
            name="Orange",
            aliases=("Orange SA",),
            handles={"twitter": ("orange",)},
            domains=("orange.fr",),
            tickers=("ORA",),
            ambiguous=("orange",),
            context=("fibre",),
            not_context=("jus",),
        ),
    )
    assert watchlist.persons[0].handles == {"twitter": ("ceo",)}  # x is twitter


def test_the_version_follows_the_content_and_not_the_order() -> None:
    one, two = Company("a", "A", ("b", "c")), Company("z", "Z")
    version = Watchlist((one, two)).version
    assert len(version) == 16
    assert int(version, 16) >= 0
    assert Watchlist((two, Company("a", "A", ("c", "b")))).version == version
    assert Watchlist((one, Company("z", "Y"))).version != version


def test_the_shipped_watchlist_is_valid_and_has_the_cac_40_and_the_airlines() -> None:
    ids = {company.id for company in load_watchlist().companies}
    assert {"orange", "lvmh", "totalenergies", "united-airlines", "us-airways", "virgin-america"} <= ids
    assert len(ids) >= 48


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('name = "Orange"', "name = 5"), "w.toml:4: `name` must be a string in quotes, not a number"),
        (('name = "Orange"', 'name = " "'), "w.toml:4: `name` is empty: fill it in"),
        (('name = "Orange"', ""), 'w.toml:2: `name` is missing: add `name = "…"`'),
        (("aliases =", "alias ="), "w.toml:5: unknown key `alias`; did you mean `aliases`?"),
        (('id = "orange"', 'id = "Orange SA"'), "w.toml:3: id 'Orange SA'"),
        (('"ORA"', '"$ORA"'), "w.toml:8: `tickers`: write '$ORA' without $"),
        (('["orange"], b', '["@orange"], b'), "w.toml:6: `handles.twitter`: write '@orange' without @"),
        (('["orange.fr"]', '["https://orange.fr/"]'), "w.toml:7: domain 'https://orange.fr/'"),
        (
            ('["orange.fr"]', '"orange.fr"'),
            'w.toml:7: `domains` must be a list of strings (`domains = ["orange.fr"]`)',
        ),
        (
            ('company = "orange"', 'company = "orang"'),
            "w.toml:15: no company has the id 'orang'; did you mean `orange`?",
        ),
        (('basis = "consent 2026-11-01"', ""), "w.toml:13: `basis` is missing"),
        (("[[person]]", "[[persons]]"), "w.toml:13: unknown table or key `persons`; did you mean `person`?"),
        (('["jus"]', '["jus", ""]'), "w.toml:11: `not_context` has an entry without a letter or digit"),
        (('["fibre"]', "['fibre'"), "w.toml:11: not TOML"),
    ],
)
def test_each_mistake_is_named_with_its_line_and_its_remedy(change: tuple[str, str], expected: str) -> None:
    assert change[0] in GOOD
    assert any(line.startswith(expected) for line in problems(GOOD.replace(*change, 1))), problems(
        GOOD.replace(*change, 1)
    )


def test_all_mistakes_are_reported_in_the_order_of_the_file() -> None:
    first = '[[company]]\nid = "A"\nnames = "x"\n\n'
    second = '[[company]]\nid = "b"\nname = "B"\ndomains = [\n  "x.fr",\n  "y",\n]\n'
    found = problems(first + second)
    assert [line.split(":")[1] for line in found] == ["1", "2", "3", "10"]


def test_two_companies_cannot_claim_one_handle_or_domain() -> None:
    second = '[[company]]\nid = "b"\nname = "B"\nhandles = { x = ["ORANGE"] }\ndomains = ["Orange.fr"]\n'
    found = problems(GOOD + second)
    assert found == [
        "w.toml:21: twitter handle 'ORANGE' is already 'orange''s: leave it to one of them",
        "w.toml:22: domain 'orange.fr' is already 'orange''s: leave it to one of them",
    ]


def test_an_empty_watchlist_is_refused() -> None:
    assert problems("") == ["w.toml:1: no [[company]]: name at least one company to watch"]
    assert "[[company]] tables" in problems("company = 3")[0]


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:

    with pytest.raises(WatchlistError, match=r"absent\.toml:1: cannot be read"):
        load_watchlist(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b"# ok\n# caf\xe9\n")
    with pytest.raises(WatchlistError, match=r"latin\.toml:2: not UTF-8"):
        load_watchlist(tmp_path / "latin.toml")
