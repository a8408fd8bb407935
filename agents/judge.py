"""One post -> judged: composes the questions, each answered by a file of its own.

Posts are judged a batch at a time because some answers are cheaper for many at once; what comes out
for a post never depends on the others in the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson
from textblob import TextBlob
from textblob_fr import PatternAnalyzer

from agents.companies import CompanyMatcher, Match
from agents.language import LanguageIdentifier
from agents.tokens import tokenize
from schemas.judged import CompanyMention, Credibility, Interaction, Judged, Language, Sentiment, Speaker
from schemas.post import Post
from schemas.watchlist import Watchlist

_ORDINARY = Credibility("ordinary", 1000)
_FRENCH = PatternAnalyzer()


class Judge:
    """Judges posts against one watchlist; `versions` names everything that judged, `version` their hash."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._companies = CompanyMatcher(watchlist)
        self._languages = LanguageIdentifier()
        self.versions = {"watchlist": watchlist.version}
        canonical = orjson.dumps(self.versions, option=orjson.OPT_SORT_KEYS)
        self.version = hashlib.sha256(canonical).hexdigest()[:16]

    def judge(self, posts: Sequence[Post]) -> list[Judged]:
        """One `Judged` for each post, in order."""
        languages = self._languages.identify_many(
            [tokenize(post.text) for post in posts], [post.lang for post in posts]
        )
        return [self._assemble(post, language) for post, language in zip(posts, languages, strict=True)]

    def _assemble(self, post: Post, language: Language) -> Judged:
        sentiment = _sentiment(post.text, language.code)
        return Judged(
            key=post.key,
            language=language,
            sentiment=sentiment,
            author=Speaker("amateur", _ORDINARY),
            register="public-talk",
            interaction=_interaction(post),
            mentions=tuple(_mention(match, sentiment) for match in self._companies.match(post)),
            disclosures=(),
            signature=None,
            versions=self.versions,
        )


def _mention(match: Match, sentiment: Sentiment) -> CompanyMention:
    return CompanyMention(match.company, match.evidence, match.confidence, match.span, sentiment)


def _sentiment(text: str, language: str) -> Sentiment:
    if language == "en":
        polarity, lexicon = TextBlob(text).sentiment.polarity, "textblob"
    elif language == "fr":
        polarity, lexicon = TextBlob(text, analyzer=_FRENCH).sentiment[0], "textblob-fr"
    else:
        return Sentiment("neutral", 0)
    score = max(-10_000, min(10_000, round(polarity * 10_000)))
    label = "positive" if score > 500 else "negative" if score < -500 else "neutral"
    return Sentiment(label, score, lexicon)


def _interaction(post: Post) -> Interaction:
    if post.in_reply_to is not None or post.kind == "comment":
        return "reply"
    return "third-party" if post.entities.mentions else "alone"
