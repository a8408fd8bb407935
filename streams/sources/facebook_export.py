"""A Facebook export in JSON: the account's own posts and comments (route: file).

The export writes UTF-8 bytes as if they were Latin-1 ("fÃ¸"): mended here. It gives posts no id, so what
they say names them, and no audience: who imports an export declares that its posts are public.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.mapping import Outcome, at, build, each, hashed, words


def mended(value: Any) -> Any:
    """`value` with every string in it read as the UTF-8 it was."""
    if isinstance(value, str):
        try:
            return value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {mended(name): mended(item) for name, item in value.items()}
    return value


def map_exported(payload: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One entry of `your_posts*.json`, `comments.json` and their kin; reactions are no posts."""
    entry = mended(dict(payload))
    data = each(entry, "data")
    if any("reaction" in item for item in data):
        return
    comments = [item["comment"] for item in data if isinstance(item.get("comment"), dict)]
    if comments:
        for comment in comments:
            yield _comment(entry, comment, origin)
        return
    attached = [item for part in each(entry, "attachments") for item in each(part, "data")]
    urls = words(at(item, "external_context", "url") for item in attached)
    text = "\n".join(words(item.get("post") for item in data))
    if not text:
        text = "\n".join(
            words(
                said
                for item in attached
                for said in (
                    at(item, "note", "title"),
                    at(item, "note", "text"),
                    at(item, "event", "name"),
                    item.get("text"),
                    at(item, "media", "description"),
                    at(item, "external_context", "name"),
                )
            )
        )
    if not text and not urls:
        yield Invalid("missing-field", "facebook: an entry without words or link")
        return
    when = entry.get("timestamp")
    yield build(
        origin, "facebook", hashed(when, text, *urls), text=text, created_at=when, entities={"urls": urls}
    )  # fmt: skip


def _comment(entry: Mapping[str, Any], comment: Mapping[str, Any], origin: Source) -> Outcome:
    when, author, text = (
        comment.get("timestamp") or entry.get("timestamp"),
        comment.get("author"),
        comment.get("comment"),
    )
    attached = [item for part in each(entry, "attachments") for item in each(part, "data")]
    urls = words(at(item, "external_context", "url") for item in attached)
    return build(
        origin,
        "facebook",
        hashed(when, author, text),
        text=text,
        created_at=when,
        kind="comment",
        author={"name": author},
        entities={"urls": urls},
    )
