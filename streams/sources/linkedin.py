"""LinkedIn: what its webhook tells an organisation, and posts of its Posts API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from streams.sources.mapping import Outcome, at, build, count, deletion, edition, string, withheld, words


def map_notification(told: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One notification; likes are no posts. A comment's edit is known by when it was made."""
    action, when = told.get("action"), told.get("lastModifiedAt")
    made = at(told, "decoratedGeneratedActivity", "comment") or at(
        told, "decoratedGeneratedActivity", "share"
    )
    native = _urn(at(made, "entity") or told.get("generatedActivity"))
    if action == "COMMENT_DELETE":
        yield deletion("linkedin", native, when)
        return
    if not isinstance(made, Mapping):
        return
    comment = native is not None and native.startswith("urn:li:comment:")
    about = _urn(at(made, "object") or told.get("sourcePost"))
    yield build(
        origin,
        "linkedin",
        native,
        text=made.get("text"),
        created_at=when,
        kind="comment"
        if comment
        else "repost"
        if action == "SHARE" and not made.get("text")
        else _shared(action),
        version=int(when) // 1000 if action == "COMMENT_EDIT" and isinstance(when, int) and when > 0 else 1,
        in_reply_to=about if comment else None,
        conversation=about if comment else None,
        repost_of=about if action == "SHARE" else None,
        author={"id": string(made.get("owner"))},
        entities={"mentions": words([told.get("organizationalEntity")]) if action == "SHARE_MENTION" else []},
    )


def map_post(post: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One post of the Posts API."""
    audience = post.get("visibility")
    if audience not in (None, "PUBLIC", "LOGGED_IN") or post.get("lifecycleState") not in (None, "PUBLISHED"):
        yield withheld(
            "linkedin", audience if audience not in ("PUBLIC", "LOGGED_IN") else post.get("lifecycleState")
        )
        return
    created = post.get("publishedAt") or post.get("createdAt")
    edited = (
        post.get("lastModifiedAt") if at(post, "lifecycleStateInfo", "isEditedByAuthor") is True else None
    )
    parent = _urn(at(post, "reshareContext", "parent"))
    yield build(
        origin,
        "linkedin",
        _urn(post.get("id")),
        text=post.get("commentary"),
        created_at=created,
        kind="post" if parent is None else "quote" if post.get("commentary") else "repost",
        version=edition(created, edited),
        repost_of=parent,
        author={"id": string(post.get("author"))},
        entities={"urls": words([at(post, "content", "article", "source")])},
    )


def map_element(item: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One element of an answer: a post, or a comment under one."""
    if "message" not in item and "commentUrn" not in item:
        yield from map_post(item, origin)
        return
    created = at(item, "created", "time")
    about = _urn(item.get("parentComment") or item.get("object"))
    yield build(
        origin,
        "linkedin",
        _urn(item.get("commentUrn")),
        text=at(item, "message", "text"),
        created_at=created,
        kind="comment",
        version=_comment_version(created, at(item, "lastModified", "time")),
        in_reply_to=about,
        conversation=_urn(item.get("object")),
        author={"id": string(item.get("actor"))},
        metrics={"likes": count(at(item, "likesSummary", "totalLikes"))},
    )


def _comment_version(created: Any, edited: Any) -> int:
    """The second of the edit, as the webhook's COMMENT_EDIT tells no time of making."""
    return int(edited) // 1000 if isinstance(edited, int) and edition(created, edited) > 1 else 1


def _shared(action: Any) -> str:
    return "quote" if action == "SHARE" else "post"


def _urn(value: Any) -> str | None:
    """Comments are named `(urn:li:activity:…,…)` in one place and `(activity:…,…)` in another."""
    found = string(value)
    return found and found.replace("(urn:li:", "(")
