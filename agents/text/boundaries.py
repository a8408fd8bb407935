"""What may stand around and inside a form in a text for it to count as that form.

Folding makes every separator a space; here the text itself is looked at: hyphens, dots, apostrophes, web and
mail addresses. `start` and `end` are the form's span in the text. Every look is bounded.
"""

from __future__ import annotations

import re

from agents.text.folding import fold

HYPHENS = "-\u2010\u2011"
APOSTROPHES = "'\u2019\u02bc\u2018`\u00b4"
# What may stand in a text where a form has the separator.
_STAND_FOR = {
    " ": frozenset(" \t\n\r\u00a0\u202f\u2009" + HYPHENS),
    **dict.fromkeys(HYPHENS, frozenset(" \u00a0" + HYPHENS)),
    **dict.fromkeys(APOSTROPHES, frozenset(APOSTROPHES)),
}
# "ex-Orange", "anti-Apple", "Orange-owned" speak of the company; "Orange-Rouge", "pomme-Apple" do not.
_PREFIXES = "ex anti pro non post pre inter intra via chez former vs"
_SUFFIXES = "owned like backed branded made based style only s led gate related operated"
_BEFORE_HYPHEN = frozenset(_PREFIXES.split())
_AFTER_HYPHEN = frozenset(_SUFFIXES.split())
_LAST_WORD = re.compile(r"\w{1,12}\Z")
_FIRST_WORD = re.compile(r"\w{1,12}")
_MAIL_OR_HOST = re.compile(r"[\w.@-]{1,80}\Z")
LONGEST_ADDRESS = 300


def separators(written: str) -> tuple[str, ...]:
    """The characters of `written` that fold to a space, in order; accents and invisible ones are none."""
    return tuple(char for char in written if not fold(char) and fold(f"a{char}a") != "aa")


def separated_like(written: str, wanted: tuple[str, ...]) -> bool:
    """Whether `written` has separators that may stand for those wanted: "l’oréal" for "L'Oréal"."""
    found = separators(written)
    return len(found) == len(wanted) and all(
        char in _STAND_FOR.get(want, want) for char, want in zip(found, wanted, strict=True)
    )


def word_fits(text: str, start: int, end: int, *, ambiguous: bool) -> bool:
    """A name or alias: not part of a compound, an address or a file name."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if len(before) == 2 and before[0].isalnum():
        if before[1] in HYPHENS and not _known(
            _LAST_WORD.search(text, max(0, start - 13), start - 1), _BEFORE_HYPHEN
        ):
            return False
        if before[1] in ".@&" and not text[start].isupper():
            return False
    if len(after) == 2 and after[1].isalnum():
        if after[0] in HYPHENS and ambiguous and not _known(_FIRST_WORD.match(text, end + 1), _AFTER_HYPHEN):
            return False
        if after[0] == "@" or (after[0] == "." and not after[1].isupper()):
            return False
    return not (ambiguous and in_address(text, start))


def mark_fits(text: str, start: int) -> bool:
    """@, # or $ at `start`: not inside a word, as in a mail address or US$."""
    return start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_")


def cashtag_fits(text: str, start: int, end: int) -> bool:
    """A ticker in capitals, or all small if it is long enough not to be slang ($t, $hi)."""
    written = text[start + 1 : end]
    return mark_fits(text, start) and (written.isupper() or (written.islower() and len(written) > 2))


def domain_fits(text: str, start: int, end: int) -> bool:
    """A host or the end of one; neither a mail address nor the beginning of a longer host."""
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    if before == "/" and text[max(0, start - 2) : start] != "//":
        return False
    if before and before in "@-_":
        return False
    if before == ".":
        label = _MAIL_OR_HOST.search(text, max(0, start - 81), start)
        if label and "@" in label[0]:
            return False
    return not (after[:1] in {".", "-", "@"} and after[1:].isalnum())


def in_address(text: str, start: int) -> bool:
    """Whether the character at `start` stands inside a web address."""
    head = text[max(0, start - LONGEST_ADDRESS) : start]
    if "://" not in head and "www." not in head:
        return False
    return not any(char.isspace() for char in head[max(head.rfind("://"), head.rfind("www.")) :])


def _known(word: re.Match[str] | None, words: frozenset[str]) -> bool:
    return word is not None and word[0].casefold() in words
