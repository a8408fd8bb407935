"""Companies and persons as watchlist TOML: what `parse_watchlist` reads back unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields

from schemas.watchlist import Company, Person

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def watchlist_toml(companies: Iterable[Company], persons: Iterable[Person] = ()) -> str:
    """The TOML text; empty fields are left out."""
    tables = [_table("company", company) for company in companies]
    tables += [_table("person", person) for person in persons]
    return "\n".join(tables)


def _table(name: str, record: Company | Person) -> str:
    lines = [f"[[{name}]]"]
    for part in fields(record):
        value = getattr(record, part.name)
        if value:
            lines.append(f"{part.name} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: str | tuple[str, ...] | dict[str, tuple[str, ...]]) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, dict):
        pairs = (
            f"{key if _BARE.fullmatch(key) else _string(key)} = {_value(item)}" for key, item in value.items()
        )
        return f"{{ {', '.join(pairs)} }}"
    return f"[{', '.join(map(_string, value))}]"


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
