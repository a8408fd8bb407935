"""HTML of posts -> the text a reader sees, with the place of every link in it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote", "pre"}
_SILENT = {"script", "style", "template", "head"}


class Link(NamedTuple):
    """A link over [start, end) of the text (code points); `classes` is the anchor's class attribute."""

    start: int
    end: int
    href: str
    classes: str


class Plain(NamedTuple):
    """Text without markup, and the links in it."""

    text: str
    links: tuple[Link, ...]


def plain(html: str) -> Plain:
    """Strip tags, resolve entities, turn blocks and breaks into line ends; total, linear in its input."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._length = 0
        self._links: list[Link] = []
        self._open: tuple[int, str, str] | None = None
        self._silent = 0
        self._breaks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self._break(1 if tag in {"br", "li", "div", "tr"} else 2, always=tag == "br")
        elif tag == "a":
            given = dict(attrs)
            self._flush_breaks()
            self._open = (self._length, given.get("href") or "", given.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"p", "blockquote", "pre", "h1", "h2", "h3"}:
            self._break(2)
        elif tag == "a" and self._open is not None:
            start, href, classes = self._open
            self._open = None
            if self._length > start:
                self._links.append(Link(start, self._length, href, classes))

    def handle_data(self, data: str) -> None:
        if self._silent or (not data.strip() and (self._breaks or not self._length) and "\n" in data):
            return
        self._flush_breaks()
        self._pieces.append(data)
        self._length += len(data)

    def result(self) -> Plain:
        text = "".join(self._pieces)
        lead = len(text) - len(text.lstrip())
        text = text.strip()
        kept = (link._replace(start=link.start - lead, end=link.end - lead) for link in self._links)
        return Plain(text, tuple(link for link in kept if 0 <= link.start < link.end <= len(text)))

    def _break(self, count: int, *, always: bool = False) -> None:
        self._breaks = min(2, self._breaks + count) if always else max(self._breaks, count)

    def _flush_breaks(self) -> None:
        if self._breaks and self._length:
            self._pieces.append("\n" * self._breaks)
            self._length += self._breaks
        self._breaks = 0
