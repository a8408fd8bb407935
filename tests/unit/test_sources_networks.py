"""Payloads of live platforms, by synthetic twins: what each field becomes."""

from pathlib import Path

from schemas.post import Post
from streams.sources.contract import Delete, Dropped, Event, Upsert
from streams.sources.opening import open_source
from streams.sources.sse import LIMIT, EventParser

FIXTURES = Path(__file__).parents[1] / "fixtures"


async def read(spec: str) -> list[Event]:
    name, _, path = spec.partition(":")
    return [event async for event in open_source(f"{name}:{FIXTURES / path}").events(None)]


def posts(found: list[Event]) -> list[Post]:
    return [event.post for event in found if isinstance(event, Upsert)]


def deletions(found: list[Event]) -> list[Delete]:
    return [event for event in found if isinstance(event, Delete)]


def reasons(found: list[Event]) -> list[str]:
    return [event.reject.reason for event in found if isinstance(event, Dropped)]


async def test_mastodon() -> None:
    found = await read("mastodon:mastodon/events.jsonl")
    post, edited, repost, reply, quote = posts(found)
    assert post.key == "mastodon:mamot.example/1150001"
    assert (
        post.text == "Trains\n\nEncore en retard @ferrovel & #train\n\nVoir https://ferrovel.example/trafic"
    )
    assert post.entities.mentions == ("ferrovel@rail.example",)
    assert post.entities.hashtags == ("train",)
    assert post.entities.urls == ("https://ferrovel.example/trafic",)
    assert (post.author.handle, post.author.bio, post.author.posts) == ("lea", "Cheffe de projet", 345)
    assert (post.metrics.likes, post.metrics.shares, post.metrics.replies) == (3, 2, 1)
    assert (edited.key, edited.version, edited.text) == (post.key, 61, "Finalement à l'heure")
    assert (repost.kind, repost.repost_of, repost.text, repost.lang) == (
        "repost", post.key, "Late\nagain", "en",
    )  # fmt: skip
    assert (reply.kind, reply.in_reply_to) == ("comment", post.key)
    assert (quote.kind, quote.repost_of) == ("quote", post.key)
    assert deletions(found) == [Delete(reply.key, 1793610100000)]
    assert reasons(found) == ["not-public"]


async def test_telegram_counts_in_utf_16() -> None:
    found = await read("telegram:telegram/updates.json")
    post, edited, forwarded = posts(found)
    assert (post.key, post.url) == ("telegram:-100555/21", "https://t.me/usagers_sample/21")
    assert post.entities.mentions == ("ferrovel_info",)
    assert post.entities.hashtags == ("retard",)
    assert post.entities.cashtags == ("FRV",)
    assert post.entities.urls == ("https://ferrovel.example/i",)
    assert (edited.key, edited.version) == (post.key, 61)
    assert (forwarded.kind, forwarded.repost_of, forwarded.in_reply_to) == (
        "repost", "telegram:-100777/5", post.key,
    )  # fmt: skip
    assert reasons(found) == ["not-public"]


async def test_reddit() -> None:
    found = await read("reddit:reddit/listing.json")
    post, crosspost, comment = posts(found)
    assert (post.key, post.text, post.version) == (
        "reddit:t3_aa1",
        "Telvane & the outage\n\nDown in Leeds.",
        31,
    )
    assert (post.author.id, post.author.handle, post.metrics.replies) == ("t2_n1", "nia_sample", 4)
    assert (crosspost.kind, crosspost.repost_of) == ("repost", "reddit:t3_zz9")
    assert crosspost.entities.urls == ("https://telvane.example/status",)
    assert (comment.text, comment.kind, comment.in_reply_to) == ("Same > worse", "comment", post.key)
    assert comment.conversation == post.key
    assert deletions(found) == [Delete("reddit:t1_bb2", 1793610300000)]
    assert reasons(found) == ["not-public"]


async def test_facebook_graph() -> None:
    found = await read("facebook:facebook/graph.json")
    post, comment = posts(found)
    assert (post.key, post.version, post.metrics.shares) == ("facebook:555_1", 11, 3)
    assert (post.author.id, post.author.name) == ("555", "Ferrovel")
    assert (post.entities.mentions, post.entities.urls) == (("Telvane",), ("https://ferrovel.example/h",))
    assert (comment.key, comment.kind, comment.in_reply_to) == ("facebook:1_77", "comment", "facebook:1")
    assert (comment.metrics.likes, comment.metrics.replies) == (2, 1)
    assert reasons(found) == ["not-public", "not-public"]


async def test_facebook_webhook() -> None:
    found = await read("facebook-webhook:facebook/webhook.json")
    post, edited, comment = posts(found)
    assert (post.key, post.version, post.author.name) == ("facebook:555_9", 1, "Ferrovel")
    assert (edited.key, edited.version, edited.text) == (post.key, 121, "Bonjour à tous")
    assert (comment.kind, comment.in_reply_to, comment.conversation) == ("comment", post.key, post.key)
    assert deletions(found) == [Delete(comment.key, 1793610120000)]
    assert reasons(found) == ["not-public"]


async def test_linkedin_notifications() -> None:
    found = await read("linkedin-webhook:linkedin/notifications.json")
    comment, edited, share, mention = posts(found)
    assert comment.key == "linkedin:urn:li:comment:(activity:71,81)"
    assert (comment.kind, comment.in_reply_to) == ("comment", "linkedin:urn:li:activity:71")
    assert edited.key == comment.key
    assert edited.version > comment.version
    assert (share.kind, share.repost_of) == ("quote", "linkedin:urn:li:activity:71")
    assert (mention.kind, mention.author.id) == ("post", "urn:li:person:c")
    assert deletions(found) == [Delete(comment.key, 1793610120000)]
    assert reasons(found) == []


async def test_linkedin_posts() -> None:
    found = await read("linkedin:linkedin/posts.json")
    post, repost = posts(found)
    assert (post.text, post.version) == ("We are hiring in Cork", 31)
    assert post.entities.urls == ("https://kestrane.example/jobs",)
    assert (repost.kind, repost.repost_of, repost.text) == ("repost", post.key, "")
    assert reasons(found) == ["not-public", "not-public"]


def test_sent_events_are_cut_wherever_chunks_end() -> None:
    stream = b':thump\r\n\r\nevent: update\r\ndata: {"a":\r\ndata:1}\r\n\r\ndata: plain\n\nevent: x\n\n'
    for size in (1, 3, 1000):
        parser = EventParser()
        chunks = [stream[start : start + size] for start in range(0, len(stream), size)]
        found = [(event.name, event.data) for chunk in chunks for event in parser.feed(chunk)]
        assert found == [("update", b'{"a":\n1}'), ("message", b"plain")]


def test_an_event_without_end_is_skipped_in_bounded_memory() -> None:
    parser = EventParser()
    assert list(parser.feed(b"data: ")) == []
    for _ in range(40):
        assert list(parser.feed(b"x" * (LIMIT // 10))) == []
        assert len(parser._rest) <= LIMIT
    assert [event.data for event in parser.feed(b"\n\ndata: next\n\n")] == [b"next"]
    assert parser.skipped == 1
