"""What a post reveals of the inside of an organisation: kind, mode, span, confidence, company.

Evidence is added up for each kind: the weights of the rules that matched, plus the author's tie to an
organisation (stated, by deixis, by the bio, by the platform), less what speaks against it (a customer, the press,
sport, school, an advert). From 60 on the kind is tagged, once a post, on the passage of its strongest rule.
The rules are data (`agents/lexicons/disclosure_*.toml`); the protocol is in tests/evaluation/DISCLOSURES.md.

Nothing here concerns the author's health, politics, religion, union, sexual life or crimes: no kind stands for
them, no rule looks for them, and a disclosure holds no words of the post but offsets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from agents.attachment import Employers, company_of, nobody
from agents.canvas import canvas
from agents.disclosure_rules import Hit, RuleBook, surface_of
from agents.passage import passage
from agents.register_of_work import shipped_model
from agents.workplace import BioReader, is_employer_review
from schemas.judged import DISCLOSURE_KINDS, Disclosure, DisclosureKind, Language, Span
from schemas.post import Post

THRESHOLD = 60
BIO_TIE = 30
REVIEW_TIE = 80
REVIEW_THRESHOLD = 110  # on an employer-review site all but working conditions have to be plain
CAP = 140
# "as an AXA adviser" tells the employer, not the know-how; "our firm is being sold" a secret, not how one works there
YIELDS: Mapping[str, str] = {"expertise": "employer", "working-conditions": "sensitive"}
ADDRESSED = 20  # the text opens with a watched company's handle: most such posts are customers'
NEAR = 160  # in a long text, code points around the strongest passage within which evidence adds up
LONG = 320
Matches = Sequence[tuple[str, Sequence[Span]]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One kind's account: its hits, what was added and taken off, and whether it was tagged."""

    kind: DisclosureKind
    hits: tuple[Hit, ...]
    tie: int
    against: int
    score: int
    needed: int

    @property
    def tagged(self) -> bool:
        return self.score >= self.needed


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the rules saw in one post; what `SpeakerProfiler` and `vigie explain` work on."""

    disclosures: tuple[Disclosure, ...] = ()
    hits: tuple[Hit, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    review: bool = False


NOTHING = Reading()


def shipped_rules() -> dict[str, RuleBook]:
    """The rule books that Vigie ships, by language code."""
    folder = files("agents").joinpath("lexicons")
    texts = [folder.joinpath(f"disclosure_{code}.toml").read_text("utf-8") for code in ("en", "fr")]
    return {book.language: book for book in map(RuleBook, texts)}


class DisclosureTagger:
    """Tags posts by rule books; holds no state between posts."""

    def __init__(self, rules: Mapping[str, RuleBook], employers: Employers = nobody) -> None:
        """`employers` tells which watched companies a bio or a declared employer names."""
        self._books = dict(rules)
        self._employers = employers
        self._bios = BioReader(rules.values())
        self._models = {code: model for code in rules if (model := shipped_model(code))}

    def tag(self, post: Post, language: Language, matches: Matches) -> tuple[Disclosure, ...]:
        """At most one disclosure a kind, in the order of `DISCLOSURE_KINDS`; () in other languages."""
        return self.read(post, language, matches).disclosures

    def read(self, post: Post, language: Language, matches: Matches) -> Reading:
        """Everything that the rules see; `matches` are the companies of the text with their spans."""
        book = self._books.get(language.code)
        if book is None:
            return NOTHING
        review = is_employer_review(post)
        surface, names = surface_of(post.text), _Names(post.text, matches, book)
        speech = tuple(book.speech.find(surface, names))
        found = book.kinds.find(surface, names)
        model = self._model(book.language, surface.text, found)
        if not review and not (found and self._may_reach(found, book, model)):
            return Reading((), (*found, *speech)) if found or speech else NOTHING
        hits = [*found, *book.signs.find(surface, names.strict)]
        weighed = self._weigh(post, hits, matches, review=review, model=model)
        disclosures = tuple(
            self._disclosure(post, account, hits, matches) for account in weighed if account.tagged
        )
        return Reading(disclosures, (*hits, *speech), weighed, review)

    def _model(self, language: str, surface: str, found: list[Hit]) -> int:
        """What the trained model makes of a post whose rules for working conditions woke but did not settle it."""
        work = self._models.get(language)
        weights = [hit.rule.weight for hit in found if hit.rule.kind == "working-conditions"]
        return work.evidence(surface) if work and weights and max(weights) < THRESHOLD else 0

    @staticmethod
    def _may_reach(found: list[Hit], book: RuleBook, model: int) -> bool:
        """Whether any kind could be tagged with the best of ties and nothing against it."""
        sums: dict[str, int] = {"working-conditions": max(0, model)}
        for hit in found:
            sums[hit.rule.kind] = sums.get(hit.rule.kind, 0) + hit.rule.weight
        return max(sums.values()) + max(BIO_TIE, book.strongest_tie) >= THRESHOLD

    def _weigh(
        self, post: Post, hits: list[Hit], matches: Matches, *, review: bool, model: int
    ) -> tuple[Weighed, ...]:
        by_kind: dict[str, list[Hit]] = {}
        for hit in hits:
            by_kind.setdefault(hit.rule.kind, []).append(hit)
        told = BIO_TIE if self._bios.shows_tie(post.author) else 0
        weighed: list[Weighed] = []
        for kind in DISCLOSURE_KINDS:
            at_review = review and kind == "working-conditions"
            found = _near(by_kind.get(kind, []), len(post.text))
            if kind in YIELDS:
                found = _apart(found, by_kind.get(YIELDS[kind], []))
            # what makes the evidence cannot be its tie as well: "my boss" alone is no disclosure
            tie = max((hit.rule.weight for hit in _apart(by_kind.get("tie", []), found)), default=0)
            tie = max(tie, told)
            if not found and not (at_review and "against" not in by_kind):
                continue
            against = sum(
                hit.rule.weight for hit in by_kind.get("against", ()) if kind not in hit.rule.spares
            )
            against = 0 if at_review else against + ADDRESSED * _addresses(post.text, matches)
            bonus = REVIEW_TIE if at_review else tie
            score = min(CAP, sum(hit.rule.weight for hit in found)) + bonus - against
            if kind == "working-conditions" and not at_review and found[0].rule.weight < THRESHOLD:
                score += model
            needed = REVIEW_THRESHOLD if review and not at_review else THRESHOLD
            weighed.append(Weighed(kind, tuple(found), bonus, against, score, needed))
        return tuple(weighed)

    def _disclosure(self, post: Post, account: Weighed, hits: list[Hit], matches: Matches) -> Disclosure:
        span = passage(post.text, account.hits)
        company = company_of(post, span, account.hits, matches, self._employers)
        confidence = min(9_500, 5_000 + 50 * (account.score - account.needed))
        return Disclosure(account.kind, _explicit(account.hits, hits), span, confidence, company)


def _explicit(own: tuple[Hit, ...], hits: list[Hit]) -> bool:
    """Whether tie and fact are both said: by the strongest rule itself, or by a stated tie beside it."""
    if own and own[0].rule.mode != "by-tie":
        return own[0].rule.mode == "explicit"
    return any(hit.rule.kind in ("tie", "employer") and hit.rule.mode == "explicit" for hit in hits)


def _near(hits: list[Hit], length: int) -> list[Hit]:
    """The hits that add up, strongest first: no word counts twice, and a long text counts near the strongest only."""
    hits.sort(key=lambda hit: (-hit.rule.weight, hit.start))
    kept: list[Hit] = []
    for hit in hits:
        if length > LONG and abs(hit.start - hits[0].start) > NEAR:
            continue
        kept += _apart([hit], kept)
    return kept


def _apart(hits: list[Hit], others: list[Hit]) -> list[Hit]:
    """The hits that share no word with the others."""
    return [hit for hit in hits if not any(hit.start < other.end and other.start < hit.end for other in others)]


def _addresses(text: str, matches: Matches) -> bool:
    return text[:1] == "@" and any(start <= 1 for _, spans in matches for start, _ in spans)


class _Names:
    """Whether an offset pair of the text is a proper name."""

    __slots__ = ("_book", "_matches", "_text")

    def __init__(self, text: str, matches: Matches, book: RuleBook) -> None:
        self._text, self._matches, self._book = text, matches, book

    def __call__(self, start: int, end: int) -> bool:
        return self._watched(start, end) or self._proper(start, end)

    def strict(self, start: int, end: int) -> bool:
        """The same, but a capital that only opens a sentence tells nothing."""
        if not self(start, end):
            return False
        before = self._text[:start].rstrip(" \t\"'«“(*-•")
        opens = not before or before[-1] in ".!?:\n"
        return not opens or self._text[start] in "@#" or self._watched(start, end) or self._known(start, end)

    def _watched(self, start: int, end: int) -> bool:
        return any(left < end and start < right for _, spans in self._matches for left, right in spans)

    def _known(self, start: int, end: int) -> bool:
        return canvas(self._text[start:end])[1:-1] in self._book.names

    def _proper(self, start: int, end: int) -> bool:
        word = self._text[start:end]
        if word[0] in "@#":
            return len(word) > 2
        if self._known(start, end):
            return True
        folded = canvas(word)[1:-1]
        return word[0].isupper() and folded not in self._book.not_names and not self._text.isupper()
