"""The feeling toward each company of a post that names several: "hate A, use B" is not one feeling.

First the clause that each company stands in, scored by itself; companies that share one share its feeling.
Then what tells neighbours apart: advice ("use B"), contrast ("but"), and the constructions that set one
company against another ("A is better than B", "passé de A à B").
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice, pairwise

from agents.feeling.constructions import (
    ADVICE,
    COMPARED,
    MARK,
    OPPOSED,
    PRAISED,
    RATING,
    SCORNED,
    UNLIKE,
    WARNING,
)
from agents.feeling.sentiment import SentimentScorer
from agents.text.tokens import Tokens, tokenize
from agents.text.words import WordTable
from schemas.judged import LABELS, Language, Sentiment, Span
from schemas.record import record

# Scores, in 1/10,000.
_STATED = 6_000  # of a feeling that a construction states
_CLEAR = 3_000  # from here on a clause is clear by itself
_APART = 1_500  # between two clauses that lean to opposite sides, to take them at their lean
_LEAST = 1_500  # of a feeling taken at its lean
_OPENING = 3  # tokens that may stand before a target that opens its clause
_ENDS = frozenset([".", "!", "?", "..", "…", ";", "!!", "??"])
_STOPS = frozenset([".", "!", "?", ";", ",", ":", "..", "…", "-", "—", "–", "/", "|"])
_CONTRASTS = frozenset(
    ["but", "however", "whereas", "while", "though", "although", "yet", "unlike", "vs", "versus", "where",
     "when", "meanwhile", "pendant", "mais", "tandis", "cependant", "pourtant", "alors", "contrairement",
     "toutefois", "revanche",
     "quand"]
)  # fmt: skip
_LINKS = frozenset(["and", "et", "&", "or", "ou"])
_TURNS = frozenset(["after", "apres", "since", "depuis", "compared", "cote", "than", "que", "qu'"])
_SUBJECTS = frozenset(
    ["i", "we", "they", "it", "je", "j'", "moi", "on", "nous", "ils", "elle", "il", "eux", "ca", "c'"]
)
_LISTING = _LINKS | {"/", "+", "nor", "ni"}


@record
class _Place:
    """Tokens [first, last) that name the target `index`."""

    first: int
    last: int
    index: int


@record
class Targets:
    """What is asked of one post: the feeling toward each of `spans`; `feeling` is that of the whole."""

    text: str
    language: Language
    feeling: Sentiment
    spans: Sequence[Span | None]
    kind: str = "post"


class TargetScorer:
    """Scores the feeling toward each of several targets of one post."""

    def __init__(self, scorer: SentimentScorer, table: WordTable) -> None:
        self._scorer = scorer
        self._table = table

    def score(self, post: Targets) -> list[Sentiment]:
        """The feeling toward each target, in order of `spans`.

        A target without a place in the text has the post's feeling, and so has one that stands alone.
        """
        return self.score_many([post])[0]

    def score_many(self, posts: Sequence[Targets]) -> list[list[Sentiment]]:
        """As `score` for each of some posts: their clauses are scored together, which is faster."""
        found = [[post.feeling] * len(post.spans) for post in posts]
        parted: list[tuple[int, Tokens, list[_Place], list[tuple[int, int]]]] = []
        for index, post in enumerate(posts):
            if len(post.spans) < 2 or post.feeling.lexicon is None:
                continue
            tokens = tokenize(post.text)
            places = _places(tokens, post.spans)
            if len(places) > 1:
                parted.append((index, tokens, places, _clauses(tokens, places)))
        clauses = [
            (posts[index], tokens.between(*span)) for index, tokens, _, spans in parted for span in spans
        ]
        scored = iter(
            self._scorer.score_many(
                self._table.of([tokens for _, tokens in clauses]),
                [post.language for post, _ in clauses],
                [post.kind for post, _ in clauses],
            )
        )
        for index, tokens, places, spans in parted:
            found[index] = _set_toward(posts[index], tokens, places, spans, list(islice(scored, len(spans))))
        return found


def _set_toward(
    post: Targets,
    tokens: Tokens,
    places: list[_Place],
    clauses: list[tuple[int, int]],
    scored: list[Sentiment],
) -> list[Sentiment]:
    """The feeling toward each target of one post, from those of its clauses."""
    found = {place.index: post.feeling for place in places}
    for place in places:
        clause = next(i for i, (first, last) in enumerate(clauses) if first <= place.first < last)
        found[place.index] = scored[clause]
    advised = _advised(tokens, places, clauses)
    found |= {index: _stated(sign, post.feeling) for index, sign in advised.items()}
    _set_apart(tokens, places, found, post.feeling)
    for left, right in pairwise(places):
        signs = _opposed(tokens, left, right, post.language.code, places)
        if signs is not None:
            found[left.index], found[right.index] = (_stated(sign, post.feeling) for sign in signs)
    return [found.get(index, post.feeling) for index in range(len(post.spans))]


def _places(tokens: Tokens, spans: Sequence[Span | None]) -> list[_Place]:
    """Where the targets stand, in order of the text; spans that share tokens are one place for the first."""
    places = []
    starts, ends = tokens.starts, tokens.ends
    for index, span in enumerate(spans):
        if span is None:
            continue
        first, last = bisect_right(ends, span[0]), bisect_left(starts, span[1])
        if first < last:
            places.append(_Place(first, last, index))
    places.sort(key=lambda place: (place.first, place.last))
    return [p for i, p in enumerate(places) if i == 0 or p.first >= places[i - 1].last]


def _clauses(tokens: Tokens, places: Sequence[_Place]) -> list[tuple[int, int]]:
    """Token ranges that cover the post, cut between neighbours at the strongest boundary there is."""
    cuts = [0]
    for left, right in pairwise(places):
        between = range(left.last, right.first)
        if all(tokens.folded[i] in _LISTING for i in between):
            continue
        for words in (_CONTRASTS, _ENDS, _STOPS, _TURNS, _LINKS, _SUBJECTS):
            at = [i for i in between if tokens.folded[i] in words]
            if at:
                # What stands between a mark and the next target introduces that target: cut at the first
                # contrast, at the last mark.
                cuts.append(at[0] if words is _CONTRASTS else at[-1])
                break
    cuts.append(len(tokens))
    return [(first, last) for first, last in pairwise(cuts) if first < last]


def _line(tokens: Tokens, first: int, last: int, places: Sequence[_Place]) -> str:
    """The tokens from `first` on, folded, with the targets as marks."""
    named = {i for place in places for i in range(place.first, place.last)}
    begun = {place.first for place in places}
    return " ".join(
        MARK if i in named else tokens.folded[i] for i in range(first, last) if i not in named or i in begun
    )


def _opposed(
    tokens: Tokens, left: _Place, right: _Place, code: str, places: Sequence[_Place]
) -> tuple[int, int] | None:
    """What a construction over two neighbouring targets says of each, if there is one."""
    before = max((place.last for place in places if place.last <= left.first), default=0)
    line = _line(tokens, max(before, left.first - 8), right.last, (left, right))
    for signs, construction in OPPOSED.get(code, ()):
        if construction.search(line):
            return signs
    return None


def _advised(tokens: Tokens, places: Sequence[_Place], clauses: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Targets that the post tells its readers to take (1) or to leave (-1), or that it acclaims or scorns."""
    advised = {}
    for place in places:
        first, last = next(clause for clause in clauses if clause[0] <= place.first < clause[1])
        line = _line(tokens, max(first, place.first - 8), place.last, (place,))
        after = _line(tokens, place.first, min(last, place.last + 8), (place,))
        if WARNING.search(line) or SCORNED.match(after):
            advised[place.index] = -1
        elif ADVICE.search(line) or PRAISED.match(after):
            advised[place.index] = 1
        else:
            rating = RATING.search(" ".join(tokens.folded[first:last]))
            if rating:
                advised[place.index] = 1 if 2 * int(rating[1]) > int(rating[2]) else -1
    return advised


def _set_apart(
    tokens: Tokens, places: Sequence[_Place], found: dict[int, Sentiment], post: Sentiment
) -> None:
    """Read two neighbouring targets against each other where their own clauses say too little.

    Across a contrast the weaker clause means the opposite of the stronger one; after "unlike A", B is praised
    unless its clause says otherwise; and two clauses that clearly lean apart are taken at their lean.
    """
    for left, right in pairwise(places):
        one, other = found[left.index].score, found[right.index].score
        before = " ".join(tokens.folded[max(0, left.first - 5) : left.first])
        between = " ".join(tokens.folded[left.last : right.first])
        if UNLIKE.search(before):
            sign = -1 if other <= -_CLEAR else 1
            found[left.index], found[right.index] = _stated(-sign, post), _stated(sign, post)
        elif COMPARED.search(between) and one != 0:
            sign = 1 if one > 0 else -1
            found[left.index], found[right.index] = _stated(sign, post), _stated(-sign, post)
        elif one * other < 0 and abs(one - other) >= _APART:
            for place in (left, right):
                score = found[place.index].score
                found[place.index] = _stated(1 if score > 0 else -1, post, max(abs(score), _LEAST))
        elif max(abs(one), abs(other)) >= _CLEAR and (
            _CONTRASTS.intersection(tokens.folded[left.last : right.first])
            or (_juxtaposed(tokens, left, right) and not _alike(found[left.index], found[right.index]))
        ):
            weak, strong = (left, right) if abs(one) < abs(other) else (right, left)
            score = found[strong.index].score
            sign = 1 if score > 0 else -1
            found[weak.index] = _stated(-sign, post, abs(score) // 2)
            found[strong.index] = _stated(sign, post, abs(score))


def _juxtaposed(tokens: Tokens, left: _Place, right: _Place) -> bool:
    """Whether the two open halves of one sentence: "A keeps its word, B never does", "A : 10 euros. B : 30"."""
    between = tokens.folded[left.last : right.first]
    marks = [i for i, word in enumerate(between) if word in _STOPS]
    if left.first > _OPENING or not marks or len(between) - 1 - marks[-1] > _OPENING:
        return False
    after = tokens.folded[right.last : right.last + 1]
    return between[marks[-1]] in {",", ";"} or between[:1] == after == [":"]


def _alike(one: Sentiment, other: Sentiment) -> bool:
    """Whether both plainly say the same."""
    return one.label == other.label and min(abs(one.score), abs(other.score)) >= _APART


def _stated(sign: int, post: Sentiment, strength: int = _STATED) -> Sentiment:
    return Sentiment(LABELS[sign + 1], sign * strength, post.lexicon)
