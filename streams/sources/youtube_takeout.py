"""YouTube Takeout: `comments.csv` of an account's own download (route: file).

Headings differ in case between exports, and so do the columns; the text is JSON, of three shapes so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from schemas.post import Source
from streams.sources.mapping import Outcome, at, build, each, hashed, string


def map_comment(row: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One comment; whose channel it is says the export by id alone."""
    lower = {name.strip().lower(): string(value) for name, value in row.items()}
    text = _said(lower.get("comment text") or "")
    when = lower.get("comment create timestamp")
    about = lower.get("video id") or lower.get("post id")
    native = lower.get("comment id")
    channel = lower.get("channel id")
    yield build(
        origin,
        "youtube",
        native or hashed(when, about, text),
        text=text,
        created_at=when,
        kind="comment",
        url=f"https://www.youtube.com/watch?v={lower['video id']}&lc={native}"
        if lower.get("video id") and native
        else None,
        in_reply_to=lower.get("parent comment id") or about,
        conversation=about,
        author={"id": channel},
    )


def _said(text: str) -> str:
    """The words of `{"text": …}`, `{"takeoutSegments": [{"text": …}]}`, or several of them with commas between."""
    for form in (text, f"[{text}]"):
        try:
            found = orjson.loads(form)
        except orjson.JSONDecodeError:
            continue
        parts = found if isinstance(found, list) else each(found, "takeoutSegments") or [found]
        return "".join(part for one in parts if isinstance(part := at(one, "text"), str)) or text
    return text
