"""How far to believe a source: its class, from a table that the user edits, and the weight of the class.

The Admiralty scale grades reliability of the source (A to F) apart from credibility of the claim (1 to 6): a
reliable source may report a doubtful thing, and the other way round. Only the first grade is here; it looks
at who speaks and never at what is said. The second belongs to what other posts confirm, and so to `measure`.
Roughly: recognised-expert and serious-information-site A, reliable-internet-user B, official-account C (a
party to the matter), ordinary F (cannot be judged: the neutral weight 1000), unproven D, suspect E.
"""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Callable
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from schemas.judged import Credibility, Role
from schemas.post import Post

CLASSES = (
    "recognised-expert", "serious-information-site", "official-account", "reliable-internet-user",
    "ordinary", "unproven", "suspect",
)  # fmt: skip
DAY = 86_400_000
_SIGN_KEYS = frozenset(
    {"class", "role", "verified", "employer_badge", "age_below", "age_above", "followers_below",
     "followers_above", "posts_below", "posts_per_day_above"}
)  # fmt: skip


class CredibilityError(ValueError):
    """A table that breaks its own terms; the message says where."""


# What a platform tells of an account on the day of the post, in this order; None where it does not tell.
_FACTS = ("role", "verified", "employer_badge", "age", "followers", "posts", "posts_per_day")
_Facts = tuple[Role, bool | None, bool, int | None, int | None, int | None, int | None]
_Test = tuple[int, Callable[[Any, Any], bool], Any]


class CredibilityTable:
    """The table, ready to be asked; `version` changes with every edit that changes an answer."""

    def __init__(self, toml: str) -> None:
        """Raises `CredibilityError` or `tomllib.TOMLDecodeError` on a table that cannot be used."""
        data = tomllib.loads(toml)
        weights = data.get("weights", {})
        if set(weights) != set(CLASSES) or not all(
            type(w) is int and 0 < w <= 10_000 for w in weights.values()
        ):
            raise CredibilityError(f"[weights] needs each of {CLASSES} with an integer in 1..10000")
        self._classes = {level: Credibility(level, weights[level]) for level in CLASSES}
        self._otherwise = self._class(data.get("otherwise", "ordinary"), "otherwise")
        self._signs = [self._sign(sign) for sign in data.get("sign", ())]
        self._domains = {
            domain.lower(): self._class(level, "[domains]")
            for level, domains in data.get("domains", {}).items()
            for domain in domains
        }
        self._accounts = {
            (platform, handle.lower().lstrip("@")): self._class(level, f"[accounts.{platform}]")
            for platform, levels in data.get("accounts", {}).items()
            for level, handles in levels.items()
            for handle in handles
        }
        self.version = blake2b(repr(sorted(data.items())).encode(), digest_size=8).hexdigest()

    def credibility(self, post: Post, role: Role) -> Credibility:
        """The class of the post's source and its weight in 1/1,000."""
        listed = self.listed(post)
        if listed is not None:
            return listed
        facts = _facts(post, role)
        for tests, credibility in self._signs:
            for place, compare, wanted in tests:
                if facts[place] is None or not compare(facts[place], wanted):
                    break
            else:
                return credibility
        return self._otherwise

    def listed(self, post: Post) -> Credibility | None:
        """The class that the table gives the account or the site by name, if it does."""
        handle = post.author.handle
        if handle:
            found = self._accounts.get((post.platform, handle.lower().lstrip("@")))
            if found is not None:
                return found
        if post.kind == "article" or post.platform in ("rss", "web"):
            return self._site(post.url or "")
        return None

    def _site(self, url: str) -> Credibility | None:
        host = urlsplit(url).hostname or ""
        while host:
            if host in self._domains:
                return self._domains[host]
            host = host.partition(".")[2]
        return None

    def _class(self, level: str, where: str) -> Credibility:
        if level not in self._classes:
            raise CredibilityError(f"{where}: unknown class {level!r}")
        return self._classes[level]

    def _sign(self, sign: dict[str, Any]) -> tuple[tuple[_Test, ...], Credibility]:
        unknown = sign.keys() - _SIGN_KEYS
        if unknown or len(sign) < 2:
            raise CredibilityError(
                f"[[sign]]: needs a class and at least one sign; unknown: {sorted(unknown)}"
            )
        credibility = self._class(sign.get("class", ""), "[[sign]]")
        return tuple(_test(key, wanted) for key, wanted in sign.items() if key != "class"), credibility


def _test(key: str, wanted: Any) -> _Test:
    if key.endswith("_below"):
        return _FACTS.index(key.removesuffix("_below")), operator.lt, wanted
    if key.endswith("_above"):
        return _FACTS.index(key.removesuffix("_above")), operator.gt, wanted
    return _FACTS.index(key), operator.eq, wanted


def _facts(post: Post, role: Role) -> _Facts:
    author = post.author
    age = None if author.created_at is None else max(0, post.created_at - author.created_at) // DAY
    per_day = None if age is None or author.posts is None else author.posts // max(1, age)
    badge = author.declared_employer is not None
    return (role, author.verified, badge, age, author.followers, author.posts, per_day)
