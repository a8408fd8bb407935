"""What a post reveals of the inside of an organisation: kind, mode, span, confidence, company.

Evidence is added up for each kind: the weights of the rules that matched, plus the author's tie to an
organisation (stated, by deixis, by the bio, by the platform), plus what a trained model makes of the words,
less what speaks against it (a customer, the press, sport, school, an advert). From 60 on the kind is tagged,
once a post, on the passage of its strongest rule (`agents.disclosing.weighing`). The rules are data:
`agents/lexicons/disclosure_*.toml`; so are the model's weights: `agents/models/work_*.tsv`.

Nothing here concerns the author's health, politics, religion, union, sexual life or crimes: no kind stands
for them, no rule looks for them, and a disclosure holds no words of the post but offsets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from agents.disclosing.attachment import Employers, company_of, nobody
from agents.disclosing.disclosure_rules import Hit, RuleBook
from agents.disclosing.passage import passage
from agents.disclosing.proper_names import ProperNames
from agents.disclosing.register_of_work import shipped_model
from agents.disclosing.weighing import (
    ADDRESSED,
    ANYTHING,
    BIO_TIE,
    Account,
    Circumstances,
    may_reach,
    weigh,
)
from agents.disclosing.workplace import BioReader, is_employer_review, says_something
from schemas.judged import Disclosure, Language, Span
from schemas.post import Post

Matches = Sequence[tuple[str, Sequence[Span]]]
"""The watched companies that a post is about, each with its spans in the text (none where metadata names
it)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the rules saw in one post; `SpeakerProfiler` and `vigie explain` work on it."""

    disclosures: tuple[Disclosure, ...] = ()
    hits: tuple[Hit, ...] = ()
    accounts: tuple[Account, ...] = ()
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

    def read(self, post: Post, language: Language, matches: Matches, *, thorough: bool = False) -> Reading:
        """Everything that the rules see in `post`; `thorough` keeps accounts that cannot reach a tag, too."""
        book = self._books.get(language.code)
        if book is None:
            return NOTHING
        review = is_employer_review(post) and says_something(post.text)
        surface = book.surface(post.text)
        names = ProperNames(post.text, surface.text, matches, book)
        speech = book.speech.find(surface, names)
        found = book.kinds.find(surface, names)
        if not (found or review):
            return Reading((), tuple(speech)) if speech else NOTHING
        bio = BIO_TIE if self._bios.shows_tie(post.author) else 0
        addressed = post.text[:1] == "@" and any(start <= 1 for _, spans in matches for start, _ in spans)
        model = self._models.get(book.language) if found else None
        tie = max(bio, book.signs.strongest(surface, "tie")) - ADDRESSED * addressed
        every = review or thorough
        if not (every or may_reach(found, tie, ANYTHING)):  # the model need not be asked
            return Reading((), (*found, *speech))
        told = model.evidence(surface.words) if model else {}
        if not (every or may_reach(found, tie, told)):  # nor the signs
            return Reading((), (*found, *speech))
        hits = [*found, *book.signs.find(surface, names.strict)]
        accounts = weigh(hits, Circumstances(bio, review, addressed, told, len(post.text)))
        disclosures = tuple(
            self._disclosure(post, account, hits, matches) for account in accounts if account.tagged
        )
        return Reading(disclosures, (*hits, *speech), accounts, review)

    def words_for(self, account: Account, post: Post, language: Language) -> tuple[tuple[str, int], ...]:
        """The words that speak most for an account which the model lifted, with their weights; else ()."""
        model = self._models.get(language.code)
        if model is None or account.model <= 0:
            return ()
        return model.shares(self._books[language.code].surface(post.text).words, account.kind)[:5]

    def _disclosure(self, post: Post, account: Account, hits: Sequence[Hit], matches: Matches) -> Disclosure:
        span = passage(post.text, account.hits)
        company = company_of(post, span, account.hits, matches, self._employers)
        confidence = min(9_500, 5_000 + 50 * (account.score - account.needed))
        return Disclosure(account.kind, _explicit(account.hits, hits), span, confidence, company)


def _explicit(own: Sequence[Hit], hits: Sequence[Hit]) -> bool:
    """Whether tie and fact are both said: by the strongest rule itself, or by a stated tie beside it."""
    if own and own[0].rule.mode != "by-tie":
        return own[0].rule.mode == "explicit"
    return any(hit.rule.kind in ("tie", "employer") and hit.rule.mode == "explicit" for hit in hits)
