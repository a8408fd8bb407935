"""YouTube's Data API v3: comment threads, comments, videos, search results and channel activities."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import Source
from streams.sources.mapping import Outcome, at, build, count, each, edition, listed, string, withheld, words
from streams.sources.markup import plain

_THUMBNAIL = re.compile(r"//i\d*\.ytimg\.com/vi/([\w-]{6,})/")


def map_item(item: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """One element of `items`; channels, playlists and activities other than uploads are no posts."""
    match item.get("kind"):
        case "youtube#commentThread":
            yield from _thread(item, origin)
        case "youtube#comment":
            yield _comment(item, origin, None)
        case "youtube#video":
            yield _video(item, origin, item.get("id"))
        case "youtube#searchResult":
            if at(item, "id", "videoId") is not None:
                yield _video(item, origin, at(item, "id", "videoId"))
        case "youtube#activity":
            if at(item, "snippet", "type") == "upload":
                shown = _THUMBNAIL.search(str(at(item, "snippet", "thumbnails", "default", "url")))
                yield _video(
                    item, origin, at(item, "contentDetails", "upload", "videoId") or (shown and shown[1])
                )
        case _:
            pass


def _thread(item: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    if at(item, "snippet", "isPublic") is False:
        yield withheld("youtube", "the channel's owner")
        return
    top = at(item, "snippet", "topLevelComment")
    yield _comment(top if isinstance(top, Mapping) else {}, origin, at(item, "snippet", "totalReplyCount"))
    for reply in each(item, "replies", "comments"):
        yield _comment(reply, origin, None)


def _comment(item: Mapping[str, Any], origin: Source, replies: Any) -> Outcome:
    said = at(item, "snippet")
    created, edited = at(said, "publishedAt"), at(said, "updatedAt")
    shown = at(said, "textDisplay")
    text = at(said, "textOriginal")
    if text is None and isinstance(shown, str):
        text = plain(shown).text
    video, native = at(said, "videoId"), string(item.get("id"))
    handle = at(said, "authorDisplayName")
    return build(
        origin,
        "youtube",
        native,
        text=text,
        created_at=created,
        kind="comment",
        version=edition(created, edited),
        url=f"https://www.youtube.com/watch?v={video}&lc={native}" if video else None,
        in_reply_to=at(said, "parentId") or video,
        conversation=video or at(said, "parentId"),
        author={
            "id": string(at(said, "authorChannelId", "value")),
            "handle": handle.removeprefix("@")
            if isinstance(handle, str) and handle.startswith("@")
            else None,
            "name": handle if isinstance(handle, str) and not handle.startswith("@") else None,
        },
        metrics={"likes": count(at(said, "likeCount")), "replies": count(replies)},
    )


def _video(item: Mapping[str, Any], origin: Source, native: Any) -> Outcome:
    said, counts = at(item, "snippet"), at(item, "statistics")
    audience = at(item, "status", "privacyStatus")
    if audience is not None and audience != "public":
        return withheld("youtube", audience)
    # Search escapes titles as HTML, the other calls do not; none of them means "&amp;" literally.
    text = "\n\n".join(html.unescape(part) for part in words([at(said, "title"), at(said, "description")]))
    return build(
        origin,
        "youtube",
        native,
        text=text or None,
        created_at=at(said, "publishedAt"),
        kind="video",
        url=f"https://www.youtube.com/watch?v={native}",
        lang=at(said, "defaultAudioLanguage") or at(said, "defaultLanguage"),
        author={"id": string(at(said, "channelId")), "name": at(said, "channelTitle")},
        metrics={
            "likes": count(at(counts, "likeCount")),
            "replies": count(at(counts, "commentCount")),
            "views": count(at(counts, "viewCount")),
        },
        entities={
            "hashtags": words(tag for tag in listed(said, "tags") if isinstance(tag, str) and " " not in tag)
        },
    )
