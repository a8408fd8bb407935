"""A public post as every source delivers it: the value of `posts.v1`."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from schemas.record import record

Platform = str
# the platforms that are counted each by its name; a post of another is counted as "other"
PLATFORMS = frozenset(
    {
        "twitter", "facebook", "linkedin", "viadeo", "youtube", "bluesky", "mastodon", "reddit", "hackernews",
        "rss", "telegram", "instagram", "tiktok", "glassdoor", "indeed", "trustpilot", "web",
    }
)  # fmt: skip
Kind = Literal["post", "comment", "repost", "quote", "review", "article", "video"]
KINDS: tuple[Kind, ...] = ("post", "comment", "repost", "quote", "review", "article", "video")


@record
class Source:
    """Where a post entered: adapter name, route ("file", "stream", …) and its cursor there."""

    name: str
    route: str | None = None
    cursor: str | None = None


@record
class Author:
    """Who wrote it, as far as the platform says; every field may be absent."""

    id: str | None = None
    handle: str | None = None
    name: str | None = None
    bio: str | None = None
    verified: bool | None = None
    followers: int | None = None
    declared_employer: str | None = None
    employer_source: str | None = None
    created_at: int | None = None  # epoch milliseconds: account age
    posts: int | None = None  # posts the account has written so far


@record
class Engagement:
    """Counts at `observed_at` (epoch milliseconds)."""

    likes: int | None = None
    shares: int | None = None
    replies: int | None = None
    views: int | None = None
    observed_at: int | None = None


@record
class Entities:
    """What the platform itself marked in the post; handles, tags and tickers without @ # $."""

    mentions: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    cashtags: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@record
class Post:
    """One version of one public post.

    `key` is `platform:native_id`; `version` grows with each edit. Times are UTC epoch milliseconds
    (RFC 3339 on the wire).
    """

    key: str
    platform: Platform
    text: str
    created_at: int
    source: Source
    kind: Kind = "post"
    fetched_at: int | None = None
    url: str | None = None
    lang: str | None = None
    author: Author = field(default_factory=Author)
    in_reply_to: str | None = None
    repost_of: str | None = None
    conversation: str | None = None
    metrics: Engagement = field(default_factory=Engagement)
    rating: float | None = None
    entities: Entities = field(default_factory=Entities)
    visibility: str = "public"
    version: int = 1
    supersedes: str | None = None


@record
class Deletion:
    """The post `key` was withdrawn at `at` (epoch milliseconds); it outranks every version."""

    key: str
    at: int


@record
class AuthorDeletion:
    """The account `author` of `platform` was withdrawn at `at` (epoch milliseconds): every post of it dated up to
    then is void, whenever it comes. `author` is its id; its handle or name where the platform's posts have no id."""

    platform: str
    author: str
    at: int

    @property
    def key(self) -> str:
        return f"{self.platform}:@{self.author}"


PostRecord = Post | Deletion | AuthorDeletion
