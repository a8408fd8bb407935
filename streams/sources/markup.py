"""HTML of posts -> the text a reader sees, with the place of every link in it.

Made by hand, in one pass: the standard library's parser takes minutes over a hundred kilobytes of tags
that are never closed, which anyone can post.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

_BREAKS = {
    "br": 1, "li": 1, "div": 1, "tr": 1, "p": 2, "h1": 2, "h2": 2, "h3": 2, "blockquote": 2, "pre": 2,
}  # fmt: skip
_CLOSING = {"p", "blockquote", "pre", "h1", "h2", "h3"}
_SILENT = {"script", "style", "template", "head"}
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(r"""\b(href|class)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


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
    """Strip tags and comments, resolve entities, turn blocks and breaks into line ends; total and linear.

    A tag ends at the next ">"; a "<" that no tag follows is text.
    """
    page = _Page()
    position, last = 0, html.rfind(">")
    while (start := html.find("<", position)) != -1:
        after = html[start + 1 : start + 2]
        end = start if start > last or not (after.isalpha() or after in "/!?") else html.find(">", start)
        if end == start:  # text
            following = html.find("<", start + 1)
            stop = len(html) if following == -1 else following
            page.text(html[position:stop])
            position = stop
            continue
        page.text(html[position:start])
        if html.startswith("<!--", start):
            closed = html.find("-->", start)
            end = len(html) if closed == -1 else closed + 2
        else:
            page.tag(html[start + 1 : end])
        position = end + 1
    page.text(html[position:])
    return page.result()


class _Page:
    """The text so far, and the line ends that the next word will bring."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._links: list[Link] = []
        self._open: tuple[int, str, str] | None = None
        self._silent = 0
        self._breaks = 0

    def tag(self, body: str) -> None:
        found = _NAME.match(body)
        if found is None:
            return
        name, closing = found[1].lower(), body.startswith("/")
        if name in _SILENT:
            self._silent = max(0, self._silent - 1) if closing else self._silent + 1
        elif name == "a":
            self._close() if closing else self._anchor(body)
        elif name == "br":
            self._breaks = min(2, self._breaks + 1)
        elif name in (_CLOSING if closing else _BREAKS):
            self._breaks = max(self._breaks, _BREAKS[name])

    def text(self, raw: str) -> None:
        if not raw or self._silent:
            return
        if "\n" in raw and not raw.strip():  # the source's own line ends
            self._breaks = max(self._breaks, 1)
            return
        self._flush()
        said = unescape(raw)
        self._pieces.append(said)
        self._length += len(said)

    def result(self) -> Plain:
        text = "".join(self._pieces)
        lead = len(text) - len(text.lstrip())
        text = text.strip()
        kept = (link._replace(start=link.start - lead, end=link.end - lead) for link in self._links)
        return Plain(text, tuple(link for link in kept if 0 <= link.start < link.end <= len(text)))

    def _anchor(self, body: str) -> None:
        given = {one[1].lower(): one[2] or one[3] or one[4] or "" for one in _ATTRIBUTE.finditer(body)}
        self._flush()
        self._open = (self._length, unescape(given.get("href", "")), given.get("class", ""))

    def _close(self) -> None:
        if self._open is None:
            return
        start, href, classes = self._open
        self._open = None
        if self._length > start:
            self._links.append(Link(start, self._length, href, classes))

    def _flush(self) -> None:
        if self._breaks and self._length:
            self._pieces.append("\n" * self._breaks)
            self._length += self._breaks
        self._breaks = 0
