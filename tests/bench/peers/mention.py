"""What a rolling peer makes of a post: the value of a mention, as it sends it to a topic."""

from __future__ import annotations

from typing import Any

import orjson
from textblob import TextBlob


def mention_of(key: bytes, value: bytes) -> dict[str, Any]:
    """`key`: the company that the post names, or "-"; `value`: the post."""
    post = orjson.loads(value)
    polarity, subjectivity = TextBlob(post["text"]).sentiment
    return {
        "post": post["key"], "company": key.decode(), "platform": post["platform"],
        "event_time": post["created_at"], "polarity": polarity, "subjectivity": subjectivity,
    }  # fmt: skip
