"""Keys of posts that name nobody, and the names under which an author's keys are kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from schemas.post import Author, Post
from schemas.watchlist import SAME_PLATFORM
from streams.sealing.keys import KeyStore, Owner

# a number or code as platforms give them; ids with more in them (at://did:…, https://…/users/lea/…) can name the author
_CODE = re.compile(r"[0-9A-Za-z_-]{1,64}|~[0-9a-f]{24}")
_KEYS = ("key", "in_reply_to", "repost_of", "conversation", "supersedes")


def nameless(key: str, store: KeyStore) -> str:
    """`key` itself where its id is a mere code, otherwise `platform:~` and a keyed hash: always the same
    for the same key, so that edits, deletions and reposts still find their post."""
    if _plain(key):
        return key
    platform, _, _ = key.partition(":")
    return f"{platform}:~{store.hashed('key', key)[:12].hex()}"


def _plain(key: str) -> bool:
    return _CODE.fullmatch(key.partition(":")[2]) is not None


def nameless_post(post: Post, store: KeyStore) -> Post:
    """`post`, and every post that it refers to, under nameless keys."""
    found = {name: key for name in _KEYS if (key := getattr(post, name)) and not _plain(key)}
    changed: dict[str, Any] = {name: nameless(key, store) for name, key in found.items()}
    return replace(post, **changed) if changed else post


def author_number(platform: str, name: str, store: KeyStore) -> int:
    """The hash of an account's id or handle; a handle counts without @ and whatever its case."""
    return store.number("author", SAME_PLATFORM.get(platform, platform), name.removeprefix("@").casefold())


def owner_of(post: Post, store: KeyStore) -> Owner:
    """Whose `post` (under its nameless key) is."""
    names = [found for found in (post.author.id, post.author.handle, post.author.name) if found]
    who, alias = (author_number(post.platform, name, store) for name in (names * 2)[:2]) if names else (0, 0)
    return Owner(who, alias, store.number("post", post.key))


def goes_by(author: Author, name: str) -> bool:
    """Is `name` the id or the handle of `author`?"""
    plain = name.removeprefix("@").casefold()
    return plain in {found.removeprefix("@").casefold() for found in (author.id, author.handle) if found}
