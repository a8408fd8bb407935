"""Keys of posts that name nobody, and the names under which an author's keys are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from schemas.post import Author, AuthorDeletion, Deletion, Post, PostRecord
from schemas.watchlist import SAME_PLATFORM
from streams.sealing.keys import KeyStore, Owner

# a number or code as platforms give them; ids with more in them (at://did:…, https://…/users/lea/…) can name the author
_CODE = re.compile(r"[0-9A-Za-z_-]{1,64}|~[0-9a-f]{24}")
_KEYS = ("key", "in_reply_to", "repost_of", "conversation", "supersedes")


@dataclass(frozen=True, slots=True)
class Named:
    """A record as it goes to posts.v1: under `key`, and belonging to `owner`."""

    record: PostRecord
    key: str
    owner: Owner

    def erased(self, refused: dict[int, int]) -> bool:
        """Is it a post that was erased before? `refused`: until when (epoch ms), by the hashes of an owner."""
        post = self.record
        return isinstance(post, Post) and any(post.created_at <= refused.get(one, -1) for one in self.owner)


def nameless(record: PostRecord, store: KeyStore) -> Named:
    """`record`, and every post that it refers to, under keys that name nobody."""
    key = nameless_key(record.key, store)
    if isinstance(record, Deletion):
        return Named(replace(record, key=key), key, Owner())
    if isinstance(record, AuthorDeletion):
        number = author_number(record.platform, record.author, store)
        return Named(record, key, Owner(number, number))
    found = {name: value for name in _KEYS if (value := getattr(record, name)) and not _plain(value)}
    changed: dict[str, Any] = {name: nameless_key(value, store) for name, value in found.items()}
    return Named(replace(record, **changed) if changed else record, key, _owner_of(record, key, store))


def nameless_key(key: str, store: KeyStore) -> str:
    """`key` itself where its id is a mere code, otherwise `platform:~` and a keyed hash: always the same
    for the same key, so that edits, deletions and reposts still find their post."""
    if _plain(key):
        return key
    platform, _, _ = key.partition(":")
    return f"{platform}:~{store.hashed('key', key)[:12].hex()}"


def _plain(key: str) -> bool:
    return _CODE.fullmatch(key.partition(":")[2]) is not None


def author_number(platform: str, name: str, store: KeyStore) -> int:
    """The hash of an account's id or handle; a handle counts without @ and whatever its case."""
    return store.number("author", SAME_PLATFORM.get(platform, platform), name.removeprefix("@").casefold())


def _owner_of(post: Post, key: str, store: KeyStore) -> Owner:
    names = [found for found in (post.author.id, post.author.handle, post.author.name) if found]
    who, alias = (author_number(post.platform, name, store) for name in (names * 2)[:2]) if names else (0, 0)
    return Owner(who, alias, store.number("post", key))


def goes_by(author: Author, name: str) -> bool:
    """Is `name` the id or the handle of `author`?"""
    plain = name.removeprefix("@").casefold()
    return plain in {found.removeprefix("@").casefold() for found in (author.id, author.handle) if found}
