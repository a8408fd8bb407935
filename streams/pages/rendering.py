"""Templates to pages: everything that is put into one is escaped, what is missing is an error."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemas.post import Post
from streams.pages.words import Language, Words, tongues

HERE = Path(__file__).parent


@lru_cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["weblink"] = weblink
    return made


@lru_cache
def style() -> str:
    """The one style sheet."""
    return (HERE / "style.css").read_text("utf-8")


@lru_cache
def style_name() -> str:
    """Its file name: another with each change, so that it may be kept for ever."""
    return f"style-{hashlib.sha256(style().encode()).hexdigest()[:16]}.css"


def render(template: str, language: Language, **given: Any) -> str:
    """`template` in `language`."""
    words = Words(language)
    return environment().get_template(template).render(t=words, tongues=tongues(language), **given)


def weblink(url: str | None) -> str | None:
    """`url` if a browser may follow it: a post may call anything its address."""
    if not url or any(ord(sign) <= 32 for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def original_of(post: Post | None) -> str | None:
    """Where the post can be read."""
    return None if post is None else weblink(post.url)
