"""Companies from open data, as candidates for a watchlist (`streams.watchlist.combine` makes one of them).

Two sources, both fetched by the user: the npm package name-suggestion-index (brands with their Wikidata
identities; BSD-3-Clause) as the `.tgz` of `npm pack` or unpacked, and the PyPI package pytickersymbols (MIT),
an optional import. What they say of handles is often a national or an old
account: read the result before use. Names that are everyday words come out marked `ambiguous`.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agents.text.folding import fold
from schemas.watchlist import HOST, ID, Company
from streams.watchlist.check import is_everyday, is_short

BRANDS = "dist/json/nsi.json"
IDENTITIES = "dist/wikidata/wikidata.json"
HANDLES = {
    "twitter": "twitter", "facebook": "facebook", "linkedin": "linkedin", "instagram": "instagram",
    "youtubeHandle": "youtube", "tiktok": "tiktok",
}  # fmt: skip
MOST_DOMAINS = 5
# Sites that many share: a link there is not a link to the company.
_SHARED_SITES = """
    facebook.com instagram.com twitter.com x.com linkedin.com youtube.com google.com wordpress.com
    blogspot.com wixsite.com tripadvisor.com wikipedia.org apple.com web.archive.org business.site
"""
SHARED_SITES = frozenset(_SHARED_SITES.split())
_LEGAL_FORMS = "sa se plc inc corp corporation ag nv n.v. spa s.p.a. co ltd group groupe company"
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())


class ImportFailedError(Exception):
    """The source is absent or not what it should be; the message says what to do."""


def brands(package: Path, countries: Collection[str] = ("001", "fr")) -> list[Company]:
    """The brands of name-suggestion-index present in `countries` (its codes; 001 is the world)."""
    try:
        index = _json(package, BRANDS)["nsi"]
        known = _json(package, IDENTITIES)["wikidata"]
    except (KeyError, OSError, tarfile.TarError, ValueError) as error:
        what = f"{package} is not name-suggestion-index ({error}): give the .tgz that `npm pack` fetched"
        raise ImportFailedError(what) from error
    wanted = set(countries)
    by_identity: dict[str, list[dict[str, Any]]] = {}
    for path, category in index.items():
        for item in category["items"] if path.startswith("brands/") else ():
            identity = item["tags"].get("brand:wikidata")
            if identity and wanted.intersection(map(str, item["locationSet"].get("include", []))):
                by_identity.setdefault(identity, []).append(item)
    return [_brand(identity, items, known.get(identity, {})) for identity, items in by_identity.items()]


def stocks(index: str) -> list[Company]:
    """The companies of a stock index as pytickersymbols has them ("CAC_40", "DAX", …)."""
    try:
        from pytickersymbols import PyTickerSymbols  # type: ignore[import-not-found] # noqa: PLC0415
    except ImportError as error:
        raise ImportFailedError("pytickersymbols is not installed: pip install pytickersymbols") from error
    source = PyTickerSymbols()
    found = list(source.get_stocks_by_index(index))
    if not found:
        known = ", ".join(sorted(source.get_all_indices()))
        raise ImportFailedError(f"no index {index!r} in pytickersymbols; there are {known}")
    return [_stock(entry) for entry in found]


def _json(package: Path, inner: str) -> dict[str, Any]:
    if package.is_dir():
        return json.loads((package / inner).read_bytes())  # type: ignore[no-any-return]
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/{inner}")
        if member is None:
            raise KeyError(inner)
        return json.loads(member.read())  # type: ignore[no-any-return]


def _brand(identity: str, items: list[dict[str, Any]], known: Mapping[str, Any]) -> Company:
    tags = [item["tags"] for item in items]
    name = tags[0].get("brand") or items[0]["displayName"]
    kinds = ("name", "brand", "short_name", "official_name", "name:fr", "name:en", "brand:fr", "brand:en")
    aliases = [tag[kind] for tag in tags for kind in kinds if kind in tag]
    accounts = known.get("identities", {})
    handles: dict[str, tuple[str, ...]] = {
        platform: (str(accounts[source]).lstrip("@"),)
        for source, platform in HANDLES.items()
        if any(map(str.isalnum, str(accounts.get(source, ""))))
    }
    sites = [accounts.get("website", ""), *known.get("officialWebsites", [])]
    return _company(f"{name} {identity}", name, aliases, handles, sites)


def _stock(entry: Mapping[str, Any]) -> Company:
    name = str(entry["name"])
    words = name.split()
    while len(words) > 1 and words[-1].casefold().strip(",") in LEGAL_FORMS:
        words.pop()
    short = " ".join(words)
    site = str(entry.get("metadata", {}).get("website", ""))
    ticker = str(entry.get("symbol") or "").partition(".")[0]
    company = _company(short, short, [name], {}, [site])
    return replace(company, tickers=(ticker,) if ticker else ())


def _company(
    key: str, name: str, aliases: Iterable[str], handles: dict[str, tuple[str, ...]], sites: Iterable[str]
) -> Company:
    names = [form for form in dict.fromkeys((name, *aliases)) if any(map(str.isalnum, form))]
    domains = [host for host in map(_host, sites) if host and host not in SHARED_SITES]
    return Company(
        id=slug(key),
        name=name,
        aliases=tuple(names[1:]),
        handles=handles,
        domains=tuple(dict.fromkeys(domains))[:MOST_DOMAINS],
        ambiguous=tuple(form for form in names if is_everyday(form) or is_short(form)),
    )


def _host(site: str) -> str:
    """The host of a site that is a company's whole own host; a path or a shared site is none."""
    parts = urlsplit(site if "//" in site else f"//{site}")
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    shared = any(host == known or host.endswith(f".{known}") for known in SHARED_SITES)
    return host if HOST.fullmatch(host) and not shared and parts.path in {"", "/"} else ""


def slug(text: str) -> str:
    """An id made of `text`."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in fold(text))
    slug = "-".join(part for part in plain.split("-") if part)[:64].strip("-")
    return slug if ID.fullmatch(slug) else "company"
