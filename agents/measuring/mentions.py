"""From a judged post to the records that `measure` reads."""

from __future__ import annotations

from agents.measuring.author_keys import author_key
from schemas.judged import Disclosure, Judged
from schemas.mention import Coordinates, Mention, MentionDisclosure
from schemas.post import Post


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
            disclosures=_bearing_on(mention.company, judged.disclosures) if judged.disclosures else (),
            author=author,
            signature=judged.signature,
            repost_of=post.repost_of,
            versions=versions,
            persons=judged.persons,
            received=received,
        )
        for mention in judged.mentions
    ]


def _bearing_on(company: str, disclosures: tuple[Disclosure, ...]) -> tuple[MentionDisclosure, ...]:
    return tuple(
        [
            MentionDisclosure(found.kind, found.explicit, found.span)
            for found in disclosures
            if found.company is None or found.company == company
        ]
    )
