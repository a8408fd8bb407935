"""What is doubtful in a valid watchlist: forms that will match too much, or too little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agents.naming.forms import ambiguous_forms
from agents.text.boundaries import separators
from agents.text.folding import fold
from schemas.watchlist import Company, Watchlist

SHORTEST_WORD = 4  # letters; shorter forms are safe only as acronyms (AXA, EDF), and from three letters on
SHORTEST_ACRONYM = 3


@dataclass(frozen=True, slots=True, order=True)
class Caution:
    """One doubtful form of one company, and what to do about it."""

    company: str
    form: str
    what: str

    def __str__(self) -> str:
        return f"{self.company}: {self.form!r} {self.what}"


def check(watchlist: Watchlist) -> list[Caution]:
    """Everything doubtful in `watchlist`, sorted by company."""
    found = [caution for company in watchlist.companies for caution in _of_one(company)]
    found += _between(watchlist.companies)
    return sorted(set(found))


@cache
def common_words() -> frozenset[str]:
    """Everyday words of French and English, folded; the file says where they are from."""
    lines = files("streams.watchlist").joinpath("common_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_everyday(form: str) -> bool:
    """Whether a form is also a common word or name, or a plural of one; signs set it apart (Canal+).

    Not so the signs that end a sentence: "Live!" is found in "we are live!".
    """
    plain = form.strip(" !?.…")
    if separators(plain):
        return False
    word = fold(plain)
    return word in common_words() or (word[-1:] in {"s", "x"} and word[:-1] in common_words())


def is_short(form: str) -> bool:
    """Whether a form is so short that it turns up by accident."""
    letters, capitals = sum(map(str.isalnum, form)), sum(map(str.isupper, form))
    if separators(form) and capitals > 1:  # H&M, AT&T
        return False
    return letters < SHORTEST_ACRONYM or (letters < SHORTEST_WORD and capitals < SHORTEST_WORD - 2)


def _of_one(company: Company) -> Iterator[Caution]:
    doubtful = ambiguous_forms(company)
    for form in dict.fromkeys((company.name, *company.aliases)):
        if fold(form) in doubtful:
            continue
        if is_everyday(form):
            yield Caution(
                company.id, form, "is an everyday word or name: add it to `ambiguous`, with `context`"
            )
        elif is_short(form):
            yield Caution(company.id, form, "is very short: add it to `ambiguous`, or take a longer form")
    if company.ambiguous and not company.context:
        what = "is ambiguous and has no `context`: only handles, domains and grammar can tell it apart"
        yield Caution(company.id, company.ambiguous[0], what)
    if company.ambiguous and not company.not_context:
        yield Caution(
            company.id, company.ambiguous[0], "is ambiguous and has no `not_context`: name what else it means"
        )


def _between(companies: tuple[Company, ...]) -> Iterator[Caution]:
    """Forms that two companies share, or that begin another company's form."""
    owners: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for company in companies:
        for form in dict.fromkeys((company.name, *company.aliases)):
            owners[fold(form)].append((company.id, form))
    for folded, owned in owners.items():
        for other in dict.fromkeys(owner for owner, _ in owned[1:] if owner != owned[0][0]):
            yield Caution(owned[0][0], owned[0][1], f"is also a form of {other!r}: both will match")
        words = folded.split(" ")
        for length in range(1, len(words)):
            for company_id, form in owners.get(" ".join(words[:length]), []):
                if all(company_id != owner for owner, _ in owned):
                    what = (
                        f"begins {owned[0][1]!r} of {owned[0][0]!r}: a post on that one will not count for it"
                    )
                    yield Caution(company_id, form, what)
