"""From a judged post to the records that `measure` reads."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from schemas.judged import Disclosure, Judged
from schemas.mention import Coordinates, Mention, MentionDisclosure
from schemas.post import Post

QUARTER = 91 * 86_400_000  # milliseconds


def author_key(post: Post, secret: bytes) -> str | None:
    """Who wrote it, as a keyed hash (32 hex digits): the same author the same key, and nobody without the
    secret can tell who it is. None where the platform names no author.

    The key rotates with the quarter in which the post was written (and not with the clock, so that a
    replay gives the same bytes): what an author wrote in two quarters cannot be put together. A window
    over the turn of a quarter may so count one author as two.
    """
    who = post.author.id or post.author.handle or post.author.name
    if not who:
        return None
    key = _quarter_key(secret, post.created_at // QUARTER)
    return hmac.digest(key, f"{post.platform}\0{who}".encode("utf-8", "replace"), hashlib.sha256)[:16].hex()


@lru_cache(maxsize=64)
def _quarter_key(secret: bytes, quarter: int) -> bytes:
    return hmac.digest(secret, f"quarter {quarter}".encode(), hashlib.sha256)


def mentions_of(
    post: Post,
    judged: Judged,
    *,
    origin: Coordinates,
    secret: bytes,
    versions: str,
    received: int | None = None,
) -> list[Mention]:
    """One record for each company that the post is about."""
    if not judged.mentions:
        return []
    author = author_key(post, secret)
    return [
        Mention(
            post=post.key,
            version=post.version,
            company=mention.company,
            platform=post.platform,
            kind=post.kind,
            event_time=post.created_at,
            origin=origin,
            evidence=mention.evidence,
            confidence=mention.confidence,
            label=mention.sentiment.label,
            score=mention.sentiment.score,
            scored=mention.sentiment.lexicon is not None,
            language=judged.language.code,
            role=mention.role,
            credibility=judged.author.credibility.level,
            weight=judged.author.credibility.weight,
            register=judged.register,
            interaction=judged.interaction,
            disclosures=tuple(
                MentionDisclosure(found.kind, found.explicit, found.span)
                for found in judged.disclosures
                if _bears_on(found, mention.company)
            ),
            author=author,
            signature=judged.signature,
            repost_of=post.repost_of,
            versions=versions,
            persons=judged.persons,
            received=received,
        )
        for mention in judged.mentions
    ]


def _bears_on(disclosure: Disclosure, company: str) -> bool:
    return disclosure.company is None or disclosure.company == company
