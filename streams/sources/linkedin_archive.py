"""A LinkedIn archive: `Shares.csv` and `Comments.csv` of the account's own download (route: file).

`Shares.csv` writes each line end of the text as quote, line end, quote; `Comments.csv` escapes quotes by
a backslash (the reader's dialect takes care of that).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from schemas.post import Source
from streams.sources.mapping import Outcome, build, hashed, withheld, words

_URN = re.compile(r"urn:li:(?:share|ugcPost|activity|comment):\(?[\w:,]+\)?")
# MEMBER_NETWORK is what the archive writes for posts to anyone on LinkedIn.
_PUBLIC = {"", "MEMBER_NETWORK", "PUBLIC", "ANYONE", "LOGGED_IN"}


def map_share(row: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One row of `Shares.csv`."""
    audience = str(row.get("Visibility") or "")
    if audience.upper() not in _PUBLIC:
        yield withheld("linkedin", audience)
        return
    link = str(row.get("ShareLink") or "")
    text = str(row.get("ShareCommentary") or "").replace('"\n"', "\n")
    yield build(
        origin,
        "linkedin",
        urn(link) or hashed(row.get("Date"), text),
        text=text,
        created_at=row.get("Date"),
        url=link or None,
        entities={"urls": words([row.get("SharedUrl"), row.get("MediaUrl")])},
    )


def map_comment(row: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One row of `Comments.csv`; `Link` is the post that it answers."""
    link, text = str(row.get("Link") or ""), str(row.get("Message") or "")
    about = urn(link)
    yield build(
        origin,
        "linkedin",
        hashed(row.get("Date"), link, text),
        text=text,
        created_at=row.get("Date"),
        kind="comment",
        url=link or None,
        in_reply_to=about,
        conversation=about,
    )


def urn(link: str) -> str | None:
    """The URN in a link to a post."""
    found = _URN.search(unquote(link))
    return found[0] if found else None
