"""From what the index answers to what the templates draw."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from agents.measure import MeasureSettings
from schemas.correction import Correction
from schemas.instants import rfc3339
from schemas.post import Post
from schemas.reputation import DAY, HOUR, WINDOWS
from schemas.watchlist import Watchlist
from streams.evidence import asking
from streams.evidence.asking import FILTERS, Evidence, Range, Standing, Voice, Window
from streams.evidence.index import KEPT
from streams.evidence.originals import Originals
from streams.evidence.periods import period
from streams.pages.curves import Point, around, curve
from streams.pages.marking import Piece, pieces
from streams.pages.rendering import original_of
from streams.pages.words import Words

SHOWN = 20  # posts a page
SORTS = ("fall", "posts", "name")
DAILY = "24h"
COHORT = MeasureSettings().smallest_cohort
_WORDS_OF = {
    "role": "role",
    "platform": "platform",
    "label": "label",
    "language": "spoken",
    "kind": "disclosed",
}


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watchlist tells a page: names of companies, and accounts that may be shown."""

    names: Mapping[str, str]
    accounts: Collection[str]

    @classmethod
    def of(cls, watchlist: Watchlist) -> Watched:
        listed = [*(one.handles for one in watchlist.companies), *(one.handles for one in watchlist.persons)]
        accounts = {
            handle.lower() for by_platform in listed for names in by_platform.values() for handle in names
        }
        return cls({company.id: company.name for company in watchlist.companies}, accounts)


@dataclass(frozen=True, slots=True)
class Shown:
    """A voice with its post, as far as that can still be opened."""

    voice: Voice
    at: str
    pieces: Sequence[Piece] | None
    original: str | None
    named: str | None
    company: str
    said: Correction | None = None


def overview(index: sqlite3.Connection, watched: Watched, words: Words, sort: str) -> dict[str, Any]:
    """Every company with figures."""
    rows = [_row(index, standing, watched, words) for standing in asking.newest(index)]
    orders = {
        "fall": lambda row: (row["change"] is None, row["change"] or 0, row["name"].casefold()),
        "posts": lambda row: (-row["posts"], row["name"].casefold()),
        "name": lambda row: row["name"].casefold(),
    }
    chosen = sort if sort in orders else "fall"
    rows.sort(key=orders[chosen])
    span = around([point for row in rows for point in row["points"]])  # one scale, so that rows compare
    for row in rows:
        row["drawn"] = curve(row["points"], 160, 36, span)
    return {"rows": rows, "sort": chosen, "sorts": SORTS, "at": max((row["at"] for row in rows), default=0)}


def company(
    index: sqlite3.Connection,
    originals: Originals,
    watched: Watched,
    words: Words,
    name: str,
    query: Mapping[str, str],
) -> dict[str, Any] | None:
    """One company over the period that `query` names; None for a company that nobody watches or has spoken of."""
    latest = asking.in_force(index, name, 2**62)
    title = watched.names.get(name)
    if latest is None:
        return None if title is None else {"company": name, "name": title, "window": None, "published": False}
    within, read = period(query, latest.at)
    standing = asking.in_force(index, name, within.end) or latest
    published = standing.at <= within.end
    window = standing.windows[within.window]
    chosen = {filter_: query[filter_] for filter_ in FILTERS if query.get(filter_)}
    skip = int(query["skip"]) if query.get("skip", "").isdecimal() and len(query["skip"]) < 7 else 0
    found = asking.evidence(index, name, within, chosen, window.prior, limit=SHOWN, skip=skip)
    change, tone = _change(asking.history(index, name, within.window, within), window)
    link = _Links(name, within, query, chosen)
    return {
        "company": name, "name": title or name, "window": window, "within": within, "at": standing.at,
        "change": change if published else None, "tone": tone, "published": published,
        "refused": not read, "evidence": found, "skip": skip, "roles": _roles(found),
        "posts": _with_said(index, opened(found.shown, originals, watched)),
        "filters": _filters(found, chosen, words), "filtered": bool(chosen), "unfiltered": link.of(),
        "ranges": link.ranges(standing), "from_field": rfc3339(within.start)[:16], "to_field": rfc3339(within.end)[:16],
        "previous_link": link.page(max(0, skip - SHOWN)) if skip else None,
        "next_link": link.page(skip + SHOWN) if skip + SHOWN < found.voices else None,
        "days": KEPT // DAY, "old": within.end < latest.at - KEPT,
        **_course(index, name, within, words),
    }  # fmt: skip


def points_of(history: Sequence[tuple[int, Window]]) -> list[Point]:
    return [(at, window.score, window.low, window.high, window.state == "ok") for at, window in history]


def _row(index: sqlite3.Connection, standing: Standing, watched: Watched, words: Words) -> dict[str, Any]:
    window = standing.windows[DAILY]
    week = asking.history(index, standing.company, DAILY, Range(standing.at - 7 * DAY, standing.at))
    change, tone = _change([one for one in week if one[0] >= standing.at - DAY], window)
    return {
        "company": standing.company, "name": watched.names.get(standing.company, standing.company), "at": standing.at,
        "score": window.score, "low": window.low, "high": window.high, "enough": window.state == "ok",
        "change": change, "tone": tone, "posts": sum(window.mentions), "points": points_of(week),
        "says": _said(points_of(week), words),
    }  # fmt: skip


def _change(history: Sequence[tuple[int, Window]], now: Window) -> tuple[int | None, str]:
    """How far the score lies from its highest or lowest of `history`, whichever is further (1/100 of a point), where
    the intervals lie apart; a move within them is none."""
    known = [window for _, window in history if window.state == "ok"]
    if not known or now.state != "ok":
        return None, "none"
    apart = [window.score for window in known if window.low > now.high or window.high < now.low]
    if not apart:
        return 0, "same"
    change = now.score - max(apart, key=lambda score: abs(now.score - score))
    return change, "below" if change < 0 else "above"


def _course(index: sqlite3.Connection, name: str, within: Range, words: Words) -> dict[str, Any]:
    """The curve of a period: of the hourly score up to six hours, of the daily one for more; a little of what
    came before is shown with a short one."""
    window = "1h" if within.end - within.start <= 6 * HOUR else DAILY
    shown = Range(min(within.start, within.end - 6 * HOUR), within.end)
    points = points_of(asking.history(index, name, window, shown))
    every = max(1, len(points) // 400)
    points = points[::-every][::-1]
    return {
        "drawn": curve(points, 720, 200, around(points)), "curve_window": window, "table": points[::-1],
        "says": _said(points, words),
    }  # fmt: skip


def _said(points: Sequence[Point], words: Words) -> str:
    scores = [score for _, score, _, _, enough in points if enough]
    if not scores:
        return words("insufficient")
    first, last, lowest, highest = (
        words.points(n) for n in (scores[0], scores[-1], min(scores), max(scores))
    )
    return words("course.says", first=first, last=last, lowest=lowest, highest=highest)


def opened(voices: Sequence[Voice], originals: Originals, watched: Watched) -> list[Shown]:
    """`voices` with their posts, as far as those can be opened."""
    posts = originals.posts([(voice.partition, voice.offset) for voice in voices])
    return [_shown(voice, posts.get((voice.partition, voice.offset)), watched) for voice in voices]


def _shown(voice: Voice, post: Post | None, watched: Watched) -> Shown:
    handle = post.author.handle if post else None
    return Shown(
        voice,
        rfc3339(voice.time),
        pieces(post, voice.disclosures, watched.accounts) if post else None,
        original_of(post),
        f"@{handle}" if handle and handle.lower() in watched.accounts else None,
        voice.company,
    )


def _with_said(index: sqlite3.Connection, shown: list[Shown]) -> list[Shown]:
    return [
        replace(one, said=asking.correction(index, one.company, one.voice.post, one.voice.version))
        for one in shown
    ]


def _roles(found: Evidence) -> list[tuple[str, int]]:
    """The most frequent, none of so few that it would tell of single people."""
    return [(role, n) for role, n in found.choices["role"].items() if n >= COHORT][:4]


def _filters(found: Evidence, chosen: Mapping[str, str], words: Words) -> list[dict[str, Any]]:
    made = []
    for name in FILTERS:
        counts = found.choices.get(name, {})
        options = [(value, words.name(_WORDS_OF[name], value), count) for value, count in counts.items()]
        made.append({"name": name, "chosen": chosen.get(name, ""), "options": options})
    return made


class _Links:
    """Addresses of the same company under other choices."""

    def __init__(self, name: str, within: Range, query: Mapping[str, str], chosen: Mapping[str, str]) -> None:
        self._path = f"/company/{name}"
        self._within = within
        self._period = {key: query[key] for key in ("over", "from", "to") if query.get(key)}
        self._chosen = dict(chosen)

    def of(self, **more: str) -> str:
        """The same period without filters."""
        asked = urlencode({**self._period, **more})
        return f"{self._path}?{asked}#posts" if asked else f"{self._path}#posts"

    def page(self, skip: int) -> str:
        return self.of(**self._chosen, skip=str(skip))

    def ranges(self, standing: Standing) -> list[tuple[str, str, bool]]:
        """Each window up to the same end: its name, its link, whether it is the one shown."""
        length = self._within.end - self._within.start
        end = str(standing.at // 1000) if "to" in self._period else ""
        return [
            (
                window,
                f"{self._path}?{urlencode({'over': window, **({'to': end} if end else {})})}",
                WINDOWS[window] == length,
            )
            for window in WINDOWS
        ]
