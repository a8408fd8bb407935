"""The watchlist: which companies (and which consenting persons) are watched, and by what forms.

`parse_watchlist` reads its TOML and is total about mistakes: every one is reported, each as
`file:line: what is wrong and what to do`. `Watchlist.version` names the content, whatever its order
and layout, so that a record can say under which watchlist it was judged.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from schemas.toml_lines import Lines

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
HOST = re.compile(r"[^\s/@:.]+(?:\.[^\s/@:.]+)+")
PLATFORM = re.compile(r"[a-z0-9][a-z0-9_-]*")
SAME_PLATFORM = {"x": "twitter"}  # renamed in 2023; handles are the same


@dataclass(frozen=True, slots=True)
class Company:
    """One watched company. `handles` maps a platform to its accounts there, without @.

    `ambiguous` forms (also everyday words) need exact casing and context; `context` and
    `not_context` are words that speak for and against the company.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    handles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    not_context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person on the opt-in list; `basis` says why watching them is lawful."""

    id: str
    company: str
    basis: str
    handles: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watchlist:
    """All that is watched; `version` is 16 hex digits of the SHA-256 of the content."""

    companies: tuple[Company, ...]
    persons: tuple[Person, ...] = ()
    version: str = field(init=False)

    def __post_init__(self) -> None:
        entries = sorted((_sorted_lists(asdict(e)) for e in self.companies), key=lambda e: str(e["id"]))
        people = sorted((_sorted_lists(asdict(p)) for p in self.persons), key=lambda p: str(p["id"]))
        canonical = json.dumps([entries, people], sort_keys=True, separators=(",", ":"))
        object.__setattr__(self, "version", hashlib.sha256(canonical.encode()).hexdigest()[:16])


class WatchlistError(ValueError):
    """The watchlist cannot be used: one `file:line: …` for each problem, in the order of the file."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def parse_watchlist(
    text: str, name: str, *, defaults: Mapping[str, Mapping[str, Any]] | None = None
) -> Watchlist:
    """Read the TOML `text` of the file called `name`; raises `WatchlistError` with every problem.

    `defaults` holds, by company id, the keys that an entry may leave out (for overrides of imported entries).
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WatchlistError([_syntax(error, text, name)]) from error
    except RecursionError as error:
        raise WatchlistError([f"{name}:1: nested too deeply: lists of strings are all it takes"]) from error
    reader = _Reader(Lines(text), data)
    known = defaults or {}
    entries = [{**known.get(str(entry.get("id")), {}), **entry} for entry in reader.tables("company")]
    companies = [c for i, e in enumerate(entries) if (c := reader.company(e, i))]
    persons = [p for i, e in enumerate(reader.tables("person")) if (p := reader.person(e, i))]
    reader.check_top(data)
    if reader.problems:
        raise WatchlistError(f"{name}:{line}: {what}" for line, what in sorted(set(reader.problems)))
    return Watchlist(tuple(companies), tuple(persons))


def _sorted_lists(entry: dict[str, Any]) -> dict[str, Any]:
    """Order says nothing in a watchlist: the version must not depend on it."""
    return {
        key: _sorted_lists(value)
        if isinstance(value, dict)
        else sorted(value)
        if isinstance(value, tuple)
        else value
        for key, value in entry.items()
    }


def _syntax(error: tomllib.TOMLDecodeError, text: str, name: str) -> str:
    found = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
    line = int(found[1]) if found else max(1, len(text.splitlines()))
    what = str(error)[: found.start()] if found else str(error).removesuffix(" (at end of document)")
    return f"{name}:{line}: not TOML: {what}; mend the line (strings need quotes, lists need brackets)"


class _Reader:
    """Turns tables into records and notes what is wrong with its line."""

    def __init__(self, lines: Lines, data: dict[str, Any]) -> None:
        self.problems: list[tuple[int, str]] = []
        self._lines = lines
        self._data = data
        self._owners: dict[tuple[str, str], str] = {}
        self._companies: set[str] = set()

    def tables(self, table: str) -> list[dict[str, Any]]:
        """The `[[table]]` entries, or none with a problem where it is something else."""
        found = self._data.get(table, [])
        if isinstance(found, list) and all(isinstance(entry, dict) for entry in found):
            return found
        self._say((table, 0, table), f"`{table}` must be written as [[{table}]] tables")
        return []

    def company(self, entry: dict[str, Any], at: int) -> Company | None:
        """The company of one table; None where something in it is wrong."""
        before = len(self.problems)
        where = ("company", at)
        self._keys(entry, where, Company)
        identity = self._id(entry, where)
        if identity:
            self._companies.add(identity)
        result = Company(
            id=identity,
            name=self._string(entry, where, "name"),
            aliases=self._strings(entry, where, "aliases"),
            handles=self._handles(entry, where, identity),
            domains=self._domains(entry, where, identity),
            tickers=self._strings(entry, where, "tickers", no_prefix="$"),
            ambiguous=self._strings(entry, where, "ambiguous"),
            context=self._strings(entry, where, "context"),
            not_context=self._strings(entry, where, "not_context"),
        )
        return result if len(self.problems) == before else None

    def person(self, entry: dict[str, Any], at: int) -> Person | None:
        """The person of one table; None where something in it is wrong."""
        before = len(self.problems)
        where = ("person", at)
        self._keys(entry, where, Person)
        identity = self._id(entry, where)
        company = self._string(entry, where, "company")
        if company and company not in self._companies:
            hint = _near(company, self._companies)
            self._say((*where, "company", company), f"no company has the id {company!r}{hint}")
        result = Person(
            id=identity,
            company=company,
            basis=self._string(entry, where, "basis", why=" (why watching this person is lawful)"),
            handles=self._handles(entry, where, identity),
        )
        if not result.handles and "handles" not in entry:
            self._say(where, 'a person is known by handles alone: add `handles = { twitter = ["…"] }`')
        return result if len(self.problems) == before else None

    def check_top(self, data: dict[str, Any]) -> None:
        """What concerns the file as a whole."""
        for key in data.keys() - {"company", "person"}:
            hint = _near(key, {"company", "person"})
            self._say((key, 0), f"unknown table or key `{key}`{hint}; there are [[company]] and [[person]]")
        if not data.get("company"):
            self.problems.append((1, "no [[company]]: name at least one company to watch"))

    def _say(self, where: tuple[Any, ...], what: str) -> None:
        self.problems.append((self._lines.find(*where), what))

    def _keys(self, entry: dict[str, Any], where: tuple[str, int], record: type[Company | Person]) -> None:
        known = {part.name for part in fields(record)}
        for key in entry.keys() - known:
            hint = _near(key, known) or f"; keys are {', '.join(sorted(known))}"
            self._say((*where, key), f"unknown key `{key}`{hint}")

    def _id(self, entry: dict[str, Any], where: tuple[str, int]) -> str:
        identity = self._string(entry, where, "id")
        if identity and not ID.fullmatch(identity):
            what = "an id is lower-case letters a-z, digits and inner hyphens, 64 at most"
            self._say((*where, "id"), f"id {identity!r}: {what}, such as `air-france`")
        elif identity and self._claim(where[0], identity, identity):
            self._say((*where, "id"), f"id {identity!r} is already taken: give each {where[0]} its own")
        return identity

    def _claim(self, what: str, form: str, owner: str) -> str | None:
        """Note that `owner` has `form`; returns the earlier owner, if any."""
        earlier = self._owners.get((what, form))
        self._owners.setdefault((what, form), owner)
        return earlier

    def _string(self, entry: dict[str, Any], where: tuple[str, int], key: str, why: str = "") -> str:
        if key not in entry:
            self._say(where, f'`{key}` is missing: add `{key} = "…"`{why}')
            return ""
        value = entry[key]
        if not isinstance(value, str):
            self._say((*where, key), f"`{key}` must be a string in quotes, not {_kind(value)}")
        elif not value.strip():
            self._say((*where, key), f"`{key}` is empty: fill it in{why}")
        elif key == "name" and not any(map(str.isalnum, value)):
            self._say((*where, key), f"`name` {value!r} has no letter or digit to be found by")
        else:
            return value.strip()
        return ""

    def _strings(
        self, entry: dict[str, Any], where: tuple[str, int], key: str, *, no_prefix: str = "", inner: str = ""
    ) -> tuple[str, ...]:
        """A list of strings that say something; `inner` is the key within an inline table."""
        value = entry.get(key, [])
        label = f"{inner}.{key}" if inner else key
        place = (*where, inner or key)
        if not isinstance(value, list):
            example = f' (`{key} = ["{value}"]`)' if isinstance(value, str) else ""
            self._say((*place, key), f"`{label}` must be a list of strings{example}, not {_kind(value)}")
            return ()
        good: list[str] = []
        for item in value:
            if not isinstance(item, str):
                self._say(place, f"`{label}` must hold strings only, not {_kind(item)}")
            elif not any(map(str.isalnum, item)):
                self._say(
                    (*place, item),
                    f"`{label}` has an entry without a letter or digit ({item!r}): take it out",
                )
            elif no_prefix and item.startswith(no_prefix):
                self._say((*place, item), f"`{label}`: write {item!r} without {no_prefix}")
            else:
                good.append(item.strip())
        return tuple(dict.fromkeys(good))

    def _handles(
        self, entry: dict[str, Any], where: tuple[str, int], owner: str
    ) -> dict[str, tuple[str, ...]]:
        table = entry.get("handles", {})
        if not isinstance(table, dict):
            example = 'handles = { twitter = ["…"] }'
            self._say(
                (*where, "handles"), f"`handles` must be a table such as `{example}`, not {_kind(table)}"
            )
            return {}
        result: dict[str, tuple[str, ...]] = {}
        for raw in map(str, table):
            platform = SAME_PLATFORM.get(raw, raw)
            if not PLATFORM.fullmatch(raw):
                self._say(
                    (*where, "handles", raw), f"platform {raw!r}: write it in lower case, such as twitter"
                )
            names = self._strings(table, where, raw, no_prefix="@", inner="handles")
            result[platform] = (*result.get(platform, ()), *names)
            for handle in names:
                other = self._claim(f"handle {platform}", handle.casefold(), owner)
                if other not in (None, owner):
                    what = f"{platform} handle {handle!r} is already {other!r}'s: leave it to one of them"
                    self._say((*where, "handles", handle), what)
        return {platform: names for platform, names in result.items() if names}

    def _domains(self, entry: dict[str, Any], where: tuple[str, int], owner: str) -> tuple[str, ...]:
        result = tuple(domain.lower() for domain in self._strings(entry, where, "domains"))
        for domain in result:
            if not HOST.fullmatch(domain):
                what = f"domain {domain!r}: write the bare domain, such as `orange.fr`"
                self._say((*where, "domains", domain), what)
                continue
            other = self._claim("domain", domain, owner)
            if other not in (None, owner):
                what = f"domain {domain!r} is already {other!r}'s: leave it to one of them"
                self._say((*where, "domains", domain), what)
        return result


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def _kind(value: object) -> str:
    names: dict[type, str] = {bool: "a truth value", int: "a number", float: "a number", str: "a string"}
    names |= {list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")
