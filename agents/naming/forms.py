"""The forms by which a company is found in a text, each with what to search for and how to check a hit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from agents.text import boundaries
from agents.text.folding import bounded, fold
from schemas.judged import Span
from schemas.watchlist import SAME_PLATFORM, Company

# Where accounts are kept apart by name; a post from anywhere else (a file, a forum) may name any platform's.
_SOCIAL = "twitter facebook linkedin youtube bluesky instagram tiktok threads mastodon reddit viadeo"
SOCIAL = frozenset(_SOCIAL.split())


class Tier(Enum):
    """How a form is written."""

    HANDLE = "@"
    CASHTAG = "$"
    HASHTAG = "#"
    DOMAIN = "."
    WORD = " "
    BLOCK = "!"  # a phrase that holds a form but is not the company: "jus d'orange", "Orange County"

    @property
    def lead(self) -> str:
        """The character that a hit begins with."""
        return self.value if self.value in "@$#" else " "


# An ambiguous form is written with @ or #, in its own casing, or in capitals that are not its own.
Manner = Literal["marked", "cased", "shouted"]


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of the company at index `company`; `pattern` is searched for in folded text.

    `boundary` is how many bytes of it stand before the form itself; `head` and `tail` are separators that
    belong to the form ("Canal+"), `inner` those within it; `casings` are those of an ambiguous word.
    """

    company: int
    tier: Tier
    pattern: bytes
    boundary: int
    ambiguous: bool = False
    platform: str | None = None
    head: str = ""
    tail: str = ""
    inner: tuple[str, ...] = ()
    casings: frozenset[str] = frozenset()

    def counts_on(self, platform: str) -> bool:
        """Whether a handle of this form is the company's on `platform`."""
        here = SAME_PLATFORM.get(platform, platform)
        return here == self.platform or here not in SOCIAL

    def manner(self, written: str) -> Manner | None:
        """How an ambiguous form is written in a text; None where the casing rules it out."""
        if self.tier is not Tier.WORD:
            return "marked"
        plain = " ".join(written.split()) if self.inner else written
        if plain in self.casings:
            return "cased"
        return (
            "shouted" if plain.isupper() and any(plain == casing.upper() for casing in self.casings) else None
        )

    def place(self, text: str, span: Span) -> Span | None:
        """The form's span in `text` if what stands around and inside it fits, else None."""
        start, end = span[0] - len(self.head), span[1] + len(self.tail)
        if self.ambiguous and self.manner(text[max(0, start) : end]) is None:
            return None
        if self.inner and not boundaries.separated_like(text[slice(*span)], self.inner):
            return None
        if self.head and (start < 0 or text[start : span[0]] != self.head):
            return None
        if self.tail and text[span[1] : end] != self.tail:
            return None
        return (start, end) if self._fits(text, start, end) else None

    def _fits(self, text: str, start: int, end: int) -> bool:
        if self.tier is Tier.WORD:
            return boundaries.word_fits(text, start, end, ambiguous=self.ambiguous)
        if self.tier is Tier.DOMAIN:
            return boundaries.domain_fits(text, start, end)
        if self.tier is Tier.CASHTAG:
            return boundaries.cashtag_fits(text, start, end)
        return self.tier is Tier.BLOCK or boundaries.mark_fits(text, start)


def forms_of(company: Company, index: int) -> Iterator[Form]:
    """Every form of `company`; `index` is what the forms will carry."""
    seen: set[tuple[object, ...]] = set()
    for form in _all_forms(company, index):
        key = (form.pattern, form.tier, form.platform, form.inner, form.head, form.tail)
        if key not in seen:
            seen.add(key)
            yield form


def _all_forms(company: Company, index: int) -> Iterator[Form]:
    doubtful = ambiguous_forms(company)
    names = (company.name, *company.aliases)
    covered = {fold(name) for name in names}
    for name in (*names, *(form for form in company.ambiguous if fold(form) not in covered)):
        vague = fold(name) in doubtful
        spelt = names if fold(name) in covered else company.ambiguous
        casings = frozenset(other for other in spelt if fold(other) == fold(name)) if vague else frozenset()
        yield from _form(index, Tier.WORD, name, ambiguous=vague, casings=casings)
        tag = "".join(char for char in name if char.isalnum())
        if not tag.isdigit():
            yield from _form(index, Tier.HASHTAG, tag, ambiguous=vague or fold(tag) in doubtful)
    for platform, handles in company.handles.items():
        for handle in handles:
            yield from _form(
                index, Tier.HANDLE, handle, ambiguous=fold(handle) in doubtful, platform=platform
            )
    for domain in company.domains:
        yield from _form(index, Tier.DOMAIN, domain)
    for ticker in company.tickers:
        yield from _form(index, Tier.CASHTAG, ticker)
    for phrase in phrases_around(company, doubtful):
        yield from _form(index, Tier.BLOCK, phrase)


def ambiguous_forms(company: Company) -> frozenset[str]:
    """The company's ambiguous forms, folded."""
    return frozenset(map(fold, company.ambiguous))


def phrases_around(company: Company, doubtful: frozenset[str]) -> list[str]:
    """The phrases of `not_context` that hold an ambiguous form: they shut out the form, not the post."""
    return [
        phrase
        for phrase in company.not_context
        if any(f" {form} " in f" {fold(phrase)} " for form in doubtful)
    ]


def _form(
    index: int,
    tier: Tier,
    written: str,
    *,
    ambiguous: bool = False,
    platform: str | None = None,
    casings: frozenset[str] = frozenset(),
) -> Iterator[Form]:
    """The form of `written`; none where it has no letter or digit."""
    places = [place for place, char in enumerate(written) if fold(char)]
    if not places:
        return
    core = written[places[0] : places[-1] + 1]
    head, tail = written[: places[0]], written[places[-1] + 1 :]
    if tier is not Tier.WORD:
        head = tail = ""
    inner = boundaries.separators(core)
    lead = tier.lead
    boundary = int(lead == " ")
    yield Form(index, tier, bounded(core, lead), boundary, ambiguous, platform, head, tail, inner, casings)
