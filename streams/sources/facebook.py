"""Facebook: posts and comments of the Graph API, and the changes that its `feed` webhook announces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from streams.sources.mapping import (
    Outcome,
    at,
    build,
    count,
    deletion,
    each,
    edition,
    listed,
    string,
    withheld,
    words,
)

_COMMENT = re.compile(r"/posts/(\d+)/?\?(?:.*&)?comment_id=(\d+)")


def map_object(item: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One post or comment of a Graph answer; a post without words is read by what it links. A page is none."""
    if "name" in item and "created_time" not in item:
        return
    audience = at(item, "privacy", "value")
    if (audience is not None and audience not in ("", "EVERYONE")) or item.get("is_published") is False:
        yield withheld("facebook", audience or "its page")
        return
    if item.get("is_hidden") is True:
        yield withheld("facebook", "its author")
        return
    link = string(item.get("permalink_url"))
    commented = _COMMENT.search(link or "")
    comment = commented is not None or "comment_count" in item or "parent" in item
    native = string(item.get("id")) or (f"{commented[1]}_{commented[2]}" if commented else None)
    created = item.get("created_time")
    attached = each(item, "attachments", "data")
    shown = next(iter(words([item.get("message"), item.get("story")])), None)
    about = string(at(item, "parent", "id")) or (commented[1] if commented else None)
    yield build(
        origin,
        "facebook",
        native,
        text=shown or next(iter(words(at(part, "title") for part in attached)), None),
        created_at=created,
        kind="comment" if comment else "post",
        version=1 if comment else edition(created, item.get("updated_time")),
        url=link,
        in_reply_to=about if comment else None,
        author={"id": string(at(item, "from", "id")), "name": at(item, "from", "name")},
        metrics={
            "likes": _reactions(item),
            "shares": count(at(item, "shares", "count")),
            "replies": count(item.get("comment_count") or at(item, "comments", "summary", "total_count")),
        },
        entities={
            "mentions": words(tag.get("name") for tag in each(item, "message_tags")),
            "urls": words(at(part, "unshimmed_url") or at(part, "url") for part in attached),
        },
    )


def _reactions(item: Mapping[str, Any]) -> int | None:
    """How many liked it or reacted otherwise, where the question asked for that."""
    sums = (
        item.get("like_count"),
        *(at(item, part, "summary", "total_count") for part in ("reactions", "likes")),
    )
    return next((found for found in map(count, sums) if found is not None), None)


def map_change(change: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One change of a webhook's entry, with the entry's `time` in it; reactions are no posts."""
    value = change.get("value")
    if (
        change.get("field") != "feed"
        or not isinstance(value, Mapping)
        or value.get("item") in ("reaction", "like")
    ):
        return
    comment = value.get("item") == "comment"
    native = value.get("comment_id") if comment else value.get("post_id")
    created, told = value.get("created_time"), change.get("time")
    if value.get("verb") in ("remove", "hide"):
        yield deletion("facebook", native, told or created)
        return
    if value.get("published") == 0:
        yield withheld("facebook", "its page")
        return
    yield build(
        origin,
        "facebook",
        native,
        text=value.get("message"),
        created_at=created,
        kind="comment" if comment else "post",
        version=max(2, edition(created, told)) if value.get("verb") == "edited" else 1,
        url=string(at(value, "post", "permalink_url")),
        in_reply_to=value.get("parent_id") if comment else None,
        conversation=value.get("post_id") if comment else None,
        author={"id": string(at(value, "from", "id")), "name": at(value, "from", "name")},
        entities={"urls": words([value.get("link")])},
    )


def objects(body: Any) -> list[Any]:
    """The objects of a Graph answer: a page of them, one by itself, or several asked for by their ids."""
    if not isinstance(body, Mapping) or "data" in body:
        return listed(body, "data")
    return [body] if "id" in body else [*body.values()]


def changes(body: Any) -> list[dict[str, Any]]:
    """The changes in a webhook's body, each with the time of its entry."""
    return [
        {"time": entry.get("time"), **change}
        for entry in each(body, "entry")
        for change in each(entry, "changes")
    ]
