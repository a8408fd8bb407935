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
from dataclasses import field
from importlib.resources import files

from agents.disclosing.attachment import Employers, company_of, nobody
from agents.disclosing.disclosure_rules import Hit, RuleBook
from agents.disclosing.gate import Surface
from agents.disclosing.passage import passage
from agents.disclosing.proper_names import ProperNames
from agents.disclosing.register_of_work import Said, WorkTalk, shipped_talk
from agents.disclosing.weighing import (
    ADDRESSED,
    BIO_TIE,
    HOPELESS,
    REVIEW_TIE,
    THRESHOLD,
    Account,
    Circumstances,
    may_reach,
    weigh,
)
from agents.disclosing.work_hashes import EXPLICIT, FirstLook, shipped_first_look
from agents.disclosing.workplace import BioReader, is_employer_review, says_something
from agents.text.canvas import PAD, spaced
from schemas.judged import Disclosure, Language, Span
from schemas.post import Post
from schemas.record import record

Matches = Sequence[tuple[str, Sequence[Span]]]
"""The watched companies that a post is about, each with its spans in the text (none where metadata names
it)."""


@record
class Reading:
    """All that the rules saw in one post; `SpeakerProfiler` and `vigie explain` work on it."""

    disclosures: tuple[Disclosure, ...] = ()
    hits: tuple[Hit, ...] = ()
    accounts: tuple[Account, ...] = ()
    review: bool = False
    said: Said | None = field(default=None, compare=False)  # from the text alone


NOTHING = Reading()


def shipped_rules() -> dict[str, RuleBook]:
    """The rule books that Vigie ships, by language code."""
    folder = files("agents").joinpath("lexicons")
    texts = [folder.joinpath(f"disclosure_{code}.toml").read_text("utf-8") for code in ("en", "fr")]
    return {book.language: book for book in map(RuleBook, texts)}


class DisclosureTagger:
    """Tags posts by rule books; holds no state between posts."""

    def __init__(
        self,
        rules: Mapping[str, RuleBook],
        employers: Employers = nobody,
        talks: Mapping[str, WorkTalk] | None = None,
        first_look: FirstLook | None = None,
    ) -> None:
        """`employers` tells which watched companies a bio or a declared employer names; `talks`, `first_look`:
        models by language, the shipped ones by default."""
        self._books = dict(rules)
        self._employers = employers
        self._bios = BioReader(rules.values())
        if talks is None:
            talks = {code: talk for code in rules if (talk := shipped_talk(code))}
        self._talk = dict(talks)
        self._first_look = first_look or shipped_first_look()

    def may_speak(self, pieces: Sequence[str]) -> list[int]:
        """For each of some pieces of text in which languages it could be part of a phrase of role or register: bits
        in the order of the rules."""
        spread, begin, found = spaced(" ".join(pieces))[PAD:], 0, []
        books = [(1 << bit, book.may_speak) for bit, book in enumerate(self._books.values())]
        for piece in pieces:
            text = spread[begin : begin + len(piece)]
            words, bits = text.split(), 0
            for bit, may_speak in books:
                if may_speak(words, text):
                    bits |= bit
            found.append(bits)
            begin += len(piece) + 1
        return found

    def tag(self, post: Post, language: Language, matches: Matches) -> tuple[Disclosure, ...]:
        """At most one disclosure a kind, in the order of `DISCLOSURE_KINDS`; () in other languages."""
        return self.read(post, language, matches).disclosures

    def read(
        self,
        post: Post,
        language: Language,
        matches: Matches,
        look: Sequence[int] | None = None,
        *,
        speaks: bool = True,
        thorough: bool = False,
    ) -> Reading:
        """Everything that rules and models see in `post`; `look` is what the first look made of it, where there was
        one; `speaks`: whether a phrase of role or register may stand in it (`may_speak`); `thorough` keeps accounts
        that cannot reach a tag, too."""
        book = self._books.get(language.code)
        if book is None:
            return NOTHING
        review = is_employer_review(post)
        if review and not says_something(post.text):
            return NOTHING
        said = self._said(post.text, book.language, look)
        every = review or thorough
        hopeless = said.whole < HOPELESS and not review
        if hopeless and not (speaks or thorough):
            return Reading(said=said)
        surface = Surface(post.text)
        book.wake(surface, speech_alone=hopeless and not thorough)
        names = ProperNames(post.text, surface.text, matches, book)
        speech = book.speech.find(surface, names)
        found = [] if hopeless and not thorough else book.kinds.find(surface, names)
        if not (found or every or said.whole >= THRESHOLD):
            return Reading((), tuple(speech), said=said)
        told = said.evidence
        bio = BIO_TIE if self._bios.shows_tie(post.author) else 0
        addressed = post.text[:1] == "@" and any(start <= 1 for _, spans in matches for start, _ in spans)
        tie = max(bio, book.signs.strongest(surface, "tie")) - ADDRESSED * addressed
        if not (every or may_reach(found, tie, told)):  # the signs need not be asked
            return Reading((), (*found, *speech), said=said)
        hits = [*found, *book.signs.find(surface, names.strict)]
        accounts = weigh(hits, Circumstances(bio, review, addressed, told, len(post.text), said.private))
        disclosures = tuple(
            self._disclosure(post, account, hits, matches, said)
            for account in accounts
            if account.tagged and not hopeless
        )
        return Reading(disclosures, (*hits, *speech), accounts, review, None if review else said)

    def words_for(self, account: Account, post: Post, language: Language) -> tuple[tuple[str, int], ...]:
        """What of the text speaks most for an account which the model lifted, with its points; else ()."""
        if account.model <= 0:
            return ()
        return self._said(post.text, language.code, None).shares(account.kind)[:5]

    def _said(self, text: str, language: str, look: Sequence[int] | None) -> Said:
        if look is None:
            look = self._first_look.at(text, language)
        return Said(self._talk.get(language), text, look)

    def _disclosure(
        self, post: Post, account: Account, hits: Sequence[Hit], matches: Matches, said: Said
    ) -> Disclosure:
        if account.tie == REVIEW_TIE or (account.hits and account.hits[0].rule.weight >= THRESHOLD):
            span = passage(post.text, account.hits)
        else:
            told = [(hit.rule.weight, (hit.start, hit.end)) for hit in account.hits]
            span = said.passage(account.kind, told)
        company = company_of(post, span, account.hits, matches, self._employers)
        confidence = min(9_500, 5_000 + 50 * (account.score - account.needed))
        return Disclosure(account.kind, _explicit(account.hits, hits, said), span, confidence, company)


def _explicit(own: Sequence[Hit], hits: Sequence[Hit], said: Said) -> bool:
    """Whether tie and fact are both said: by the strongest rule itself, by a stated tie beside it, or by the words."""
    if own and own[0].rule.mode != "by-tie":
        return own[0].rule.mode == "explicit"
    if any(hit.rule.kind in ("tie", "employer") and hit.rule.mode == "explicit" for hit in hits):
        return True
    return said.speaker.get(EXPLICIT, 0) > 0
