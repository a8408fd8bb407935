"""The forms by which a company is found in a text, and what must stand around them to count.

Patterns are folded bytes with their boundaries (see `agents.folding`); `Form.place` then looks at the
text itself: hyphens, dots, apostrophes, separators inside the form, web and mail addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from agents.folding import bounded, fold
from schemas.judged import Span
from schemas.watchlist import SAME_PLATFORM, Company

HYPHENS = "-\u2010\u2011"
APOSTROPHES = "'\u2019\u02bc\u2018`\u00b4"
# What may stand in a text where a form has the separator.
_SEPARATORS = {
    " ": frozenset(" \t\n\r\u00a0\u202f\u2009" + HYPHENS),
    **dict.fromkeys(HYPHENS, frozenset(" \u00a0" + HYPHENS)),
    **dict.fromkeys(APOSTROPHES, frozenset(APOSTROPHES)),
}
# "ex-Orange", "anti-Apple", "Orange-owned" speak of the company; "Orange-Rouge" and "pomme-Apple" do not.
_BEFORE_HYPHEN = frozenset(
    {"ex", "anti", "pro", "non", "post", "pre", "inter", "intra", "via", "chez", "former", "vs"}
)
_AFTER_HYPHEN = frozenset(
    {
        "owned",
        "like",
        "backed",
        "branded",
        "made",
        "based",
        "style",
        "only",
        "s",
        "led",
        "gate",
        "related",
        "operated",
    }
)
# Where accounts are kept apart by name; posts from anywhere else (a file, a forum) count any platform's handle.
SOCIAL = frozenset(
    {
        "twitter",
        "facebook",
        "linkedin",
        "youtube",
        "bluesky",
        "instagram",
        "tiktok",
        "threads",
        "mastodon",
        "reddit",
        "viadeo",
    }
)
_LAST_WORD = re.compile(r"\w{1,12}\Z")
_FIRST_WORD = re.compile(r"\w{1,12}")


class Tier(Enum):
    """How a form is written; `boundary` is how many pattern bytes stand before the form itself."""

    HANDLE = "@"
    CASHTAG = "$"
    HASHTAG = "#"
    DOMAIN = "."
    WORD = " "
    BLOCK = "!"  # a phrase that holds a form but is not the company: "jus d'orange", "Orange County"

    @property
    def boundary(self) -> int:
        return 0 if self.value in "@$#" else 1


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of the company at index `company`."""

    company: int
    tier: Tier
    written: str
    pattern: bytes
    ambiguous: bool = False
    platform: str | None = None
    head: str = ""
    tail: str = ""
    separators: tuple[str, ...] = ()

    def counts_on(self, platform: str) -> bool:
        """Whether a handle of this form is the company's on `platform`."""
        here = SAME_PLATFORM.get(platform, platform)
        return here == self.platform or here not in SOCIAL

    def place(self, text: str, span: Span) -> Span | None:
        """The form's span in `text` if what stands around and inside it fits, else None."""
        start, end = span
        if self.separators and not self._separated(text[start:end]):
            return None
        if self.head:
            start -= len(self.head)
            if start < 0 or not text.startswith(self.head, start):
                return None
        if self.tail:
            if not text.startswith(self.tail, end):
                return None
            end += len(self.tail)
        return (start, end) if _AROUND[self.tier](self, text, start, end) else None

    def _separated(self, written: str) -> bool:
        found = [char for char in written if fold(char) == ""]
        found = [char for char in found if not _joins(char)]
        return len(found) == len(self.separators) and all(
            char in _SEPARATORS.get(wanted, wanted)
            for char, wanted in zip(found, self.separators, strict=True)
        )


def _joins(char: str) -> bool:
    """Marks and invisible characters: part of the letter before them."""
    return fold(f"a{char}a") == "aa"


def _separators(written: str) -> tuple[str, ...]:
    return tuple(char for char in written if fold(char) == "" and not _joins(char))


def _form(company: int, tier: Tier, written: str, **more: object) -> Form | None:
    first = next((i for i, c in enumerate(written) if fold(c)), None)
    if first is None:
        return None
    last = max(i for i, c in enumerate(written) if fold(c))
    core = written[first : last + 1]
    lead = tier.value if tier.boundary == 0 else " "
    pattern = bounded(core, lead)
    head, tail = (written[:first], written[last + 1 :]) if tier is Tier.WORD else ("", "")
    return Form(company, tier, written, pattern, head=head, tail=tail, separators=_separators(core), **more)  # type: ignore[arg-type]


def forms_of(company: Company, index: int) -> Iterator[Form]:
    """Every form of `company`; `index` is what the forms will carry."""
    doubtful = {fold(form) for form in company.ambiguous}
    made: list[Form | None] = []
    names = dict.fromkeys((company.name, *company.aliases))
    covered = {fold(name) for name in names}
    names |= dict.fromkeys(form for form in company.ambiguous if fold(form) not in covered)
    for name in names:
        vague = fold(name) in doubtful
        made.append(_form(index, Tier.WORD, name, ambiguous=vague))
        tag = "".join(char for char in name if char.isalnum())
        if tag and not tag.isdigit():
            vague = vague or fold(tag) in doubtful
            made.append(_form(index, Tier.HASHTAG, tag, ambiguous=vague))
    for platform, handles in company.handles.items():
        made += [
            _form(index, Tier.HANDLE, handle, ambiguous=fold(handle) in doubtful, platform=platform)
            for handle in handles
        ]
    made += [_form(index, Tier.DOMAIN, domain) for domain in company.domains]
    made += [_form(index, Tier.CASHTAG, ticker) for ticker in company.tickers]
    made += [
        _form(index, Tier.BLOCK, phrase)
        for phrase in company.not_context
        if any(f" {form} " in f" {fold(phrase)} " for form in doubtful)
    ]
    seen: set[tuple[object, ...]] = set()
    for form in made:
        if form and (key := (form.pattern, form.tier, form.platform, form.separators)) not in seen:
            seen.add(key)
            yield form


def in_address(text: str, start: int) -> bool:
    """Whether the character at `start` stands inside a web address."""
    head = text[max(0, start - 300) : start]
    head = head[max(head.rfind(" "), head.rfind("\n")) + 1 :]
    return "://" in head or head.startswith("www.")


def _word_fits(form: Form, text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:] in HYPHENS and before[-1:] and before[:-1].isalnum():
        word = _LAST_WORD.search(text, max(0, start - 13), start - 1)
        if not word or word[0].casefold() not in _BEFORE_HYPHEN:
            return False
    if before[-1:] in (".", "@", "&") and before[:-1].isalnum() and not text[start].isupper():
        return False
    if after[:1] in HYPHENS and after[1:].isalnum() and form.ambiguous:
        word = _FIRST_WORD.match(text, end + 1)
        if not word or word[0].casefold() not in _AFTER_HYPHEN:
            return False
    if after[:1] == "@" or (after[:1] == "." and after[1:].isalnum() and not after[1:].isupper()):
        return False
    return not (form.ambiguous and in_address(text, start))


def _mark_fits(form: Form, text: str, start: int, end: int) -> bool:
    return start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_")


def _cashtag_fits(form: Form, text: str, start: int, end: int) -> bool:
    written = text[start + 1 : end]
    return _mark_fits(form, text, start, end) and (
        written.isupper() or (written.islower() and len(written) > 2)
    )


def _domain_fits(form: Form, text: str, start: int, end: int) -> bool:
    """A host or the end of one; neither a mail address nor the beginning of a longer host."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 2]
    if before == "/" and text[max(0, start - 2) : start] != "//":
        return False
    if before and before in "@-_":
        return False
    if before == ".":
        label = re.search(r"[\w.@-]{1,80}\Z", text[max(0, start - 81) : start])
        if label and "@" in label[0]:
            return False
    return not (after[:1] in {".", "-", "@"} and after[1:].isalnum())


def _always(form: Form, text: str, start: int, end: int) -> bool:
    return True


_AROUND = {
    Tier.WORD: _word_fits,
    Tier.BLOCK: _always,
    Tier.HASHTAG: _mark_fits,
    Tier.HANDLE: _mark_fits,
    Tier.CASHTAG: _cashtag_fits,
    Tier.DOMAIN: _domain_fits,
}
