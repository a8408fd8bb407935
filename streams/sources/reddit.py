"""Reddit: links and comments of its listings."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from streams.sources.mapping import Outcome, build, count, deletion, edition, string, withheld, words

_GONE = ("[deleted]", "[removed]")
_OPEN = ("public", "restricted")  # who may write; "restricted" is open to all readers


def map_thing(thing: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One child of a listing, `{"kind", "data"}` or its data alone (as in dumps)."""
    data = thing["data"] if isinstance(thing.get("data"), Mapping) else thing
    comment = "body" in data
    native = string(data.get("name")) or _named(data.get("id"), comment=comment)
    created, edited = data.get("created_utc"), data.get("edited")
    body = data.get("body") if comment else data.get("selftext")
    if body in _GONE or data.get("removed_by_category"):
        yield deletion(
            "reddit", native, edited if isinstance(edited, float | int) and edited > 1 else created
        )
        return
    audience = data.get("subreddit_type")
    if audience is not None and audience not in _OPEN:
        yield withheld("reddit", audience)
        return
    link = string(data.get("permalink"))
    crosspost = string(data.get("crosspost_parent"))
    text = "\n\n".join(words([data.get("title"), body]))
    yield build(
        origin,
        "reddit",
        native,
        text=html.unescape(text) or None,
        created_at=created,
        kind="comment" if comment else "repost" if crosspost else "post",
        version=edition(created, edited if not isinstance(edited, bool) else None),
        url=f"https://www.reddit.com{link}" if link else None,
        in_reply_to=data.get("parent_id") if comment else None,
        conversation=data.get("link_id") if comment else None,
        repost_of=crosspost,
        author={"id": string(data.get("author_fullname")), "handle": string(data.get("author"))},
        metrics={
            "likes": count(data.get("score")),
            "replies": None if comment else count(data.get("num_comments")),
            "views": count(data.get("view_count")),
        },
        entities={"urls": [] if comment or data.get("is_self") else words([data.get("url")])},
    )


def _named(native: Any, *, comment: bool) -> str | None:
    found = string(native)
    return found and f"{'t1' if comment else 't3'}_{found}"
