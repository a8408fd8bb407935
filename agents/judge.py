"""One post -> judged: composes the questions, each answered by a file of its own.

Posts are judged a batch at a time because some answers are cheaper for many at once; what comes out
for a post never depends on the others in the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import orjson

from agents.companies import CompanyMatcher, Match
from agents.credibility import CredibilityTable
from agents.disclosure import DisclosureTagger, shipped_rules
from agents.explanation import Explanation, explain
from agents.language import LanguageIdentifier
from agents.sentiment import SentimentScorer
from agents.signature import signature
from agents.speaker import SpeakerProfiler
from agents.targets import TargetScorer
from agents.tokens import Tokens, tokenize
from agents.versions import folder_version
from schemas.judged import CompanyMention, Judged, Language, Role, Sentiment, Speaker
from schemas.post import Post, Source
from schemas.watchlist import Watchlist

REVISION = "1"  # raised with every change of code that changes a judgement; a test holds the two together
_BIO = Source("bio")


@dataclass(frozen=True, slots=True)
class Explained:
    """A judged post with what led to it: the companies' evidence and the disclosure rules' account."""

    judged: Judged
    matches: tuple[Match, ...]
    disclosure: Explanation


class Judge:
    """Judges posts against one watchlist; `versions` names everything that judged, `version` their hash."""

    def __init__(self, watchlist: Watchlist, credibility: CredibilityTable) -> None:
        rules = shipped_rules()
        self._companies = CompanyMatcher(watchlist)
        self._languages = LanguageIdentifier()
        self._sentiment = SentimentScorer()
        self._targets = TargetScorer(self._sentiment)
        self._credibility = credibility
        self._disclosures = DisclosureTagger(rules, self._employers)
        self._speakers = SpeakerProfiler(
            official=self._companies.owner, media=self._is_medium, employers=self._employers
        )
        self.versions = {
            "revision": REVISION,
            "lexicons": folder_version("lexicons"),
            "models": folder_version("models"),
            "watchlist": watchlist.version,
            "credibility": credibility.version,
        }
        canonical = orjson.dumps(self.versions, option=orjson.OPT_SORT_KEYS)
        self.version = hashlib.sha256(canonical).hexdigest()[:16]

    def judge(self, posts: Sequence[Post]) -> list[Judged]:
        """One `Judged` for each post, in order."""
        if not posts:
            return []
        tokens = [tokenize(post.text) for post in posts]
        languages = self._languages.identify_many(tokens, [post.lang for post in posts])
        sentiments = self._sentiment.score_many(tokens, languages, [post.kind for post in posts])
        return [self._assemble(*found) for found in zip(posts, tokens, languages, sentiments, strict=True)]

    def explain(self, post: Post) -> Explained:
        """The same judgement, with what led to it."""
        judged = self.judge([post])[0]
        matches = self._companies.match(post)
        places = [(match.company, match.spans) for match in matches]
        return Explained(judged, matches, explain(self._disclosures, post, judged.language, places))

    def _assemble(self, post: Post, tokens: Tokens, language: Language, sentiment: Sentiment) -> Judged:
        matches = self._companies.match(post)
        places = [(match.company, match.spans) for match in matches]
        reading = self._disclosures.read(post, language, places)
        profile = self._speakers.profile(post, reading, places)
        spans = [match.span for match in matches]
        feelings = self._targets.score(tokens, language, sentiment, spans, post.kind)
        return Judged(
            key=post.key,
            language=language,
            sentiment=sentiment,
            author=Speaker(profile.role, self._credibility.credibility(post, profile.role)),
            register=profile.register,
            interaction=profile.interaction,
            mentions=tuple(map(_mention, matches, feelings, repeat(profile.roles))),
            disclosures=reading.disclosures,
            signature=signature(post.text),
            versions=self.versions,
            persons=self._companies.match_persons(post),
        )

    def _employers(self, said: str) -> list[str]:
        """The watched companies that a bio or a badge names."""
        bio = Post(key="bio:", platform="bio", text=said, created_at=0, source=_BIO)
        return [match.company for match in self._companies.match(bio)]

    def _is_medium(self, post: Post) -> bool:
        listed = self._credibility.listed(post)
        return listed is not None and listed.level == "serious-information-site"


def _mention(match: Match, sentiment: Sentiment, roles: Mapping[str, Role]) -> CompanyMention:
    return CompanyMention(
        match.company, match.evidence, match.confidence, match.span, sentiment, roles[match.company]
    )
