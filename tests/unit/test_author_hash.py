"""Authors are keyed hashes whose key rotates with the quarter of the post."""

from dataclasses import replace

from agents.measuring.author_keys import QUARTER, author_key
from schemas.post import Author, Post, Source

POST = Post("twitter:1", "twitter", "bonjour", 8 * QUARTER, Source("test"), author=Author(handle="lea"))


def test_the_same_author_has_the_same_key_all_quarter() -> None:
    later = replace(POST, key="twitter:2", created_at=9 * QUARTER - 1)
    assert author_key(later, b"secret") == author_key(POST, b"secret")


def test_another_quarter_author_platform_or_secret_is_another_key() -> None:
    key = author_key(POST, b"secret")
    others = (
        author_key(replace(POST, created_at=9 * QUARTER), b"secret"),
        author_key(replace(POST, author=Author(handle="leo")), b"secret"),
        author_key(replace(POST, platform="mastodon"), b"secret"),
        author_key(POST, b"other"),
    )
    assert len({key, *others}) == 5


def test_nobody_has_no_key() -> None:
    assert author_key(replace(POST, author=Author()), b"secret") is None
