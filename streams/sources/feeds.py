"""RSS and Atom: press, blogs, and the feeds of YouTube channels and Reddit.

Entities that a document declares are refused, so none can grow; what a feed says in HTML becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any
from xml.parsers import expat

import aiohttp
import orjson
from yarl import URL

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.http import fetch
from streams.sources.mapping import Outcome, build, count, edition, hashed, string, words
from streams.sources.markup import plain
from streams.sources.polling import Page, PollingSource

_NAMESPACES = {  # what is read of them; every other namespace is passed over
    "": "",
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
}
_ENTRIES = {"item", "entry"}
_PARENTS = {*_ENTRIES, "channel", "feed", "author", "media:group"}  # whose elements are read
_SEEN = 1000  # entries remembered in a cursor
_DEPTH = 64
_MARKED = re.compile(r"<[a-zA-Z/!]|&[a-z#0-9]+;")


class FeedError(ValueError):
    """The document is no feed; says where and why."""


def entries(raw: bytes) -> list[dict[str, Any]]:
    """Each entry as element name -> its text, `feed` holding the same of the feed. Raises `FeedError`."""
    reader = _Reader()
    try:
        reader.parser.Parse(raw, True)  # noqa: FBT003 - expat's own
    except expat.ExpatError as error:
        raise FeedError(f"no XML: {error}") from None
    if not reader.root:
        raise FeedError("neither RSS nor Atom")
    return [entry | {"feed": reader.feed} for entry in reader.found]


class _Reader:
    """Collects the texts of known elements, a level below the feed and below each entry."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse
        self.parser.buffer_text = True
        self.root = False
        self.feed: dict[str, Any] = {}
        self.found: list[dict[str, Any]] = []
        self._entry: dict[str, Any] | None = None
        self._way: list[str | None] = []
        self._pieces: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._way) >= _DEPTH:
            raise FeedError(f"nested more than {_DEPTH} deep")
        space, _, local = name.rpartition(" ")
        prefix = _NAMESPACES.get(space)
        word = None if prefix is None else f"{prefix}{local}"
        self.root = self.root or local in {"rss", "feed", "RDF"}
        if word in _ENTRIES:
            self._entry = {}
            self.found.append(self._entry)
        target = self.feed if self._entry is None else self._entry
        if word == "link" and attributes.get("rel", "alternate") == "alternate" and attributes.get("href"):
            target.setdefault("link", attributes["href"])
        if word == "media:statistics":
            target.setdefault("views", attributes.get("views"))
        if word in {"title", "content", "summary"} and attributes.get("type") == "text":
            target.setdefault("plain", []).append(word)
        self._way.append(word)
        self._pieces = []

    def _text(self, text: str) -> None:
        self._pieces.append(text)

    def _end(self, name: str) -> None:  # noqa: ARG002 - expat's form
        word = self._way.pop()
        text = "".join(self._pieces).strip()
        self._pieces = []
        if word in _ENTRIES:
            self._entry = None
            return
        parent = self._way[-1] if self._way else None
        if word is None or not text or parent not in _PARENTS:
            return
        if parent == "author":
            word = f"author.{word}"
        target = self.feed if self._entry is None else self._entry
        if word == "category":
            target.setdefault(word, []).append(text)
        else:
            target.setdefault(word, text)

    def _refuse(self, *_: Any) -> None:
        raise FeedError("declares entities, which are not read")


def map_entry(entry: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One entry; the feed itself, or the author it names, is who speaks."""
    feed = entry["feed"] if isinstance(entry.get("feed"), Mapping) else {}
    native = string(entry.get("guid")) or string(entry.get("id")) or string(entry.get("link"))
    platform, kind, native = _platform(native)
    flat = entry.get("plain")
    as_is = flat if isinstance(flat, list) else []
    title, _ = _words(entry.get("title"), flat="title" in as_is)
    body_name = next(
        (
            n
            for n in ("content:encoded", "content", "description", "summary", "media:description")
            if entry.get(n)
        ),
        "",
    )
    body, links = _words(entry.get(body_name), flat=body_name in as_is or body_name.startswith("media:"))
    text = "\n\n".join(part for part in (title, body if body != title else "") if part)
    created = entry.get("pubDate") or entry.get("published") or entry.get("dc:date") or entry.get("updated")
    name = string(entry.get("author.name")) or string(entry.get("dc:creator")) or string(entry.get("author"))
    link = string(entry.get("link"))
    yield build(
        origin,
        platform,
        native or hashed(link, text),
        text=text or None,
        created_at=created,
        kind=kind,
        version=edition(created, entry.get("updated")),
        url=link,
        lang=string(entry.get("dc:language")) or string(feed.get("language")),
        author={
            "id": _host(string(feed.get("link")) or link),
            "handle": name.removeprefix("/u/") if name and platform == "reddit" else None,
            "name": name or string(feed.get("title")),
        },
        metrics={"views": count(entry.get("views"))},
        entities={"urls": words(links)},
    )


def _platform(native: str | None) -> tuple[str, str, str | None]:
    """Feeds of YouTube and Reddit speak of posts of these platforms: the same key as by their own routes."""
    if native and native.startswith("yt:video:"):
        return "youtube", "video", native.removeprefix("yt:video:")
    if native and re.fullmatch(r"t3_\w+", native):
        return "reddit", "post", native
    return "rss", "article", native if native is None or len(native) < 400 else hashed(native)


def _words(html: Any, *, flat: bool) -> tuple[str, list[str]]:
    if not isinstance(html, str):
        return "", []
    if flat or not _MARKED.search(html):
        return html.strip(), []
    read = plain(html)
    return read.text, [link.href for link in read.links if link.href]


def _host(link: str | None) -> str | None:
    try:
        return URL(link).host if link else None
    except ValueError:
        return None


def live(url: str, *, every: float = 300.0, **given: Any) -> PollingSource:
    """The entries of one feed, each version once: asked for by ETag, known by what they say."""

    async def step(client: aiohttp.ClientSession, cursor: str | None) -> Page:
        etag, modified, seen = _remembered(cursor)
        asked = {"If-None-Match": etag, "If-Modified-Since": modified}
        answer = await fetch(client, url, headers={name: value for name, value in asked.items() if value})
        if answer.status == 304:
            return Page([], cursor or "")
        try:
            found: list[Any] = entries(answer.body)
        except FeedError as error:
            found = [Invalid("bad-value", f"{URL(url).host}: {error}")]
        marks = [_mark(entry) for entry in found]
        known = set(seen)
        fresh = [entry for entry, mark in zip(found, marks, strict=True) if mark not in known]
        kept = list(dict.fromkeys([*marks, *seen]))[:_SEEN]
        state = [answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""), kept]
        return Page(fresh[::-1], orjson.dumps(state).decode())  # feeds begin with the newest

    return PollingSource(f"rss:{url}", step, map_entry, every=every, **given)


def _mark(entry: Any) -> str:
    said = str(entry) if isinstance(entry, Invalid) else orjson.dumps(entry | {"feed": None, "views": None})
    return blake2b(said if isinstance(said, bytes) else said.encode(), digest_size=8).hexdigest()


def _remembered(cursor: str | None) -> tuple[str, str, list[str]]:
    try:
        etag, modified, seen = orjson.loads(cursor or "")
        return str(etag), str(modified), [str(mark) for mark in seen]
    except (ValueError, TypeError):
        return "", "", []
