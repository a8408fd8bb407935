"""A post whose personal fields lie in a box: what `vigie feed` writes to posts.v1.

In the clear stays what order, retraction and counting need: key, platform, kind, created_at and version. All
else is in `box`, AES-256-GCM under a key that serves this one record and lies in the key store under the
number `by`. Without that key nobody reads the box, wherever a copy of it lies.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from schemas.codec import decode_document, document_of, read_document
from schemas.instants import instant, rfc3339
from schemas.limits import KEY_LIMIT
from schemas.post import AuthorDeletion, Deletion, Post, PostRecord
from schemas.reject import Invalid

CLEAR = ("key", "platform", "kind", "created_at", "version")


class Sealed(NamedTuple):
    """`box` holds the other fields of the post, sealed; `created_at` as it is written, RFC 3339."""

    key: str
    platform: str
    kind: str
    created_at: str
    version: int
    by: int
    box: bytes

    def bound(self) -> bytes:
        """What the box is bound to: it opens beside no other clear fields than these."""
        clear = f"{self.key}\n{self.platform}\n{self.kind}\n{self.created_at}\n{self.version}"
        return clear.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Gone:
    """A sealed post that nobody can read any more; `lost` where its key is missing though no erasure took it.
    `created_at` in epoch milliseconds."""

    key: str
    platform: str
    created_at: int
    version: int
    by: int
    lost: bool


Private = Post | AuthorDeletion
Opened = Post | AuthorDeletion | Gone | Invalid
_ACCOUNT = "author"  # stands for `kind` where an AuthorDeletion is sealed


def sealed_of(post: Private, key: str, by: int) -> Sealed:
    """`post` under `key` with an empty box, to be filled with its `private_part`."""
    if isinstance(post, AuthorDeletion):
        return Sealed(key, post.platform, _ACCOUNT, rfc3339(post.at), 1, by, b"")
    return Sealed(key, post.platform, post.kind, rfc3339(post.created_at), post.version, by, b"")


def private_part(post: Private) -> dict[str, Any]:
    """What goes into the box: the canonical post without its clear fields."""
    if isinstance(post, AuthorDeletion):
        return {"author": {"id": post.author}}
    wire = document_of(post)
    for name in CLEAR:
        del wire[name]
    return wire


def encode_sealed(sealed: Sealed) -> bytes:
    """Canonical wire form: sorted keys."""
    return orjson.dumps(
        {
            "created_at": sealed.created_at,
            "key": sealed.key,
            "kind": sealed.kind,
            "platform": sealed.platform,
            "sealed": {"box": b64encode(sealed.box).decode("ascii"), "by": sealed.by},
            "version": sealed.version,
        }
    )


def decode_record(raw: bytes) -> PostRecord | Sealed | Invalid:
    """What a record of posts.v1 holds, or why it holds nothing. Of a sealed one only the box is looked into
    here; its other fields are as its writer had them, which opening it proves."""
    document = read_document(raw)
    if isinstance(document, Invalid):
        return document
    if "sealed" not in document:
        return decode_document(document)
    try:
        part = document["sealed"]
        found = Sealed(
            document["key"],
            document["platform"],
            document["kind"],
            document["created_at"],
            document["version"],
            part["by"],
            b64decode(part["box"]),
        )
        if _bounded(found) and type(found.key) is str and type(found.created_at) is str:
            return found
    except (KeyError, TypeError, ValueError):
        pass
    return Invalid(
        "bad-value", "sealed must hold a box in base64 and its key's number, beside the clear fields"
    )


def _bounded(found: Sealed) -> bool:
    numbers = type(found.by) is int and type(found.version) is int
    return numbers and 0 < found.by < 2**63 and 0 < found.version < 2**31 and len(found.key) <= KEY_LIMIT


def open_post(sealed: Sealed, private: bytes) -> Private | Invalid:
    """The record of which `private` is what `private_part` gave."""
    document = read_document(private)
    if isinstance(document, Invalid):
        return document
    if sealed.kind == _ACCOUNT:
        document |= {"key": sealed.key, "platform": sealed.platform, "deleted": True, "kind": "author"}
        document["at"] = sealed.created_at
        return _opened(decode_document(document))
    document["key"], document["platform"], document["kind"] = sealed.key, sealed.platform, sealed.kind
    document["created_at"], document["version"] = sealed.created_at, sealed.version
    return _opened(decode_document(document))


def _opened(found: PostRecord | Invalid) -> Private | Invalid:
    return Invalid("bad-value", "a deletion is not sealed") if isinstance(found, Deletion) else found


def gone(sealed: Sealed, *, lost: bool) -> Gone | Invalid:
    """What is left of `sealed` without its key."""
    at = instant(sealed.created_at)
    if at is None or not isinstance(sealed.platform, str):
        return Invalid("bad-value", "a sealed post names its platform and an instant between 1990 and 2100")
    return Gone(sealed.key, sealed.platform, at, sealed.version, sealed.by, lost)
