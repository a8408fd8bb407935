"""X (Twitter) API v2: what streams, search pages, the Activity API and compliance jobs send."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import AuthorDeletion, Source
from schemas.reject import Invalid
from streams.sources.mapping import Outcome, at, build, count, deletion, each, listed, string, withheld, words
from streams.sources.times import moment

_EPOCH = 1_288_834_974_657  # of X's ids, in epoch milliseconds
_FEEDS = {
    "post.create",
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
    "post.repost.create",
}


def map_payload(payload: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One stream line, page, or Activity event. What it includes for context is used, not entered itself."""
    data = payload.get("data")
    if isinstance(data, Mapping) and "event_type" in data:
        yield from _activity(data, origin)
        return
    includes = payload.get("includes")
    for tweet in [data] if isinstance(data, Mapping) else each(payload, "data"):
        yield _post(tweet, includes, origin)


def map_removed_post(line: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One line of a batch compliance result for posts."""
    if line.get("action") == "delete":
        yield deletion("twitter", line.get("id"), line.get("redacted_at") or line.get("created_at"))


def map_removed_author(line: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One line of a batch compliance result for users."""
    if line.get("action") != "delete":
        return
    author, when = string(line.get("id")), moment(line.get("redacted_at") or line.get("created_at"))
    if author is None or when is None:
        yield Invalid("missing-field", "twitter: a compliance line needs id and time")
    else:
        yield AuthorDeletion("twitter", author, when)


def born(native: Any) -> int | None:
    """When an id was given out: its first bits are the time (epoch milliseconds)."""
    text = string(native)
    return (
        (int(text) >> 22) + _EPOCH if text and text.isascii() and text.isdigit() and len(text) < 20 else None
    )


def _activity(data: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    payload = data.get("payload")
    tweet = payload if isinstance(payload, Mapping) else {}
    if data.get("event_type") == "post.delete":
        # The event has no time of its own. A deletion outranks every version whenever it was.
        yield deletion("twitter", tweet.get("id"), born(tweet.get("id")))
    elif str(data.get("event_type")) in _FEEDS or "text" in tweet:
        yield _post(tweet, data.get("includes"), origin)


def _post(tweet: Mapping[str, Any], includes: Any, origin: Source) -> Outcome:
    native = string(tweet.get("id"))
    user = _by_id(includes, "users", tweet.get("author_id"))
    if user.get("protected") is True:
        return withheld("twitter", "followers")
    references = {str(item.get("type")): string(item.get("id")) for item in each(tweet, "referenced_tweets")}
    said = tweet
    if references.get("retweeted") is not None:  # its own text is cut after 140 characters
        said = _by_id(includes, "tweets", references["retweeted"]) or tweet
    history = [string(one) for one in listed(tweet, "edit_history_tweet_ids")]
    place = history.index(native) if native in history else 0
    text, entities = _text(said)
    return build(
        origin,
        "twitter",
        history[0] if history else native,
        text=text,
        created_at=tweet.get("created_at") or born(native),
        kind=_kind(references),
        version=place + 1,
        supersedes=history[place - 1] if place else None,
        url=f"https://x.com/{user.get('username') or 'i'}/status/{native}",
        lang=tweet.get("lang"),
        in_reply_to=references.get("replied_to"),
        repost_of=references.get("retweeted") or references.get("quoted"),
        conversation=tweet.get("conversation_id"),
        author=_author(user) | {"id": string(tweet.get("author_id"))},
        metrics={
            "likes": count(at(tweet, "public_metrics", "like_count")),
            "shares": count(at(tweet, "public_metrics", "retweet_count")),
            "replies": count(at(tweet, "public_metrics", "reply_count")),
            "views": count(at(tweet, "public_metrics", "impression_count")),
        },
        entities={
            "mentions": words(item.get("username") for item in each(entities, "mentions")),
            "hashtags": words(item.get("tag") for item in each(entities, "hashtags")),
            "cashtags": words(item.get("tag") for item in each(entities, "cashtags")),
            "urls": words(_full(item) for item in each(entities, "urls")),
        },
    )


def _kind(references: Mapping[str, Any]) -> str:
    if "retweeted" in references:
        return "repost"
    if "quoted" in references:
        return "quote"
    return "comment" if "replied_to" in references else "post"


def _text(tweet: Mapping[str, Any]) -> tuple[str | None, Any]:
    """The whole text, links written out, and the entities that belong to it."""
    note = tweet.get("note_tweet")
    said = note if isinstance(note, Mapping) and note.get("text") else tweet
    text, entities = said.get("text"), said.get("entities")
    if not isinstance(text, str):
        return None, entities
    for link in each(entities, "urls"):
        short, full = link.get("url"), _full(link)
        if isinstance(short, str) and short and full:
            text = text.replace(short, full)
    return html.unescape(text), entities


def _full(link: Mapping[str, Any]) -> str | None:
    return string(link.get("unwound_url")) or string(link.get("expanded_url"))


def _author(user: Mapping[str, Any]) -> dict[str, Any]:
    badge = at(user, "affiliation", "description")
    return {
        "handle": user.get("username"),
        "name": user.get("name"),
        "bio": user.get("description"),
        "verified": user.get("verified") if isinstance(user.get("verified"), bool) else None,
        "followers": count(at(user, "public_metrics", "followers_count")),
        "posts": count(at(user, "public_metrics", "tweet_count")),
        "created_at": user.get("created_at"),
        "declared_employer": string(badge),
        "employer_source": "badge" if string(badge) else None,
    }


def _by_id(includes: Any, kind: str, native: Any) -> Mapping[str, Any]:
    wanted = string(native)
    for item in each(includes, kind):
        found = item["data"] if isinstance(item.get("data"), Mapping) else item
        if wanted is not None and string(found.get("id")) == wanted:
            return found
    return {}
