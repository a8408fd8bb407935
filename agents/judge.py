"""One post -> judged: composes the questions, each answered by a file of its own.

Posts are judged a batch at a time because sentiment reads a batch at once; what comes out for a
post does not depend on the others in the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson

from agents.companies import CompanyMatcher, Match
from agents.language import LanguageIdentifier
from agents.sentiment import SentimentScorer
from agents.tokens import tokenize
from schemas.judged import CompanyMention, Credibility, Interaction, Judged, Register, Speaker
from schemas.post import Post
from schemas.watchlist import Watchlist

_ORDINARY = Credibility("ordinary", 1000)


class Judge:
    """Judges posts against one watchlist; `versions` names everything that judged, `version` their hash."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._companies = CompanyMatcher(watchlist)
        self._languages = LanguageIdentifier()
        self._sentiment = SentimentScorer()
        self.versions = {
            "watchlist": watchlist.version,
            "language": self._languages.version,
            "sentiment": self._sentiment.version,
        }
        canonical = orjson.dumps(self.versions, option=orjson.OPT_SORT_KEYS)
        self.version = hashlib.sha256(canonical).hexdigest()[:16]

    def judge(self, posts: Sequence[Post]) -> list[Judged]:
        """One `Judged` for each post, in order."""
        tokens = [tokenize(post.text) for post in posts]
        languages = [
            self._languages.identify(post.text, words, post.lang) for post, words in zip(posts, tokens, strict=True)
        ]
        return [_assemble(post) for post in posts]
