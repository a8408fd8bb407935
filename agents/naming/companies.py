"""Which watched companies a post is about, by what evidence, and where in the text.

Evidence comes in tiers. A handle, a domain or a cashtag accepts alone; so does an unambiguous name, alias
or hashtag on word boundaries; an ambiguous form (Orange, Free, Target…) needs its exact casing and a
positive context (`agents.naming.ambiguity`), another tier in the same post, or the company's own page above
it. One automaton over folded text finds all forms at once, so the cost grows with the post, not with the
watchlist.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ahocorasick_rs import BytesAhoCorasick

from agents.naming.ambiguity import SETTLED, Doubts, Reading
from agents.naming.entities import Accounts
from agents.naming.forms import Form, Manner, Tier, forms_of
from agents.text.folding import Folded
from agents.text.hashtags import compounds
from schemas.judged import EvidenceKind, Span
from schemas.post import Post
from schemas.record import record
from schemas.watchlist import Watchlist


@record
class Match:
    """A post is about `company`: strongest evidence, confidence in 1/10,000, its span (None where it is
    metadata), and every accepted span of the company in the text, in order."""

    company: str
    evidence: EvidenceKind
    confidence: int
    span: Span | None
    spans: tuple[Span, ...] = ()


@record
class Found:
    """One piece of evidence; `doubtful` is how its form is written if that is ambiguous, else None."""

    company: int
    evidence: EvidenceKind
    confidence: int
    span: Span | None
    doubtful: Manner | None = None

    @property
    def place(self) -> Span:
        """The span, or the empty one at the text's start."""
        return self.span or (0, 0)


class CompanyMatcher:
    """Matches posts against one watchlist; holds no state between posts."""

    def __init__(self, watchlist: Watchlist) -> None:
        companies = sorted(watchlist.companies, key=lambda company: company.id)
        self._ids = [company.id for company in companies]
        by_pattern: dict[bytes, list[Form]] = {}
        for index, company in enumerate(companies):
            for form in forms_of(company, index):
                by_pattern.setdefault(form.pattern, []).append(form)
        self._forms = [tuple(forms) for forms in by_pattern.values()]
        self._automaton = BytesAhoCorasick(list(by_pattern))
        self._accounts = Accounts(companies, watchlist.persons)
        self._doubts = [Doubts(company, index) for index, company in enumerate(companies)]

    def match(self, post: Post) -> tuple[Match, ...]:
        """The companies that `post` is about, sorted by id; at most one match for each."""
        folded = Folded(post.text)
        hits = self._automaton.find_matches_as_indexes(folded.data, overlapping=True)
        found = self._in_text(post, folded, hits) if hits else []
        if "#" in post.text:
            found += self._in_compounds(post.text, found)
        entities = post.entities
        if entities.mentions or entities.hashtags or entities.cashtags or entities.urls:
            found += self._in_entities(post, found)
        if any(item.doubtful for item in found):
            found = self._settled(post, folded, found)
        return tuple(map(self._match, _by_company(found)))

    def owner(self, post: Post) -> str | None:
        """The company whose own account wrote `post`."""
        owner = self._accounts.owner(post)
        return None if owner is None else self._ids[owner]

    def match_persons(self, post: Post) -> tuple[str, ...]:
        """Ids of the opt-in persons who wrote `post` or are mentioned in it, sorted."""
        return self._accounts.persons(post)

    def _in_text(self, post: Post, folded: Folded, hits: Sequence[tuple[int, int, int]]) -> list[Found]:
        found: list[Found] = []
        words: list[Found] = []  # names and aliases: a longer one hides those within it
        blocked: list[tuple[int, Span]] = []
        for pattern, start, end in hits:
            for form in self._forms[pattern]:
                span = folded.span(start + form.boundary, end - 1)
                if not (placed := form.place(post.text, span)):
                    continue
                if form.tier is Tier.BLOCK:
                    blocked.append((form.company, placed))
                else:
                    (words if form.tier is Tier.WORD else found).append(_read(form, post, placed))
        if len(words) > 1 or blocked:
            words = _uncovered(words, blocked)
        return found + words

    def _in_compounds(self, text: str, found: Iterable[Found]) -> list[Found]:
        """Names in compound hashtags that are not whole hashtags of their own."""
        whole = {item.span for item in found if item.evidence == "hashtag"}
        inside = compounds(text, self._accounts.tags)
        return [Found(company, "hashtag", 8_500, span) for company, span in inside if span not in whole]

    def _in_entities(self, post: Post, found: Iterable[Found]) -> list[Found]:
        """What the platform marked and the text did not show already."""
        seen = {(item.company, item.evidence) for item in found if not item.doubtful}
        extra = [
            Found(company, evidence, confidence, None)
            for company, evidence, confidence in self._accounts.marked(post)
        ]
        return [item for item in extra if (item.company, item.evidence) not in seen]

    def _settled(self, post: Post, folded: Folded, found: Sequence[Found]) -> list[Found]:
        """What is left when each doubtful form counts or not: other evidence, its context or its page decides."""
        reading = Reading(post.text, folded, [(item.span, item.company) for item in found if item.span])
        host = self._accounts.host(post) if post.url else None
        settled = []
        for items in _by_company(found):
            accepted = [item for item in items if not item.doubtful]
            doubtful = [item for item in items if item.doubtful]
            settled += accepted
            if doubtful:
                known = bool(accepted) or host == doubtful[0].company
                settled += self._believed(reading, doubtful, settled=known)
        return settled

    def _believed(self, reading: Reading, doubtful: Sequence[Found], *, settled: bool) -> list[Found]:
        """The doubtful forms that count; once one does, the others in the same casing do too."""
        doubts = self._doubts[doubtful[0].company]
        forms = [(item.place, item.doubtful) for item in doubtful if item.doubtful]
        weights = doubts.weigh(reading, forms, settled=settled)
        if any(weights) and not settled:
            weights = [weight or SETTLED for weight in weights]
        return [
            replace(item, confidence=weight) for item, weight in zip(doubtful, weights, strict=True) if weight
        ]

    def _match(self, found: Sequence[Found]) -> Match:
        """What one company's evidence comes to."""
        best = found[0]
        if len(found) > 1:
            best = max(found, key=lambda item: (item.confidence, item.span is not None, -item.place[0]))
        spans = sorted({item.span for item in found if item.span is not None})
        return Match(self._ids[best.company], best.evidence, best.confidence, best.span, tuple(spans))


def _by_company(found: Sequence[Found]) -> Iterable[Sequence[Found]]:
    """The evidence of each company, in their order."""
    if len(found) < 2:
        return (found,) if found else ()
    companies: dict[int, list[Found]] = {}
    for item in found:
        companies.setdefault(item.company, []).append(item)
    return (companies[company] for company in sorted(companies))


def _read(form: Form, post: Post, span: Span) -> Found:
    """What a form that stands on its boundaries is worth in this post."""
    doubtful = form.manner(post.text[slice(*span)]) if form.ambiguous else None
    if form.tier is Tier.WORD:
        return Found(form.company, "context" if doubtful else "alias", 9_000, span, doubtful)
    if form.tier is Tier.HASHTAG:
        return Found(form.company, "hashtag", 9_200, span, doubtful)
    if form.tier is not Tier.HANDLE:
        return Found(form.company, "domain" if form.tier is Tier.DOMAIN else "cashtag", 9_500, span)
    if form.counts_on(post.platform):
        return Found(form.company, "handle", 9_900, span)
    return Found(form.company, "handle", 7_000, span, doubtful)


def _uncovered(words: Sequence[Found], blocked: Iterable[tuple[int, Span]]) -> list[Found]:
    """`words` without those inside a longer one, or inside a phrase that is not their company."""
    shut = {(company, place) for company, (start, end) in blocked for place in range(start, end)}
    kept: list[Found] = []
    reach: Span = (0, 0)
    for item in sorted(words, key=lambda word: (word.place[0], -word.place[1])):
        start, end = item.place
        if (item.company, start) in shut and (item.company, end - 1) in shut:
            continue
        if end <= reach[1] and (start, end) != reach:
            continue
        if end > reach[1]:
            reach = (start, end)
        kept.append(item)
    return kept
