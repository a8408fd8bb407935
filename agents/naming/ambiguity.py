"""Does an everyday word (Orange, Free, Target, Monday…) name the company here?

Exact casing is required and is not enough: a capital proves nothing at the start of a sentence, in a
headline or in shouting. So points are counted, for and against: the company's own context words, words of
business, other companies named alike, and what stands around the word (`agents.naming.name_hints`). A word of
`not_context` vetoes, unless another tier of evidence stands in the same post. The weights were set by hand
on tests/evaluation/companies_dev.jsonl.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from agents.naming import name_hints
from agents.naming.forms import Manner, ambiguous_forms, phrases_around
from agents.text.folding import Folded, bounded, fold
from schemas.judged import Span
from schemas.watchlist import Company

NEEDED = 3
SETTLED = 6_500
Doubtful = tuple[Span, Manner]
_SIGNS = bytes.maketrans(b"@#$", b"   ")
# Words of business in both languages, folded: they speak for any company, though less than its own context.
_BUSINESS = """
    action actions bourse cac pdg ceo cfo cto directeur directrice patron dirigeants salarie salaries
    employe employes employee employees staff client clients cliente customer customers entreprise
    entreprises company companies boite groupe marque brand brands licenciement licenciements layoff
    layoffs greve strike syndicat syndicats union benefice benefices revenue revenues earnings profit
    profits resultats dividende dividend shareholders actionnaires sav hotline remboursement rembourse
    refund refunded facture factures bill billing abonnement abonne abonnes subscription boycott rachat
    rachete acquisition merger startup concurrent concurrence competitor competitors partenariat
    partnership recrute embauche hiring stage alternance internship stock shares investors
    investisseurs nasdaq nyse support livraison delivery commande commandes order ordered magasin
    magasins store stores compte account service services contrat contract prix price prices pricing
    cher expensive cheap panne outage bought buy achat achete acheter garantie warranty site website
    appli app pub ads usine plant factory emplois postes jobs milliard milliards million millions
    billion billions cnil antitrust fined lawsuit sues proces condamne amende euros dollars fees frais
    tarif tarifs
"""
BUSINESS = frozenset(word.encode() for word in _BUSINESS.split())


class Words:
    """Words and phrases to look up in a text; a plural in -s, -x or -es counts as its word."""

    def __init__(self, words: Sequence[str]) -> None:
        simple = {word for word in map(fold, words) if " " not in word}
        self._stems = {f"{word}{end}".encode(): word for end in ("es", "x", "s", "") for word in simple}
        self._forms = frozenset(self._stems)
        self._phrases = [(bounded(word), fold(word)) for word in words if fold(word) not in simple]

    def found(self, reading: Reading) -> set[str]:
        """The words that the text holds, in their folded singular."""
        hits = {self._stems[token] for token in reading.tokens & self._forms}
        if self._phrases:
            hits.update(word for phrase, word in self._phrases if phrase in reading.plain)
        return hits

    def hold(self, word: bytes) -> bool:
        """Whether the folded `word` is one of them."""
        return word in self._forms


class Reading:
    """One text, with what several companies may ask of it worked out once.

    `found` are the spans of everything found in it, with the company that each is of.
    """

    def __init__(self, text: str, folded: Folded, found: Sequence[tuple[Span, int]] = ()) -> None:
        self.text = text
        self.folded = folded
        self._found = found

    @cached_property
    def names(self) -> list[tuple[Span, int]]:
        """What was found, in the order of the text."""
        return sorted(self._found)

    @cached_property
    def plain(self) -> bytes:
        """The folded text with @, # and $ as spaces."""
        return self.folded.data.translate(_SIGNS)

    @cached_property
    def tokens(self) -> frozenset[bytes]:
        """The folded words."""
        return frozenset(self.plain.split())

    @cached_property
    def business(self) -> int:
        """How many different words of business the text holds."""
        return len(self.tokens & BUSINESS)

    @cached_property
    def capitals_tell_nothing(self) -> bool:
        """Whether the text is shouted, or a headline."""
        return name_hints.capitals_tell_nothing(self.text)

    def named_alike(self, span: Span, company: int) -> bool:
        """Whether another company stands beside the form and is spoken of alike: "Apple and Google"."""
        at = bisect_left(self.names, (span, company))
        for (start, end), other in (*self.names[max(0, at - 2) : at], *self.names[at + 1 : at + 3]):
            gap = self.text[end : span[0]] if end <= span[0] else self.text[span[1] : start]
            if other != company and len(gap) <= 14 and fold(gap) in name_hints.ALIKE:
                return True
        return False


class Doubts:
    """What settles the ambiguous forms of one company."""

    def __init__(self, company: Company, index: int) -> None:
        self._index = index
        forms = ambiguous_forms(company)
        self._calendar = bool(forms & name_hints.CALENDAR)
        self._for = Words(company.context)
        around = set(phrases_around(company, forms))
        self._against = Words([phrase for phrase in company.not_context if phrase not in around])

    def weigh(self, reading: Reading, forms: Sequence[Doubtful], *, settled: bool) -> list[int]:
        """For each of `forms` the confidence in 1/10,000 that it names the company; 0 where it does not.

        `settled`: other evidence in the post already showed that it is about the company.
        """
        if settled:
            return [SETTLED] * len(forms)
        if self._against.found(reading):
            return [0] * len(forms)
        context = len(self._for.found(reading))
        points = min(6, 2 * context) + min(2, reading.business)
        result = []
        for span, manner in forms:
            counts = context or not (self._calendar or manner == "shouted")
            total = points + self._around(reading, span, manner) if counts else 0
            result.append(min(8_900, SETTLED - 500 + 500 * (total - NEEDED)) if total >= NEEDED else 0)
        return result

    def _around(self, reading: Reading, span: Span, manner: Manner) -> int:
        """Points for and against from what stands around the form."""
        if manner == "marked":
            return 1
        text, data = reading.text, reading.plain
        start, end = reading.folded.place(span[0]), reading.folded.place(span[1])
        before, after = data[max(0, start - name_hints.REACH) : start], data[end : end + name_hints.REACH]
        points = name_hints.grammar(before, after)
        points += any(map(self._for.hold, before.split()[-1:] + after.split()[:1]))
        if reading.named_alike(span, self._index):
            points += 2
        if not reading.capitals_tell_nothing:
            points += manner == "cased" and not name_hints.opens_sentence(text, span[0])
            beside = name_hints.capital_neighbours(text, span)
            points -= 2 * sum(word is not None and not self._for.hold(fold(word).encode()) for word in beside)
        return points
