"""Does an everyday word (Orange, Free, Target, Monday…) name the company here?

Exact casing is required and is not enough: a capital proves nothing at the start of a sentence, in a title
or in shouting. So points are counted for and against; see `Doubts.confidence`. A word of the company's
`not_context` vetoes, unless another tier of evidence stands in the same post.
"""

from __future__ import annotations

import re
from functools import cached_property

from agents.folding import Folded, bounded, fold
from agents.forms import APOSTROPHES
from schemas.judged import EvidenceKind, Span
from schemas.watchlist import Company

NEEDED = 3
_SIGNS = bytes.maketrans(b"@#$", b"   ")

# Words of business in both languages: they speak for any company, though less than its own context.
BUSINESS = frozenset(
    [
        "action",
        "actions",
        "bourse",
        "cac",
        "pdg",
        "ceo",
        "cfo",
        "cto",
        "directeur",
        "directrice",
        "patron",
        "dirigeants",
        "salarie",
        "salaries",
        "employe",
        "employes",
        "employee",
        "employees",
        "staff",
        "client",
        "clients",
        "cliente",
        "clientele",
        "customer",
        "customers",
        "entreprise",
        "entreprises",
        "company",
        "companies",
        "boite",
        "groupe",
        "marque",
        "brand",
        "brands",
        "licenciement",
        "licenciements",
        "layoff",
        "layoffs",
        "greve",
        "strike",
        "syndicat",
        "union",
        "benefice",
        "benefices",
        "revenue",
        "revenues",
        "earnings",
        "chiffre",
        "profits",
        "resultats",
        "dividende",
        "dividend",
        "shareholders",
        "actionnaires",
        "sav",
        "hotline",
        "remboursement",
        "rembourse",
        "refund",
        "facture",
        "factures",
        "billing",
        "abonnement",
        "abonne",
        "abonnes",
        "subscription",
        "boycott",
        "rachat",
        "rachete",
        "acquisition",
        "merger",
        "fusion",
        "startup",
        "concurrent",
        "concurrence",
        "competitor",
        "competitors",
        "partenariat",
        "partnership",
        "recrute",
        "embauche",
        "hiring",
        "stage",
        "alternance",
        "internship",
        "stock",
        "shares",
        "investors",
        "investisseurs",
        "nasdaq",
        "nyse",
        "support",
        "livraison",
        "delivery",
        "commande",
        "ordered",
        "magasin",
        "magasins",
    ]
)

_LEFT = re.compile(
    rb" (?:(?P<strong>chez|pdg (?:de|d)|ceo (?:of|de|d)|patron (?:de|d)|l?action|titre|operateur|groupe|marque|enseigne|geant|"
    rb"company|clients? (?:de|d|chez)|cliente (?:de|d|chez)|abonnee? (?:a|chez)|salarie?e?s? (?:de|d|chez)|"
    rb"employee?s? (?:de|d|chez|at|of)|work(?:s|ed|ing)? (?:at|for)|travaill\w+ (?:chez|pour)|boycott(?:er|ez|ons)?|"
    rb"shares? (?:of|in)|stock|job at|interview (?:at|with)|boutiques?|magasins?|agence|switch(?:ed|ing)? to)"
    rb"|(?P<weak>at|with|by|from|via|avec|par|contre|merci|thanks|thank you|hey|dear|hello|bonjour|vs|versus|to|d|de|que|l|"
    rb"love|hate|called|appele))\Z"
)
_RIGHT = re.compile(
    rb"(?:(?P<strong>s (?:ceo|stock|customer|app|website|new|latest|service|support|employees|staff)|"
    rb"a (?:annonce|lance|rachete|supprime|ouvert|ferme|recrute|publie|decide|perdu|gagne|refuse|ete condamne)|"
    rb"annonce|lance|rachete|supprime|recrute|va (?:supprimer|lancer|fermer|ouvrir)|vient (?:de|d)|"
    rb"announce[sd]?|said|says|launch(?:es|ed)|acquires?|acquired|hires|reports|unveil(?:s|ed)|lays off|laid off|"
    rb"shares|stock|inc|corp|plc|ltd|sa|group|groupe|employees|customers?|stores?|app|staff|ceo|headquarters)"
    rb"|(?P<weak>is|are|has|have|was|will|est|sont|ne|n|m|me|nous|just|finally|really|can|please|pls|svp|stp|c))(?: |\Z)"
)


class Words:
    """A set of words and phrases to look up in a text; a plural in -s, -x or -es counts as its word."""

    def __init__(self, words: tuple[str, ...]) -> None:
        simple = {word for word in map(fold, words) if " " not in word}
        self._stems = {f"{word}{end}".encode(): word for end in ("es", "x", "s", "") for word in simple}
        self._phrases = [(bounded(word), fold(word)) for word in words if fold(word) not in simple]

    def found(self, reading: Reading) -> set[str]:
        """The words that the text holds, in their plain form."""
        hits = {self._stems[token] for token in reading.tokens & self._stems.keys()}
        return hits | {word for phrase, word in self._phrases if phrase in reading.plain}


class Reading:
    """One text, with what several companies may ask of it worked out once."""

    def __init__(self, text: str, folded: Folded) -> None:
        self.text = text
        self.folded = folded

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
        """How many words of business the text holds."""
        return sum(word.encode() in self.tokens for word in BUSINESS)

    @cached_property
    def shouts(self) -> bool:
        """Whether capitals tell nothing: most words of three letters and more are all capitals."""
        words = re.findall(r"[^\W\d_]{3,}", self.text)
        return len(words) > 2 and sum(map(str.isupper, words)) * 2 > len(words)

    @cached_property
    def titled(self) -> bool:
        """Whether most words begin with a capital, as in a headline."""
        words = re.findall(r"(?<![@#\w])[^\W\d_]{4,}", self.text)
        return len(words) > 3 and sum(w[0].isupper() for w in words) * 3 > len(words) * 2


class Doubts:
    """What settles the ambiguous forms of one company."""

    def __init__(self, company: Company) -> None:
        forms = {fold(form) for form in company.ambiguous}
        self._casings = {name for name in (company.name, *company.aliases) if fold(name) in forms}
        covered = {fold(name) for name in self._casings}
        self._casings |= {form for form in company.ambiguous if fold(form) not in covered}
        self._for = Words(company.context)
        apart = tuple(p for p in company.not_context if not any(f" {f} " in f" {fold(p)} " for f in forms))
        self._against = Words(apart)

    def confidence(self, reading: Reading, span: Span, evidence: EvidenceKind, *, settled: bool) -> int:
        """Confidence in 1/10,000 that the form at `span` names the company; 0 where it does not count.

        `settled`: another tier already showed that the post is about the company.
        """
        text = reading.text
        written = text[span[0] : span[1]]
        marked = evidence != "context"
        if not marked and not self._cased(written):
            return 0
        if settled:
            return 6_500
        if self._against.found(reading):
            return 0
        points = min(6, 2 * len(self._for.found(reading))) + min(2, reading.business)
        points += 1 if marked else self._position(reading, span)
        return min(8_900, 6_000 + 500 * (points - NEEDED)) if points >= NEEDED else 0

    def _cased(self, written: str) -> bool:
        return any(written in {casing, casing.upper()} for casing in self._casings)

    def _position(self, reading: Reading, span: Span) -> int:
        """Points for and against from the words around the form."""
        data = reading.folded.data
        start, end = reading.folded.place(span[0]), reading.folded.place(span[1])
        points = 0
        if left := _LEFT.search(data[max(0, start - 40) : start].rstrip(b" ")):
            points += 2 if left["strong"] else 1
        if right := _RIGHT.match(data[end : end + 40].lstrip(b" ")):
            points += 2 if right["strong"] else 1
        if not reading.shouts and not reading.titled and not _opens_sentence(reading.text, span[0]):
            points += 1
        points -= 2 * _beside_capital(reading.text, span)
        return points


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start]
    if before[-1:] in APOSTROPHES and before[-2:-1].isalnum():
        return False
    before = before.rstrip(" \"'«»“”(\u00a0\u202f-–—*")
    if not before or not (before[-1].isalnum() or before[-1] in ",&/"):
        return True
    last = before.split()[-1]
    return last.startswith("@") or last == "RT"


def _beside_capital(text: str, span: Span) -> bool:
    """Part of a longer proper name that is not listed: "Orange County", "Agent Orange"."""
    after = re.match(r" ([A-ZÀ-Þ][a-zà-ÿ]+)", text[span[1] : span[1] + 20])
    return after is not None
