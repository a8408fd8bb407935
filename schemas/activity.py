"""A post as Activity Streams 2.0 (https://www.w3.org/TR/activitystreams-core/), with its judgement as an extension.

Identifiers are `tag:` URIs (RFC 4151) made of the post's key: they name, they do not locate; `url` does. What
Activity Streams has no word for stands under the prefix `vigie`, declared in the context.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from schemas.instants import rfc3339
from schemas.judged import Judged, encode_judged
from schemas.post import Author, Post

TAG = "tag:vigie,2026:"
CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    {
        "Hashtag": "as:Hashtag",
        "vigie": f"{TAG}ns/",
        "quoteOf": {"@id": "vigie:quoteOf", "@type": "@id"},
        "rating": "vigie:rating",
        "version": "vigie:version",
        "judgement": {"@id": "vigie:judgement", "@type": "@json"},
    },
]
_OBJECTS = {"article": "Article", "video": "Video"}


def activity(post: Post, judged: Judged) -> dict[str, Any]:
    """`Create` of a Note, Article or Video, or `Announce` of the post that it reposts."""
    actor = _actor(post.platform, post.author)
    shared = {
        "@context": CONTEXT,
        "id": f"{name_of(post.key)}#{post.version}",
        "published": rfc3339(post.created_at),
        **({"actor": actor} if actor else {}),
        "to": "as:Public",
        "judgement": orjson.loads(encode_judged(judged)),
    }
    if post.kind == "repost" and post.repost_of is not None:
        return {**shared, "type": "Announce", "object": name_of(post.repost_of)}
    return {**shared, "type": "Create", "object": _object(post, actor)}


def encode_activity(post: Post, judged: Judged) -> bytes:
    """Sorted keys: the same post and judgement, the same bytes."""
    return orjson.dumps(activity(post, judged), option=orjson.OPT_SORT_KEYS)


def name_of(key: str) -> str:
    """The `tag:` URI of a post's key; `platform:@author` names an author."""
    return f"{TAG}{quote(key, safe=':/@')}"


def _object(post: Post, actor: dict[str, Any] | None) -> dict[str, Any]:
    tags = [{"type": "Mention", "name": f"@{name}"} for name in post.entities.mentions]
    tags += [{"type": "Hashtag", "name": f"#{name}"} for name in post.entities.hashtags]
    links = [{"type": "Link", "href": url} for url in post.entities.urls]
    known = {
        "url": post.url,
        "attributedTo": actor and actor["id"],
        "contentMap": {post.lang: post.text} if post.lang else None,
        "inReplyTo": post.in_reply_to and name_of(post.in_reply_to),
        "context": post.conversation and name_of(post.conversation),
        "quoteOf": name_of(post.repost_of) if post.repost_of and post.kind == "quote" else None,
        "rating": post.rating,
        "tag": tags or None,
        "attachment": links or None,
    }
    return {
        "id": name_of(post.key),
        "type": _OBJECTS.get(post.kind, "Note"),
        "mediaType": "text/plain",
        "content": post.text,
        "published": rfc3339(post.created_at),
        "version": post.version,
        **{name: value for name, value in known.items() if value is not None},
    }


def _actor(platform: str, author: Author) -> dict[str, Any] | None:
    """Whether a person or an organisation writes is the judgement's to say, so a bare actor is named."""
    who = author.id or author.handle or author.name
    if not who:
        return None
    known = {"preferredUsername": author.handle, "name": author.name, "summary": author.bio}
    return {
        "id": name_of(f"{platform}:@{who}"),
        "type": "Person",
        **{name: value for name, value in known.items() if value},
    }
