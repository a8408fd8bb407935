"""What there is to read from: every name that `--source` knows, and what it needs."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import NamedTuple

from streams.sources.contract import GROUP


class Entry(NamedTuple):
    """`form` is what to type; `needs` are environment variables (or NAME_FILE), `any_of` one of them at least."""

    name: str
    form: str
    what: str
    needs: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()


CATALOGUE = (
    Entry("x-archive", "x-archive:PATH", "an X archive (.zip), or its tweets.js or deleted-tweets.js"),
    Entry("x-api", "x-api:PATH", "JSONL of X API v2 payloads"),
    Entry("x-removed-posts", "x-removed-posts:PATH", "a compliance job's result for posts"),
    Entry("x-removed-users", "x-removed-users:PATH", "a compliance job's result for users"),
    Entry("facebook-export", "facebook-export:PATH", "posts or comments of a Facebook export"),
    Entry("facebook", "facebook:PATH", "an answer of the Graph API"),
    Entry("facebook-webhook", "facebook-webhook:PATH", "a webhook body of Facebook"),
    Entry("linkedin-shares", "linkedin-shares:PATH", "Shares.csv of a LinkedIn archive"),
    Entry("linkedin-comments", "linkedin-comments:PATH", "Comments.csv of a LinkedIn archive"),
    Entry("linkedin", "linkedin:PATH", "an answer of LinkedIn's Posts or Comments API"),
    Entry("linkedin-webhook", "linkedin-webhook:PATH", "a webhook body of LinkedIn"),
    Entry("viadeo", "viadeo:PATH", "JSON of Viadeo's former API"),
    Entry("youtube-takeout", "youtube-takeout:PATH", "comments.csv of YouTube's Takeout"),
    Entry("youtube", "youtube:PATH", "an answer of the YouTube Data API"),
    Entry("jetstream", "jetstream:PATH", "JSONL of Bluesky's Jetstream"),
    Entry("mastodon", "mastodon:PATH", "JSONL of Mastodon statuses or events"),
    Entry("reddit", "reddit:PATH", "a Reddit listing"),
    Entry("telegram", "telegram:PATH", "an answer of Telegram's getUpdates"),
    Entry("hackernews", "hackernews:PATH", "JSONL of Hacker News items or search hits"),
    Entry("feed", "feed:PATH", "an RSS or Atom document"),
    Entry("employer-reviews", "employer-reviews:PATH", "CSV of employer reviews"),
    Entry("bluesky", "bluesky:", "Bluesky live"),
    Entry("hackernews-live", "hackernews-live:", "Hacker News live"),
    Entry("rss", "rss:URL", "an RSS or Atom feed, polled"),
    Entry("mastodon-live", "mastodon-live:SERVER", "a Mastodon server's public stream", ("VIGIE_MASTODON_TOKEN",)),
    Entry("x-live", "x-live:", "X's filtered stream, rules from the watchlist", ("VIGIE_X_TOKEN",)),
    Entry(
        "reddit-live", "reddit-live:SUB+SUB", "subreddits, polled",
        ("VIGIE_REDDIT_CLIENT_ID", "VIGIE_REDDIT_CLIENT_SECRET"),
    ),
    Entry("youtube-live", "youtube-live:CHANNEL", "comments on channels, polled", ("VIGIE_YOUTUBE_KEY",)),
    Entry("facebook-live", "facebook-live:PAGE", "a page and its comments, polled", ("VIGIE_FACEBOOK_TOKEN",)),
    Entry(
        "linkedin-live", "linkedin-live:ORGANISATION", "an organisation's posts and their comments, polled",
        ("VIGIE_LINKEDIN_TOKEN",),
    ),
    Entry("telegram-live", "telegram-live:", "a bot's channels, polled", ("VIGIE_TELEGRAM_TOKEN",)),
    Entry(
        "webhook", "webhook:PORT", "a door for Facebook, LinkedIn and anything",
        any_of=("VIGIE_WEBHOOK_SECRET", "VIGIE_FACEBOOK_SECRET", "VIGIE_LINKEDIN_SECRET"),
    ),
    Entry("exec", "exec:COMMAND", "any program's output"),
)  # fmt: skip


def catalogue() -> list[Entry]:
    """Everything, third parties' sources last."""
    known = {entry.name for entry in CATALOGUE}
    others = sorted(point.name for point in entry_points(group=GROUP) if point.name not in known)
    return [*CATALOGUE, *(Entry(name, f"{name}:…", "installed beside Vigie") for name in others)]
