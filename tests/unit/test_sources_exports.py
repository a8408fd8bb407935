"""Platforms' own files, by synthetic twins of their shapes: what each field becomes."""

from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from schemas.post import Post
from streams.sources import document
from streams.sources.contract import (
    AuthorDelete,
    Checkpoint,
    Delete,
    Dropped,
    Event,
    Gap,
    SourceError,
    Upsert,
)
from streams.sources.file import FileSource
from streams.sources.opening import absolute, is_named, open_source
from streams.sources.times import moment

FIXTURES = Path(__file__).parents[1] / "fixtures"


async def read(spec: str, cursor: str | None = None) -> list[Event]:
    name, _, path = spec.partition(":")
    return [event async for event in open_source(f"{name}:{FIXTURES / path}").events(cursor)]


def posts(found: list[Event]) -> list[Post]:
    return [event.post for event in found if isinstance(event, Upsert)]


def reasons(found: list[Event]) -> list[str]:
    return [event.reject.reason for event in found if isinstance(event, Dropped)]


async def test_x_archive() -> None:
    first, edited, repost, quote = posts(await read("x-archive:x/tweets.js"))
    assert (
        first.text == "Panne chez @TelvaneFR & personne ne répond https://telvane.example/etat #panne $TLVN"
    )
    assert first.key == "twitter:1853000000000000001"
    assert first.created_at == moment("2026-11-02T13:05:00Z")
    assert (first.author.id, first.author.handle, first.author.name) == ("77", "clea_sample", "Cléa")
    assert (first.metrics.likes, first.metrics.shares) == (4, 2)
    assert first.entities.mentions == ("TelvaneFR",)
    assert first.entities.hashtags == ("panne",)
    assert first.entities.cashtags == ("TLVN",)
    assert first.entities.urls == ("https://telvane.example/etat",)
    assert (edited.key, edited.version, edited.supersedes) == (
        "twitter:1853000000000000002", 2, "twitter:1853000000000000002",
    )  # fmt: skip
    assert (edited.kind, edited.in_reply_to) == ("comment", "twitter:1853000000000000001")
    assert repost.kind == "repost"
    assert (quote.kind, quote.repost_of) == ("quote", "twitter:1852999999999999999")


async def test_a_zipped_x_archive_is_read_where_it_lies(tmp_path: Path) -> None:
    packed = tmp_path / "twitter-2026-11-02.zip"
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in ("account.js", "deleted-tweets.js", "tweets.js"):
            archive.write(FIXTURES / "x" / name, f"data/{name}")
        archive.writestr("data/tweets_media/1.jpg", b"x" * 1000)
    found = [event async for event in open_source(f"x-archive:{packed}").events(None)]
    assert posts(found) == [
        replace(
            post,
            source=replace(post.source, route=packed.name, cursor=str(int(post.source.cursor or "") + 1)),
        )
        for post in posts(await read("x-archive:x/tweets.js"))
    ]
    assert isinstance(found[0], Delete)
    mark = found[-1]
    assert isinstance(mark, Checkpoint)
    assert [event async for event in open_source(f"x-archive:{packed}").events(mark.cursor)] == []


async def test_archives_that_burst_are_broken_or_are_something_else_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "LIMIT", 100_000)
    for name, member, body, word in (
        ("bomb", "data/tweets.js", b" " * 10_000_000, "unpacks to more than 100000 bytes"),
        ("other", "photos/1.jpg", b"x", "no tweets.js"),
    ):
        with ZipFile(tmp_path / f"{name}.zip", "w", ZIP_DEFLATED) as archive:
            archive.writestr(member, body)
        with pytest.raises(SourceError, match=word):
            await anext(open_source(f"x-archive:{tmp_path / name}.zip").events(None))
    (tmp_path / "torn.zip").write_bytes((tmp_path / "bomb.zip").read_bytes()[:200])
    with pytest.raises(SourceError, match="no archive that can be read"):
        await anext(open_source(f"x-archive:{tmp_path / 'torn.zip'}").events(None))


async def test_youtube_takeout_in_all_its_shapes() -> None:
    first, reply, plain = posts(await read("youtube-takeout:youtube/comments.csv"))
    assert (first.key, first.kind) == ("youtube:UgInv1", "comment")
    assert first.text == "Un mois chez Kestrane, une équipe formidable"
    assert first.created_at == moment("2026-11-02T09:00:00.123Z")
    assert (first.in_reply_to, first.conversation, first.author.id) == (
        "youtube:vInv1",
        "youtube:vInv1",
        "UCinvented",
    )
    assert first.url == "https://www.youtube.com/watch?v=vInv1&lc=UgInv1"
    assert (reply.text, reply.in_reply_to) == ("Merci, à bientôt", "youtube:UgInv1")
    assert (plain.text, plain.in_reply_to, plain.url) == ('Plain words, and a "quote"', "youtube:pInv1", None)


async def test_x_archive_of_deleted_posts() -> None:
    found = await read("x-archive:x/deleted-tweets.js")
    assert found[0] == Delete("twitter:1853000000000000001", moment("2026-11-02T15:00:00Z") or 0)


async def test_x_payloads() -> None:
    found = await read("x-api:x/stream.jsonl")
    first, edited, repost, quote, bare = posts(found)
    assert first.text == "Great crew on @SolvenneAir today https://solvenne.example/crew <3"
    assert (first.author.handle, first.author.followers, first.author.posts) == ("ella_sample", 120, 900)
    assert (first.author.declared_employer, first.author.employer_source) == ("Solvenne Air", "badge")
    assert (first.metrics.likes, first.metrics.shares, first.metrics.replies, first.metrics.views) == (
        3,
        1,
        2,
        400,
    )
    assert (edited.key, edited.version) == ("twitter:1853000000000000102", 2)
    assert (repost.kind, repost.repost_of, repost.text) == ("repost", first.key, first.text)
    assert (quote.kind, quote.repost_of, quote.in_reply_to) == ("quote", first.key, repost.key)
    assert quote.text == "The whole long story about Ferrovel, all of it"
    assert quote.entities.hashtags == ("Ferrovel",)
    assert bare.created_at == (1853000000000000107 >> 22) + 1288834974657
    assert reasons(found) == ["not-public"]
    assert [event.key for event in found if isinstance(event, Delete)] == [first.key]


async def test_facebook_export_is_mended_and_named_by_what_it_says() -> None:
    found = await read("facebook-export:facebook/your_posts_1.json")
    said, linked, pictured = posts(found)
    assert said.text == "Merci à l'équipe Ferrovel 😊"
    assert said.created_at == 1793610000 * 1000
    assert (linked.text, linked.entities.urls) == ("La panne expliquée", ("https://telvane.example/panne",))
    assert pictured.text == "Ma gare"
    assert reasons(found) == ["missing-field"]
    again = posts(await read("facebook-export:facebook/your_posts_1.json"))
    assert [post.key for post in again] == [said.key, linked.key, pictured.key]


async def test_facebook_comments_enter_and_reactions_are_no_posts() -> None:
    found = await read("facebook-export:facebook/comments.json")
    (comment,) = posts(found)
    assert (comment.kind, comment.text) == ("comment", "Pareil à Brest, c'est honteux")
    assert len(found) == 2  # and the checkpoint


async def test_linkedin_shares_and_comments() -> None:
    found = await read("linkedin-shares:linkedin/Shares.csv")
    (share,) = posts(found)
    assert share.text == 'First week at Kestrane.\n\nThey call it a "soft" start.\nOff we go'
    assert share.key == "linkedin:urn:li:share:7390000000000000001"
    assert share.entities.urls == ("https://kestrane.example/jobs",)
    assert reasons(found) == ["not-public"]
    first, second = posts(await read("linkedin-comments:linkedin/Comments.csv"))
    assert first.text == 'On dit "bravo", enfin\nà Kestrane'
    assert (first.kind, first.in_reply_to) == ("comment", "linkedin:urn:li:activity:7390000000000000009")
    assert second.in_reply_to == share.key


async def test_viadeo_latin_1_and_duplicate_keys() -> None:
    found = await read("viadeo:viadeo/newsfeed.json")
    news, comment, shared = posts(found)
    assert (news.key, news.text) == ("viadeo:vNews1", "Première réunion à l'agence, café offert")
    assert (news.author.handle, news.author.bio) == ("ines.inventee", "Chargée de clientèle, Banque Aldine")
    assert (news.metrics.likes, news.metrics.replies, news.lang) == (3, 2, "fr")
    assert (comment.kind, comment.in_reply_to, comment.text) == ("comment", news.key, "Bienvenue !")
    assert shared.entities.urls == ("http://www.viadeo.com/x",)
    assert reasons(found) == ["not-public"]


async def test_youtube_threads_videos_and_searches() -> None:
    found = await read("youtube:youtube/threads.json")
    comment, reply, video, searched, uploaded = posts(found)
    assert (comment.text, comment.version) == ("Orvelle <3\nsuperbe", 31)
    assert (comment.author.id, comment.author.handle) == ("UCjade", "jade-sample")
    assert (comment.in_reply_to, comment.metrics.replies) == ("youtube:vidSample01", 1)
    assert (reply.text, reply.in_reply_to, reply.author.name) == ("Same & here", comment.key, "Ruth")
    assert (video.kind, video.text, video.metrics.views) == (
        "video",
        "Inside Kestrane\n\nA day at the works",
        1200,
    )
    assert video.entities.hashtags == ("Kestrane",)
    assert searched.text == "Trains & trams: Ferrovel"
    assert uploaded.key == "youtube:vidSample05"
    assert reasons(found) == ["not-public", "not-public"]


async def test_bluesky_events() -> None:
    found = await read("jetstream:bluesky/events.jsonl")
    post, reply, quote, repost, edited = posts(found)
    assert post.key == "bluesky:at://did:plc:sample1/app.bsky.feed.post/3ka"
    assert post.entities.mentions == ("telvane.example",)
    assert post.entities.hashtags == ("panne",)
    assert post.entities.urls == ("https://telvane.example/etat",)
    assert (post.lang, post.author.id, post.fetched_at) == ("fr", "did:plc:sample1", 1793610001000)
    # A clock that runs ahead does not date a post after it was seen.
    assert (reply.kind, reply.in_reply_to, reply.created_at) == ("comment", post.key, 1793610002000)
    assert (quote.kind, quote.repost_of) == ("quote", post.key)
    assert quote.entities.urls == ("https://kestrane.example/n",)
    assert (repost.kind, repost.repost_of) == ("repost", post.key)
    assert (edited.key, edited.version, edited.text) == (post.key, 7, "Réglé, merci")
    assert [event for event in found if isinstance(event, Delete | AuthorDelete)] == [
        Delete(reply.key, 1793610007000), AuthorDelete("bluesky", "did:plc:sample3", 1793610009000),
    ]  # fmt: skip


async def test_employer_reviews() -> None:
    first, second = posts(await read("employer-reviews:employer-reviews/reviews.csv"))
    assert first.text == "Decent place\nPros: kind colleagues\nCons: low pay"
    assert (first.key, first.rating, first.kind) == ("employer-reviews:101", 4.0, "review")
    assert (first.entities.mentions, first.author.declared_employer) == (
        ("Maison Orvelle",),
        "Maison Orvelle",
    )
    assert first.created_at == moment("2026-09-09")
    assert second.text == "Bof\nCons: horaires, sous-effectif"


async def test_feeds_of_press_channels_and_forums() -> None:
    found = await read("feed:rss/press.xml")
    first, second = posts(found)
    assert first.text == "Ferrovel & la région signent\n\nUn accord signé.\n\nSuite."
    assert (first.kind, first.lang, first.url) == ("article", "fr", "https://relais.example/a1")
    assert (first.author.name, first.author.id) == ("Anouk Inventée", "relais.example")
    assert first.created_at == moment("2026-11-02T08:00:00Z")
    assert first.entities.urls == ("https://ferrovel.example/accord",)
    assert (second.text, second.author.name) == (
        "Sans identifiant\n\n5 < 6, dit-on", "Le Relais des Deux Rives",
    )  # fmt: skip
    assert reasons(found) == ["missing-field"]
    video, post = posts(await read("feed:rss/atom.xml"))
    assert (video.key, video.kind, video.version) == ("youtube:vidSample09", "video", 121)
    assert (video.metrics.views, video.text) == (4689, "Kestrane at the fair\n\nA gripper & a robot")
    assert (post.key, post.author.handle) == ("reddit:t3_abc12", "nia_sample")
    assert post.text == "Anyone else with Telvane down?\n\nAll of Leeds"


async def test_hacker_news_items_and_hits() -> None:
    found = await read("hackernews:hackernews/items.jsonl")
    story, comment, hit = posts(found)
    assert (story.text, story.metrics.likes) == ("Show HN: a driver for Kestrane arms", 12)
    assert story.entities.urls == ("https://driver.example/",)
    assert (comment.text, comment.in_reply_to) == ("Works & well.\n\nSee doc", story.key)
    assert comment.entities.urls == ("https://kestrane.example/doc",)
    assert (hit.text, hit.kind, hit.conversation) == ("Telvane again", "comment", story.key)
    assert [event for event in found if isinstance(event, Delete)] == [
        Delete("hackernews:9003", 1793610200000)
    ]
    assert reasons(found) == ["not-public"]


async def test_a_document_goes_on_where_it_was_left_and_notices_a_change(tmp_path: Path) -> None:
    source = FIXTURES / "x" / "tweets.js"
    whole = await read("x-archive:x/tweets.js")
    mark = whole[-1]
    assert isinstance(mark, Checkpoint)
    assert await read("x-archive:x/tweets.js", mark.cursor) == []
    digest = mark.cursor.split()[0]
    assert len(posts(await read("x-archive:x/tweets.js", f"{digest} 1"))) == 3
    changed = tmp_path / "tweets.js"
    changed.write_bytes(source.read_bytes() + b" ")
    found = [event async for event in open_source(f"x-archive:{changed}").events(mark.cursor)]
    assert isinstance(found[0], Gap)
    assert len(posts(found)) == 4


async def test_what_is_no_such_document_is_refused_in_words(tmp_path: Path) -> None:
    wrong = tmp_path / "tweets.js"
    wrong.write_text("window.YTD.tweets.part0 = [")
    for spec, word in [
        (f"x-archive:{wrong}", "no x-archive document"),
        (f"viadeo:{tmp_path / 'none'}", "No such"),
    ]:
        with pytest.raises(SourceError, match=word):
            [event async for event in open_source(spec).events(None)]
    with pytest.raises(SourceError, match="give the file"):
        open_source("viadeo:")


def test_a_name_is_told_from_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_named("bluesky:")
    assert is_named("x-archive:tweets.js")
    assert not is_named("posts.csv")
    assert not is_named("c:posts.csv")
    assert isinstance(open_source("c:posts.csv"), FileSource)
    monkeypatch.chdir(tmp_path)
    Path("viadeo:x").touch()
    assert not is_named("viadeo:x")


def test_live_routes_open_with_what_they_need_and_say_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MASTODON_TOKEN", "TELEGRAM_TOKEN", "X_TOKEN", "REDDIT_CLIENT_ID", "WEBHOOK_SECRET"):
        monkeypatch.delenv(f"VIGIE_{name}", raising=False)
    for spec, word in [
        ("rss:", "rss:URL"), ("mastodon-live:", "SERVER"), ("mastodon-live:mamot.example", "VIGIE_MASTODON_TOKEN"),
        ("telegram-live:", "VIGIE_TELEGRAM_TOKEN"), ("x-live:", "VIGIE_X_TOKEN"), ("reddit-live:", "SUBREDDIT"),
        ("reddit-live:rail", "VIGIE_REDDIT_CLIENT_ID"), ("webhook:door", "give a port"),
    ]:  # fmt: skip
        with pytest.raises(SourceError, match=word):
            open_source(spec)
    for name in ("MASTODON_TOKEN", "TELEGRAM_TOKEN", "X_TOKEN", "REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET"):
        monkeypatch.setenv(f"VIGIE_{name}", "t")
    opened = [
        open_source(spec).name
        for spec in (
            "bluesky:", "bluesky:ws://127.0.0.1:1/subscribe", "hackernews-live:", "rss:https://relais.example/rss",
            "mastodon-live:mamot.example", "telegram-live:", "x-live:", "reddit-live:rail", "webhook:8480",
        )
    ]  # fmt: skip
    assert opened == [
        "bluesky", "bluesky", "hackernews", "rss:https://relais.example/rss", "mastodon:mamot.example", "telegram",
        "x", "reddit:rail", "webhook:8480",
    ]  # fmt: skip


def test_another_process_is_told_the_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("posts.csv") == f"{tmp_path}/posts.csv"
    assert absolute("x-archive:data/tweets.js") == f"x-archive:{tmp_path}/data/tweets.js"
    assert [absolute(spec) for spec in ("-", "bluesky:", "rss:https://a.example/f")] == [
        "-", "bluesky:", "rss:https://a.example/f",
    ]  # fmt: skip
