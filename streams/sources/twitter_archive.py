"""An X archive: `tweets.js` and `deleted-tweets.js` of the account's own download (route: file)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.mapping import Outcome, at, build, count, deletion, each, string, words

_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/\w+/status/(\d+)")
PREFIX = re.compile(rb"\s*window\.YTD\.[\w.-]+\s*=\s*")


def map_archived(
    payload: Mapping[str, Any], origin: Source, author: Mapping[str, Any] | None = None
) -> Iterator[Outcome]:
    """One `{"tweet": …}`. The archive names no author: `author` is what `account.js` says."""
    tweet = payload.get("tweet", payload)
    native = at(tweet, "id_str") or at(tweet, "id")
    if at(tweet, "deleted_at") is not None:
        yield deletion("twitter", native, tweet["deleted_at"])
        return
    text = at(tweet, "full_text") or at(tweet, "text")
    urls = each(tweet, "entities", "urls")
    if not isinstance(text, str):
        yield Invalid("missing-field", "twitter: no full_text")
        return
    quoted = next(
        (found[1] for url in reversed(urls) if (found := _STATUS.match(str(url.get("expanded_url"))))), None
    )
    history = [string(one) for one in _edits(tweet)]
    yield _post(tweet, origin, text, quoted, history, author)


def _post(
    tweet: Mapping[str, Any], origin: Source, text: str, quoted: str | None, history: list[str | None],
    author: Mapping[str, Any] | None,
) -> Outcome:  # fmt: skip
    native = string(tweet.get("id_str")) or string(tweet.get("id"))
    place = history.index(native) if native in history else 0
    repost = text.startswith("RT @")
    handle = at(author, "username")
    return build(
        origin,
        "twitter",
        history[0] if history else native,
        text=unwound(text, [*each(tweet, "entities", "urls"), *each(tweet, "entities", "media")]),
        created_at=tweet.get("created_at"),
        kind=_kind(tweet, repost=repost, quoted=quoted),
        version=place + 1,
        supersedes=history[place - 1] if place else None,
        url=f"https://x.com/{handle or 'i'}/status/{native}",
        lang=tweet.get("lang"),
        in_reply_to=tweet.get("in_reply_to_status_id_str"),
        repost_of=None if repost else quoted,
        author={
            "id": string(at(author, "accountId")),
            "handle": handle,
            "name": at(author, "accountDisplayName"),
            "created_at": at(author, "createdAt"),
        },
        metrics={"likes": count(tweet.get("favorite_count")), "shares": count(tweet.get("retweet_count"))},
        entities={
            "mentions": words(item.get("screen_name") for item in each(tweet, "entities", "user_mentions")),
            "hashtags": words(item.get("text") for item in each(tweet, "entities", "hashtags")),
            "cashtags": words(item.get("text") for item in each(tweet, "entities", "symbols")),
            "urls": words(item.get("expanded_url") for item in each(tweet, "entities", "urls")),
        },
    )


def _kind(tweet: Mapping[str, Any], *, repost: bool, quoted: str | None) -> str:
    if repost:
        return "repost"
    if quoted:
        return "quote"
    return "comment" if tweet.get("in_reply_to_status_id_str") else "post"


def _edits(tweet: Mapping[str, Any]) -> list[Any]:
    """Every id that the tweet has had, the oldest first."""
    for path in (("initial",), ("edit", "editControlInitial")):
        found = at(tweet, "edit_info", *path, "editTweetIds")
        if isinstance(found, list):
            return found
    return []


def unwound(text: str, links: list[Mapping[str, Any]]) -> str:
    """`text` with each shortened link written out, and &amp; &lt; &gt; as what they mean."""
    for link in links:
        short, full = link.get("url"), link.get("expanded_url") or link.get("unwound_url")
        if isinstance(short, str) and isinstance(full, str) and short:
            text = text.replace(short, full)
    return html.unescape(text)
