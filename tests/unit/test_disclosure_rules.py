"""The shipped rule books, and what a rule file may not say."""

from __future__ import annotations

from importlib.resources import files

import pytest

from agents.disclosing.disclosure import shipped_rules
from agents.disclosing.disclosure_rules import RuleBook, RuleError

RULE = """
language = "en"
[words]
boss = "boss manager"
[[rule]]
id = "boss"
kind = "working-conditions"
weight = 60
phrases = "my <boss> yelled"
"""


def test_every_shipped_pattern_compiles() -> None:
    for book in shipped_rules().values():
        for phrases in (book.kinds, book.signs, book.speech):
            for number in range(len(phrases.phrases)):
                assert phrases.pattern(number)


def test_both_languages_have_rules_for_all_six_kinds_and_all_signs() -> None:
    books = shipped_rules()
    assert set(books) == {"en", "fr"}
    kinds = [{rule.kind for rule in book.rules} for book in books.values()]
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) == 10


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "working-conditions"', 'kind = "religion"'),
        ("weight = 60", "weight = 0.6"),
        ("weight = 60", 'weight = 60\nmode = "loud"'),
        ("weight = 60", 'weight = 60\nrole = "boss"'),
        ("weight = 60", 'weight = 60\nspares = ["religion"]'),
        ("weight = 60", "weight = 60\nwieght = 1"),
        ('phrases = "my <boss> yelled"', 'phrases = ""'),
    ],
)
def test_a_rule_that_breaks_the_terms_is_refused(old: str, new: str) -> None:
    assert RuleBook(RULE)
    with pytest.raises(RuleError):
        RuleBook(RULE.replace(old, new))


def test_two_rules_may_not_share_an_id() -> None:
    with pytest.raises(RuleError, match="share an id"):
        RuleBook(RULE + RULE[RULE.index("[[rule]]") :])


def test_an_expert_can_add_a_rule() -> None:
    text = files("agents").joinpath("lexicons", "disclosure_en.toml").read_text("utf-8")
    added = '[[rule]]\nid = "daily.llama"\nkind = "daily-life"\nweight = 70\nphrases = "the office llama"\n'
    book = RuleBook(text + added)
    surface = book.surface("They have fed the office llama again")
    names = {hit.rule.name for hit in book.kinds.find(surface, lambda _start, _end: False)}
    assert "en.daily.llama" in names
