"""Who wrote it, as a keyed hash: the same author the same key, and nobody without the secret can tell who it is.

The key rotates with the quarter in which a post was written (and not with the clock, so that a replay gives
the same bytes): what an author wrote in two quarters cannot be put together. A window over the turn of a
quarter may so count one author as two. Quarters' keys derive from an author's root, which leaves `judge` only
for an author who withdrew: who holds it can find that author's posts of every quarter, and void them.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from schemas.post import Author, Post

QUARTER = 91 * 86_400_000  # milliseconds


def who(author: Author) -> str | None:
    """What names an author on a platform: the id, else the handle, else the name."""
    return author.id or author.handle or author.name or None


def author_root(platform: str, author: str, secret: bytes) -> str:
    """32 hex digits from which the keys of every quarter derive; `author` as `who` gives it."""
    return _keyed(secret, f"{platform}\0{author}")


def key_of_quarter(root: str, quarter: int) -> str:
    """32 hex digits; `quarter` counts from the epoch."""
    return _keyed(bytes.fromhex(root), f"quarter {quarter}")


def author_key(post: Post, secret: bytes) -> str | None:
    """None where the platform names no author."""
    author = who(post.author)
    if author is None:
        return None
    return _key(post.platform, author, post.created_at // QUARTER, secret)


@lru_cache(maxsize=20_000)  # two hashes each, and who writes once often writes again
def _key(platform: str, author: str, quarter: int, secret: bytes) -> str:
    return key_of_quarter(author_root(platform, author, secret), quarter)


def _keyed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "replace"), "sha256")[:16].hex()
