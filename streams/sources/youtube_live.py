"""YouTube live: new comments on the videos of some channels, within the day's quota of the API.

(New videos of a channel come by its feed: `rss:https://www.youtube.com/feeds/videos.xml?channel_id=…`.)
"""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
from yarl import URL

from streams.sources.http import fetch
from streams.sources.mapping import at, each, string
from streams.sources.polling import Page, PollingSource, document
from streams.sources.times import moment
from streams.sources.youtube import map_item

API = "https://www.googleapis.com/youtube/v3"
_UNITS = 9_000  # of the 10,000 a day; a page of threads costs one
_PAGES = 10  # of 100 threads a channel: asked for at most
_DAY = 86_400.0


def live(channels: str, key: str, api: str = API, **given: Any) -> PollingSource:
    """Comments on `channels` (ids, joined by commas); without a cursor, from the newest page on.

    `key` goes in the address, which is never said. Pages begin with the newest thread; a thread that was
    seen at its second is asked for again, for two may share it.
    """
    wanted = [channel for channel in channels.split(",") if channel]

    async def newer(client: aiohttp.ClientSession, channel: str, last: int | None) -> tuple[list[Any], bool]:
        found: list[Any] = []
        page_token = None
        for _ in range(_PAGES):
            asked = {
                "part": "snippet,replies",
                "allThreadsRelatedToChannelId": channel,
                "order": "time",
                "maxResults": "100",
                "key": key,
            } | ({"pageToken": page_token} if page_token else {})
            page = document((await fetch(client, URL(f"{api}/commentThreads").with_query(asked))).body)
            threads = each(page, "items")
            fresh = [thread for thread in threads if last is None or (_published(thread) or 0) >= last]
            found += fresh
            page_token = string(at(page, "nextPageToken"))
            if len(fresh) < len(threads) or page_token is None or last is None:
                return found, True
        return found, False

    async def step(client: aiohttp.ClientSession, cursor: str | None) -> Page:
        known = _remembered(cursor)
        threads: list[Any] = []
        lost = []
        for channel in wanted:
            last, seen = known.get(channel, (None, []))
            found, whole = await newer(client, channel, last)
            if not whole:
                lost.append(channel)
            threads += [thread for thread in reversed(found) if thread.get("id") not in seen]
            newest = max([last or 0, *(_published(thread) or 0 for thread in found)])
            latest = [str(thread.get("id")) for thread in found if _published(thread) == newest]
            known[channel] = (newest, latest or seen)
        gap = f"has more than {_PAGES * 100} new threads on {', '.join(lost)}: the oldest are left out"
        return Page(threads, orjson.dumps(known).decode(), gap=gap if lost else None)

    every = max(30.0, len(wanted) * _DAY / _UNITS)
    return PollingSource(f"youtube:{channels}", step, map_item, every=every, **given)


def _published(thread: Any) -> int | None:
    return moment(at(thread, "snippet", "topLevelComment", "snippet", "publishedAt"))


def _remembered(cursor: str | None) -> dict[str, tuple[int | None, list[str]]]:
    try:
        found = orjson.loads(cursor or "{}")
        return {str(name): (int(last), [str(one) for one in seen]) for name, (last, seen) in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
