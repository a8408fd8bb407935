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

from agents.credibility import CredibilityTable
from agents.disclosing.disclosure import DisclosureTagger, Matches, Reading, shipped_rules
from agents.disclosing.explanation import Explanation, explain
from agents.disclosing.speaker import Profile, SpeakerProfiler, first_person
from agents.disclosing.work_hashes import shipped_first_look
from agents.feeling.sentiment import SentimentScorer, shipped_models
from agents.feeling.targets import Targets, TargetScorer
from agents.language import LanguageIdentifier
from agents.naming.companies import CompanyMatcher, Match
from agents.text.marks import Marks
from agents.text.signature import Signer
from agents.text.weights import PostReader
from agents.text.words import WordTable
from agents.versions import folder_version
from schemas.judged import CompanyMention, Judged, Language, Role, Sentiment, Speaker
from schemas.post import Post, Source
from schemas.watchlist import Watchlist

REVISION = "5"  # raised with every change of code that changes a judgement; a test holds the two together
_BIO = Source("bio")
_PERSONAL = 1  # bit of the marks: somebody speaks of herself


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
        self._words = WordTable()
        self._companies = CompanyMatcher(watchlist)
        self._languages = LanguageIdentifier()
        feelings, self._first_look = shipped_models(), shipped_first_look()
        # of each language in one pass: sentiment, then the first look at talk of work
        self._reader = PostReader(
            {code: [model.weights, self._first_look.models[code].weights] for code, model in feelings.items()}
        )
        self._sentiment = SentimentScorer(feelings, self._reader)
        self._targets = TargetScorer(self._sentiment, self._words)
        self._signer = Signer()
        self._credibility = credibility
        self._disclosures = DisclosureTagger(rules, self._employers, first_look=self._first_look)
        self._speakers = SpeakerProfiler(
            official=self._companies.owner, media=self._is_medium, employers=self._employers
        )
        self._marks = Marks(self._ask)
        # bits of the marks: phrases of role and register may stand in a text of this language
        self._speaks = {code: 2 << place for place, code in enumerate(rules)}
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
        texts = [post.text for post in posts]
        words = self._words.read(texts)
        kinds = [_sentiment_kind(post) for post in posts]
        languages = self._languages.identify_many(words, [post.lang for post in posts])
        parts = self._reader.read(words, languages)
        sentiments = self._sentiment.score_read(parts, kinds)
        # one question over the whole batch before the next: each keeps its tables in the processor's cache
        matched = [self._companies.match(post) for post in posts]
        spans = [[match.span for match in matches] for matches in matched]
        feelings = self._targets.score_many(list(map(Targets, texts, languages, sentiments, spans, kinds)))
        places = [[(match.company, match.spans) for match in matches] for matches in matched]
        looks = self._first_look.at_all(parts, len(posts), model=1)
        marks = self._marks.of(words)
        readings = self._read(posts, languages, places, looks, marks)
        profiles = self._profile(posts, readings, places, marks)
        signatures = self._signer.sign(words)
        return [
            Judged(
                key=post.key,
                language=language,
                sentiment=sentiment,
                author=Speaker(profile.role, self._credibility.credibility(post, profile.role)),
                register=profile.register,
                interaction=profile.interaction,
                mentions=tuple(map(_mention, matches, toward, repeat(profile.roles))),
                disclosures=reading.disclosures,
                signature=copy,
                versions=self.versions,
                persons=self._companies.match_persons(post),
            )
            for post, language, sentiment, matches, toward, reading, profile, copy in zip(
                posts, languages, sentiments, matched, feelings, readings, profiles, signatures, strict=True
            )
        ]

    def _read(
        self,
        posts: Sequence[Post],
        languages: Sequence[Language],
        places: Sequence[Matches],
        looks: Sequence[list[int]],
        marks: Sequence[int],
    ) -> list[Reading]:
        """What each post discloses; `marks` as `_ask` gives them."""
        may = self._speaks
        return [
            self._disclosures.read(post, said, found, look, speaks=bool(bits & may.get(said.code, 0)))
            for post, said, found, look, bits in zip(posts, languages, places, looks, marks, strict=True)
        ]

    def _profile(
        self,
        posts: Sequence[Post],
        readings: Sequence[Reading],
        places: Sequence[Matches],
        marks: Sequence[int],
    ) -> list[Profile]:
        """Who speaks in each post."""
        return [
            self._speakers.profile(post, reading, found, personal=bool(bits & _PERSONAL))
            for post, reading, found, bits in zip(posts, readings, places, marks, strict=True)
        ]

    def explain(self, post: Post) -> Explained:
        """The same judgement, with what led to it."""
        judged = self.judge([post])[0]
        matches = self._companies.match(post)
        places = [(match.company, match.spans) for match in matches]
        return Explained(judged, matches, explain(self._disclosures, post, judged.language, places))

    def _ask(self, pieces: Sequence[str]) -> list[int]:
        """What is asked of each piece of text when it is first met, as bits."""
        speak = self._disclosures.may_speak(pieces)
        return [
            first_person(piece) * _PERSONAL | bits << 1 for piece, bits in zip(pieces, speak, strict=True)
        ]

    def _employers(self, said: str) -> list[str]:
        """The watched companies that a bio or a badge names."""
        bio = Post(key="bio:", platform="bio", text=said, created_at=0, source=_BIO)
        return [match.company for match in self._companies.match(bio)]

    def _is_medium(self, post: Post) -> bool:
        listed = self._credibility.listed(post)
        return listed is not None and listed.level == "serious-information-site"


def _sentiment_kind(post: Post) -> str:
    """A post with stars is a review, whatever it calls itself."""
    return post.kind if post.rating is None else "review"


def _mention(match: Match, sentiment: Sentiment, roles: Mapping[str, Role]) -> CompanyMention:
    return CompanyMention(
        match.company, match.evidence, match.confidence, match.span, sentiment, roles[match.company]
    )
