"""One valid watchlist of imported companies, with hand-made overrides merged over them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

from agents.text.folding import fold
from schemas.watchlist import Company, Watchlist, WatchlistError, parse_watchlist
from streams.watchlist.candidates import slug
from streams.watchlist.toml import watchlist_toml


def combine(
    imported: Iterable[Company], overrides: str = "", name: str = "overrides", without: Collection[str] = ()
) -> Watchlist:
    """All that was imported, names merged, but for the ids `without`, and `overrides` over it.

    `overrides` is the text of the watchlist called `name`: an entry replaces what it gives of the imported
    company with its id, or adds a company. Raises `WatchlistError` with what is wrong in it.
    """
    companies = {company.id: company for company in _merged(imported)}
    if unknown := sorted(set(without) - companies.keys()):
        raise WatchlistError([f"{name}: nothing imported has the id {identity!r}" for identity in unknown])
    companies = {identity: company for identity, company in companies.items() if identity not in without}
    written = Watchlist(())
    if overrides.strip():
        written = parse_watchlist(overrides, name, defaults={c.id: _plain(c) for c in companies.values()})
    changed = {company.id for company in written.companies}
    rest = [company for company in companies.values() if company.id not in changed]
    everyone = _undisputed(written.companies, rest)
    return parse_watchlist(watchlist_toml(everyone, written.persons), f"{name} and imports")


def _plain(company: Company) -> dict[str, Any]:
    """As `tomllib` would have read it."""
    entry = asdict(company)
    handles = {platform: list(names) for platform, names in company.handles.items()}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in entry.items()} | {"handles": handles}


def _merged(imported: Iterable[Company]) -> list[Company]:
    """A stock and a brand of one name are one company; two brands of one name stay two, both ambiguous."""
    by_name: dict[str, list[Company]] = {}
    for company in imported:
        same = by_name.setdefault(fold(company.name), [])
        if same and (company.tickers or same[0].tickers) and not (company.handles and same[0].handles):
            same[0] = _joined(same[0], company)
        else:
            same.append(company)
    taken: set[str] = set()
    merged: list[Company] = []
    for same in by_name.values():
        for company in same:
            short = slug(company.name)
            identity = company.id if short in taken or len(same) > 1 else short
            number = 2
            while identity in taken:
                identity, number = f"{short[:60]}-{number}", number + 1
            taken.add(identity)
            doubtful = (company.name,) if len(same) > 1 else ()
            ambiguous = tuple(dict.fromkeys((*company.ambiguous, *doubtful)))
            merged.append(replace(company, id=identity, ambiguous=ambiguous))
    return merged


def _joined(one: Company, other: Company) -> Company:
    def both(key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*getattr(one, key), *getattr(other, key))))

    platforms = dict.fromkeys((*one.handles, *other.handles))
    return replace(
        one,
        aliases=both("aliases"),
        handles={
            p: tuple(dict.fromkeys((*one.handles.get(p, ()), *other.handles.get(p, ())))) for p in platforms
        },
        domains=both("domains"),
        tickers=both("tickers"),
        ambiguous=both("ambiguous"),
    )


def _undisputed(written: Iterable[Company], rest: Iterable[Company]) -> list[Company]:
    """Each handle and domain with one company: the written one that claims it, else the first imported."""
    kept = list(written)
    claimed = {claim for company in kept for claim in _claims(company)}
    for company in rest:
        handles = {
            platform: tuple(name for name in names if (platform, name.casefold()) not in claimed)
            for platform, names in company.handles.items()
        }
        domains = tuple(domain for domain in company.domains if ("domain", domain.lower()) not in claimed)
        kept.append(
            replace(company, handles={p: names for p, names in handles.items() if names}, domains=domains)
        )
        claimed.update(_claims(company))
    return kept


def _claims(company: Company) -> Iterator[tuple[str, str]]:
    for platform, names in company.handles.items():
        yield from ((platform, name.casefold()) for name in names)
    yield from (("domain", domain.lower()) for domain in company.domains)
