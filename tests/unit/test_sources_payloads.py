"""Recorded payloads map without loss: every field is used, or listed with the reason why not."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from payloads import leaves, path, unused

from schemas.post import Post, Source
from schemas.reject import Invalid
from streams.sources.mapping import Map
from streams.sources.opening import DOCUMENTS, LINES
from streams.sources.sse import EventParser

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("VIGIE_SHARED") or ROOT.parent / "shared") / "fixtures"
TWINS = ROOT / "tests" / "fixtures"
ORIGIN = Source("test")
# format, recorded file, and how many posts it holds
RECORDED = [
    ("x-api", "twitter/twarc_v2_cashtags.jsonl", 1),
    ("x-api", "twitter/twarc_v2_cotweet.jsonl", 1),
    ("x-api", "twitter/twarc_v2_edited_after.jsonl", 1),
    ("x-api", "twitter/twarc_v2_edited_before.jsonl", 1),
    ("x-api", "twitter/twarc_v2_quoted_edit.jsonl", 1),
    ("x-api", "twitter/twarc_v2_verified_type.jsonl", 1),
    ("x-api", "twitter/tweepy_test_client_search_recent_tweets.json", 10),
    ("x-api", "twitter/tweepy_test_client_get_users_mentions.json", 10),
    ("x-api", "twitter/x_activity_events_docs.json", 5),
    ("x-removed-posts", "twitter/twarc_v2_tweets_compliance.jsonl", 0),
    ("x-removed-users", "twitter/twarc_v2_users_compliance.jsonl", 0),
    ("x-archive", "twitter/archive_tweets_head.js", 6),
    ("facebook-export", "facebook/export_your_posts_1.json", 9),
    ("facebook-export", "facebook/export_posts_and_comments.json", 0),
    ("viadeo", "viadeo/full-home_newsfeed-for-me.json", 7),
    ("viadeo", "viadeo/full-profile-by-id.json", 0),
    ("viadeo", "viadeo/career-for-id.json", 0),
    ("viadeo", "viadeo/group-search.json", 0),
    ("youtube", "youtube/dataapi_activities_activities_by_channel_p1.json", 10),
    ("youtube", "youtube/dataapi_comment_threads_comment_threads_by_channel.json", 2),
    ("youtube", "youtube/dataapi_comment_threads_comment_threads_with_search.json", 1),
    ("youtube", "youtube/dataapi_search_search_by_keywords_p1.json", 25),
    ("youtube", "youtube/dataapi_videos_videos_info_multi.json", 2),
    ("jetstream", "bluesky/jetstream_v1_recorded_2026-07-04.jsonl", 32),
    ("mastodon", "mastodon/docs_streaming_sse_events.txt", 7),
    ("mastodon", "mastodon/mastodonpy_test_hashtag_tl.json", 3),
    ("mastodon", "mastodon/mastodonpy_test_status_postContentwarning-public.json", 2),
    ("mastodon", "mastodon/mastodonpy_test_stream_user_local.json", 1),
    ("mastodon", "mastodon/mastodonpy_test_trending_statuses.json", 0),
    ("telegram", "telegram/botapi_getUpdates_channel_post.json", 1),
    ("reddit", "reddit/asyncpraw_TestSubredditListings.test_new.json", 100),
    ("reddit", "reddit/asyncpraw_TestSubredditModerationStreams.test_edited.json", 102),
    ("facebook", "facebook/graph_comments_comments_p1.json", 10),
    ("facebook", "facebook/graph_posts_feed_fields_p1.json", 5),
    ("facebook", "facebook/graph_posts_single_post_data_fields.json", 1),
    ("facebook", "facebook/graph_posts_multi_posts_data_fields.json", 2),
    ("facebook", "facebook/graph_comments_comment_info.json", 1),
    ("facebook", "facebook/graph_pages_search_pages.json", 0),
    ("facebook", "facebook/graph_pages_single_fields_page.json", 0),
    ("facebook", "facebook/graph_posts_feeds_default_fields_p1.json", 5),
    ("facebook-webhook", "facebook/webhook_feed_changes_camelized.json", 3),
    ("linkedin-webhook", "linkedin/webhook_org_social_action_notifications.json", 3),
    ("linkedin", "linkedin/posts_api_share.json", 1),
    ("hackernews", "hackernews/firebase_items_docs.json", 5),
    ("hackernews", "hackernews/algolia_sampleNewsOutput.json", 4),
    ("feed", "rss/charset.xml", 1),
    ("feed", "rss/google_blog_rss.xml", 2),
    ("feed", "rss/reddit_atom.xml", 1),
    ("feed", "rss/youtube_channel_atom.xml", 1),
    ("linkedin-shares", "linkedin/archive_Shares_head.csv", 6),
    ("employer-reviews", "reviews/glassdoor_reviews_head.csv", 25),
]


def _streamed(raw: bytes) -> list[Any]:
    """The events of a stream as the live route hands them on."""
    return [
        {
            "event": event.name,
            "payload": orjson.loads(event.data),
            "host": "h.example",
            "received": 1793610000000,
        }
        for event in EventParser().feed(raw + b"\n\n")
    ]


def _wire(name: str) -> str:
    """The name on the wire: the library that recorded it wrote postId for post_id."""
    return re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)


SPLIT: dict[str, Callable[[bytes], list[Any]]] = {
    "tweepy": lambda raw: [part["body"] for part in orjson.loads(raw)],
    "firebase": orjson.loads,
    "docs_streaming": _streamed,
    "mastodonpy": lambda raw: [
        one
        for part in orjson.loads(raw)
        if "/statuses" in part["request"]["uri"] or "/timelines" in part["request"]["uri"]
        for one in (part["body"] if isinstance(part["body"], list) else [part["body"]])
        if "visibility" in one
    ],
    "asyncpraw": lambda raw: [
        child
        for part in orjson.loads(raw)
        if isinstance(part["body"], dict) and part["body"].get("kind") == "Listing"
        for child in part["body"]["data"]["children"]
        if child["kind"] in {"t1", "t3"}
    ],
    "webhook_feed": lambda raw: [
        change | {"value": {_wire(name): value for name, value in change["value"].items()}}
        for change in orjson.loads(raw)
    ],
    "webhook_org": lambda raw: [
        one for told in orjson.loads(raw).values() for one in told.get("notifications", [told])
    ],
    "posts_api": lambda raw: [orjson.loads(raw)],
    "algolia": lambda raw: list(orjson.loads(raw)["hits"]),
    "x_activity": lambda raw: list(orjson.loads(raw).values()),
}


def payloads(form: str, file: Path) -> tuple[list[Any], Map]:
    raw, name = file.read_bytes(), file.name
    for prefix, split in SPLIT.items():
        if name.startswith(prefix):
            found = split(raw)
            return found, DOCUMENTS[form].mapping(file) if form in DOCUMENTS else LINES[form][0]
    if form in DOCUMENTS:
        return DOCUMENTS[form].items(raw), DOCUMENTS[form].mapping(file)
    if name.endswith(".csv"):
        return list(csv.DictReader(raw.decode().splitlines(keepends=True))), LINES[form][0]
    return [json.loads(line) for line in raw.splitlines() if line.strip()], LINES[form][0]


@cache
def card() -> dict[str, list[re.Pattern[str]]]:
    """Section of PAYLOADS.md -> the paths that it lists as ignored."""
    listed: dict[str, list[re.Pattern[str]]] = {}
    for line in (ROOT / "streams" / "sources" / "PAYLOADS.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = listed.setdefault(line[3:].strip(), [])
        elif line.startswith("| ") and not line.startswith("| ignored"):
            pattern = line.split("|")[1].strip()
            section.append(re.compile(".*".join(map(re.escape, pattern.split("*")))))
    return listed


def unlisted(paths: Iterable[str], form: str) -> list[str]:
    return sorted(name for name in paths if not any(one.fullmatch(name) for one in card().get(form, [])))


def check(form: str, file: Path) -> tuple[int, set[str]]:
    """How many posts the file gives, why others were refused; fails on a field not accounted for."""
    items, mapping = payloads(form, file)
    outcomes = [outcome for item in items for outcome in mapping(item, ORIGIN)]
    used: set[str] = set()
    every: set[str] = set()
    # A file without posts (profiles, reactions) is not read at all; of a very long one, a part is looked at.
    size = sum(1 for item in items for _ in leaves(item))
    for item in items[:: 1 + size // 5000] if outcomes else []:
        mine = {path(steps) for steps in leaves(item)}
        used |= mine - unused(item, lambda changed: list(mapping(changed, ORIGIN)))
        every |= mine
    assert unlisted(every - used, form) == []
    refused = {outcome.detail for outcome in outcomes if isinstance(outcome, Invalid)}
    return sum(isinstance(outcome, Post) for outcome in outcomes), refused


@pytest.mark.parametrize(("form", "name", "count"), RECORDED)
def test_every_recorded_field_is_used_or_listed(form: str, name: str, count: int) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not at hand")
    posts, refused = check(form, SHARED / name)
    assert posts == count
    assert refused <= {"facebook: an entry without words or link", "mastodon: visible to 'unlisted' only"}


def told() -> list[tuple[str, str, str]]:
    """The table of recordings: file, format, and how many posts or why it is not read."""
    table = (ROOT / "streams" / "sources" / "PAYLOADS.md").read_text("utf-8").partition("## Recordings")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [(name, form, posts) for name, form, posts in rows[1:]]


def test_the_table_of_recordings_is_what_is_checked() -> None:
    checked = {(name, form, str(count)) for form, name, count in RECORDED}
    assert {row for row in told() if row[1] != "none"} == checked


def test_every_recording_is_in_the_table() -> None:
    if not SHARED.exists():
        pytest.skip("no ../shared/fixtures at hand")
    there = {str(file.relative_to(SHARED)) for file in SHARED.rglob("*") if file.is_file()} - {"SOURCES.md"}
    assert there == {name for name, _, _ in told()}


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("x-api", "x/stream.jsonl"),
        ("x-archive", "x/tweets.js"),
        ("facebook-export", "facebook/your_posts_1.json"),
        ("facebook-export", "facebook/comments.json"),
        ("viadeo", "viadeo/newsfeed.json"),
        ("youtube", "youtube/threads.json"),
        ("jetstream", "bluesky/events.jsonl"),
        ("hackernews", "hackernews/items.jsonl"),
        ("mastodon", "mastodon/events.jsonl"),
        ("telegram", "telegram/updates.json"),
        ("reddit", "reddit/listing.json"),
        ("facebook", "facebook/graph.json"),
        ("facebook-webhook", "facebook/webhook.json"),
        ("linkedin-webhook", "linkedin/notifications.json"),
        ("linkedin", "linkedin/posts.json"),
        ("feed", "rss/press.xml"),
        ("feed", "rss/atom.xml"),
        ("linkedin-shares", "linkedin/Shares.csv"),
        ("employer-reviews", "employer-reviews/reviews.csv"),
        ("youtube-takeout", "youtube/comments.csv"),
    ],
)
def test_every_field_of_the_twins_is_used_or_listed(form: str, name: str) -> None:
    posts, _ = check(form, TWINS / name)
    assert posts > 0
