"""From what a user types after `--source` to the source it means.

A path (or `-`) is a file of posts. `NAME:PATH` is a file in a platform's own format, `NAME:` alone a live
route, or a factory that a third party registered under the entry-point group `vigie.sources`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

import orjson

from streams.settings import shipped
from streams.sources import (
    bluesky,
    document,
    employer_reviews,
    facebook,
    facebook_export,
    facebook_live,
    feeds,
    hackernews,
    linkedin,
    linkedin_archive,
    linkedin_live,
    mastodon,
    mastodon_live,
    reddit,
    reddit_live,
    telegram,
    twitter,
    twitter_archive,
    twitter_live,
    viadeo,
    youtube,
    youtube_live,
    youtube_takeout,
)
from streams.sources.contract import GROUP, Source, SourceError
from streams.sources.document import DocumentSource
from streams.sources.fields import FieldMap
from streams.sources.file import FileSource
from streams.sources.jetstream import JetstreamSource
from streams.sources.mapping import Map, at, listed
from streams.sources.program import ProgramSource
from streams.sources.reading import Layout
from streams.sources.rows import by_platform
from streams.sources.tokens import endpoint, optional_token, token
from streams.sources.webhook import Secrets, WebhookSource
from streams.sources.zipped import members
from streams.watchlist.reading import load_watchlists

_NAME = re.compile(r"([a-z][a-z0-9-]+):(.*)", re.DOTALL)


_TWEETS = re.compile(r"(?:^|/)(?:deleted-)?tweets?(?:-part\d+)?\.js$")
_ACCOUNT = re.compile(r"(?:^|/)account\.js$")


def _archive_bytes(path: Path) -> bytes:
    """One file of an X archive, or of a zipped one all those of posts, with NULs between, which JSON never has."""
    if path.suffix != ".zip":
        return document.read_whole(path)
    found = members(path, _TWEETS, document.LIMIT)
    if not found:
        raise SourceError(f"{path}: no tweets.js in it; is it the archive that X gives?")
    return b"\0".join(found)


def _archive_items(raw: bytes) -> list[Any]:
    found: list[Any] = []
    for part in raw.split(b"\0"):
        prefix = twitter_archive.PREFIX.match(part)
        found += listed(orjson.loads(part[prefix.end() :] if prefix else part))
    return found


def _archive_map(path: Path) -> Map:
    """The archive keeps who wrote it in `account.js` beside the posts."""
    beside = path.with_name("account.js")
    if path.suffix == ".zip":
        told = members(path, _ACCOUNT, document.LIMIT)
    else:
        told = [beside.read_bytes()] if beside.is_file() else []
    author = at(_archive_items(told[0]), 0, "account") if told else None
    return partial(twitter_archive.map_archived, author=author if isinstance(author, Mapping) else None)


def _lists(raw: bytes) -> list[Any]:
    """The items of a document that is a list, or an object of lists."""
    found = orjson.loads(raw)
    if isinstance(found, dict):
        return [item for part in found.values() for item in listed(part)] or [found]
    return listed(found)


def _viadeo_items(raw: bytes) -> list[Any]:
    found = viadeo.loads(raw)
    return listed(found, "data") or [found]


DOCUMENTS: Mapping[str, document.Layout] = {
    "x-archive": document.Layout(_archive_items, _archive_map, _archive_bytes),
    "facebook-export": document.Layout(_lists, lambda _: facebook_export.map_exported),
    "viadeo": document.Layout(_viadeo_items, lambda _: viadeo.map_news),
    "facebook": document.Layout(
        lambda raw: facebook.objects(orjson.loads(raw)), lambda _: facebook.map_object
    ),
    "facebook-webhook": document.Layout(
        lambda raw: list(facebook.changes(orjson.loads(raw))), lambda _: facebook.map_change
    ),
    "linkedin": document.Layout(
        lambda raw: listed(orjson.loads(raw), "elements"), lambda _: linkedin.map_element
    ),
    "linkedin-webhook": document.Layout(
        lambda raw: listed(orjson.loads(raw), "notifications"), lambda _: linkedin.map_notification
    ),
    "reddit": document.Layout(
        lambda raw: listed(orjson.loads(raw), "data", "children"), lambda _: reddit.map_thing
    ),
    "telegram": document.Layout(
        lambda raw: listed(orjson.loads(raw), "result"), lambda _: telegram.map_update
    ),
    "feed": document.Layout(feeds.entries, lambda _: feeds.map_entry),
    "youtube": document.Layout(lambda raw: listed(orjson.loads(raw), "items"), lambda _: youtube.map_item),
}
LINES: Mapping[str, tuple[Map, str | None]] = {
    "linkedin-shares": (linkedin_archive.map_share, None),
    "linkedin-comments": (linkedin_archive.map_comment, "\\"),
    "youtube-takeout": (youtube_takeout.map_comment, None),
    "employer-reviews": (employer_reviews.map_review, None),
    "jetstream": (bluesky.map_event, None),
    "x-api": (twitter.map_payload, None),
    "mastodon": (mastodon.map_event, None),
    "hackernews": (hackernews.map_item, None),
    "x-removed-posts": (twitter.map_removed_post, None),
    "x-removed-users": (twitter.map_removed_author, None),
}


def _x_live(rest: str) -> Source:
    """`x-live:FILE,FILE` names the watchlists that the rules are made from; nothing: the shipped one."""
    paths = [Path(path) for path in rest.split(",") if path] or [*shipped("watchlist.toml")]
    api = endpoint("X", twitter_live.API)
    return twitter_live.live(load_watchlists(paths).companies, token("X_TOKEN"), api)


def _reddit_live(rest: str) -> Source:
    subreddits = _given(rest, "reddit-live:SUBREDDIT+SUBREDDIT")
    named = token("REDDIT_CLIENT_ID"), token("REDDIT_CLIENT_SECRET")
    login = reddit_live.Login(*named, endpoint("REDDIT_LOGIN", reddit_live.LOGIN))
    return reddit_live.live(subreddits, login, endpoint("REDDIT", reddit_live.API))


def _webhook(rest: str) -> Source:
    port = _given(rest, "webhook:PORT")
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise SourceError(f"webhook:{port}: give a port, as webhook:8480")
    found = {
        name: optional_token(variable)
        for name, variable in (
            ("posts", "WEBHOOK_SECRET"),
            ("facebook", "FACEBOOK_SECRET"),
            ("facebook_verify", "FACEBOOK_VERIFY"),
            ("linkedin", "LINKEDIN_SECRET"),
        )
    }
    return WebhookSource(int(port), Secrets(**found))


def _given(rest: str, form: str) -> str:
    if not rest:
        raise SourceError(f"write {form}")
    return rest


def _linkedin(rest: str) -> Source:
    organisation = _given(rest, "linkedin-live:ORGANISATION, the number of its URN").rpartition(":")[2]
    return linkedin_live.live(organisation, token("LINKEDIN_TOKEN"), endpoint("LINKEDIN", linkedin_live.API))


LIVE: Mapping[str, Callable[[str], Source]] = {
    "bluesky": lambda rest: JetstreamSource(rest) if rest else JetstreamSource(),
    "hackernews-live": lambda _: hackernews.live(endpoint("HACKERNEWS", hackernews.API)),
    "rss": lambda rest: feeds.live(_given(rest, "rss:URL")),
    "mastodon-live": lambda rest: mastodon_live.live(
        _given(rest, "mastodon-live:SERVER"), token("MASTODON_TOKEN")
    ),
    "telegram-live": lambda _: telegram.live(token("TELEGRAM_TOKEN"), endpoint("TELEGRAM", telegram.API)),
    "reddit-live": _reddit_live,
    "x-live": _x_live,
    "youtube-live": lambda rest: youtube_live.live(
        _given(rest, "youtube-live:CHANNEL"), token("YOUTUBE_KEY"), endpoint("YOUTUBE", youtube_live.API)
    ),
    "facebook-live": lambda rest: facebook_live.live(
        _given(rest, "facebook-live:PAGE"), token("FACEBOOK_TOKEN"), endpoint("FACEBOOK", facebook_live.API)
    ),
    "linkedin-live": _linkedin,
    "webhook": _webhook,
}


def is_named(spec: str) -> bool:
    """Does `spec` name a format or route, rather than a path?"""
    found = _NAME.fullmatch(spec)
    if found is None or Path(spec).exists():
        return False
    known = found[1] in DOCUMENTS or found[1] in LINES or found[1] in LIVE or found[1] == "exec"
    return known or bool(entry_points(group=GROUP, name=found[1]))


def absolute(spec: str) -> str:
    """`spec` as a process in another directory has to be told it."""
    if is_named(spec):
        name, _, rest = spec.partition(":")
        return f"{name}:{Path(rest).absolute()}" if rest and (name in DOCUMENTS or name in LINES) else spec
    return spec if spec == "-" else str(Path(spec).absolute())


def open_source(
    spec: str, fields: FieldMap | None = None, *, speed: float | None = None, follow: bool = False
) -> Source:
    """The source that `spec` means. Raises `SourceError` where it means none."""
    found = _NAME.fullmatch(spec)
    if found is None or not is_named(spec):
        return FileSource(spec, fields, speed=speed, follow=follow)
    name, rest = found[1], found[2]
    if name in LIVE:
        return LIVE[name](rest)
    if name == "exec":
        return ProgramSource(rest, fields)
    if name in DOCUMENTS or name in LINES:
        if not rest:
            raise SourceError(f"{spec}: give the file, as {name}:PATH")
        if name in DOCUMENTS:
            return DocumentSource(rest, name, DOCUMENTS[name])
        mapping, escape = LINES[name]
        layout = Layout(partial(by_platform, mapping, name), escape)
        return FileSource(rest, layout=layout, speed=speed, follow=follow)
    factory = cast(
        "Callable[[Mapping[str, str]], Source]", next(iter(entry_points(group=GROUP, name=name))).load()
    )
    return factory({"spec": rest})
