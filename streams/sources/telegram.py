"""Telegram: updates of the Bot API from channels where the bot is administrator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp
from yarl import URL

from schemas.post import Source
from streams.sources.http import fetch
from streams.sources.mapping import Outcome, at, build, each, edition, listed, string, withheld, words
from streams.sources.polling import Page, PollingSource, document

API = "https://api.telegram.org"


def map_update(update: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """A channel's post or its edit; chats and groups are not public."""
    post = update.get("channel_post") or update.get("edited_channel_post")
    if not isinstance(post, Mapping):
        if any(name in update for name in ("message", "edited_message")):
            yield withheld("telegram", "a chat")
        return
    chat, native = string(at(post, "chat", "id")), string(post.get("message_id"))
    text = post.get("text") or post.get("caption")
    if text is None:
        return  # a picture without words, or a pinned message
    handle = string(at(post, "chat", "username"))
    marked = list(_marked(str(text), each(post, "entities") or each(post, "caption_entities")))
    yield build(
        origin,
        "telegram",
        chat and native and f"{chat}/{native}",
        text=text,
        created_at=post.get("date"),
        kind="repost" if post.get("forward_origin") or post.get("forward_from_chat") else "post",
        version=edition(post.get("date"), post.get("edit_date")),
        url=f"https://t.me/{handle}/{native}" if handle else None,
        in_reply_to=chat and _inside(chat, at(post, "reply_to_message", "message_id")),
        repost_of=_forwarded(post),
        author={"id": chat, "handle": handle, "name": at(post, "chat", "title")},
        entities={
            "mentions": words(word.removeprefix("@") for kind, word in marked if kind == "mention"),
            "hashtags": words(word.removeprefix("#") for kind, word in marked if kind == "hashtag"),
            "cashtags": words(word.removeprefix("$") for kind, word in marked if kind == "cashtag"),
            "urls": words(word for kind, word in marked if kind in ("url", "text_link")),
        },
    )


def _inside(chat: str, native: Any) -> str | None:
    return f"{chat}/{native}" if string(native) else None


def _forwarded(post: Mapping[str, Any]) -> str | None:
    chat = string(at(post, "forward_origin", "chat", "id")) or string(at(post, "forward_from_chat", "id"))
    native = at(post, "forward_origin", "message_id") or post.get("forward_from_message_id")
    return _inside(chat, native) if chat else None


def _marked(text: str, entities: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What Telegram marks; it counts in UTF-16 units."""
    raw = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        start, length = entity.get("offset"), entity.get("length")
        if isinstance(start, int) and isinstance(length, int) and start >= 0 and length > 0:
            word = string(entity.get("url")) or raw[2 * start : 2 * (start + length)].decode(
                "utf-16-le", "ignore"
            )
            yield str(entity.get("type")), word


def live(token: str, api: str = API, *, every: float = 2.0, **given: Any) -> PollingSource:
    """Updates as they come.

    Telegram forgets what lies before the one that it is asked for: by then, the contract says, the cursor
    behind it is kept.
    """
    base = f"{api}/bot{token}"  # the token is part of the address: it must not be said in any error

    async def step(client: aiohttp.ClientSession, cursor: str | None) -> Page:
        after = int(cursor) + 1 if cursor and cursor.lstrip("-").isdigit() else 0
        wanted = "%5B%22channel_post%22%2C%22edited_channel_post%22%5D"
        question = URL(f"{base}/getUpdates?limit=100&offset={after}&allowed_updates={wanted}", encoded=True)
        updates = listed(document((await fetch(client, question)).body), "result")
        ids = [item["update_id"] for item in each(updates) if isinstance(item.get("update_id"), int)]
        return Page(updates, str(max(ids)) if ids else cursor or "0", more=len(updates) == 100)

    return PollingSource("telegram", step, map_update, every=every, **given)
