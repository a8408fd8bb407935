"""What stands around a word that shows, or denies, that it is used as a company's name.

Points, from grammar alone, in French and English: the place in the sentence, prepositions, verbs of business,
neighbours. All look a fixed distance to either side, so a long text costs no more for each name.
"""

from __future__ import annotations

import re

from agents.boundaries import APOSTROPHES
from schemas.judged import Span

REACH = 40  # characters looked at on either side


def _words(text: str) -> bytes:
    return "|".join(text.split()).replace("_", " ").encode()


# Folded words directly before. "chez Orange", "PDG d'Orange", "working at Target", "merci Free".
_STRONG_BEFORE = _words("""
    chez at at_the pdg_(?:de|d) ceo_(?:of|de|d) patron_(?:de|d) directeur_(?:de|d) action titre
    operateur operator groupe marque brand enseigne geant company chain retailer boutiques? magasins?
    supermarche hypermarche clients?_(?:de|d|chez) clientes?_(?:de|d|chez) abonnee?_(?:a|chez)
    salarie?e?s?_(?:de|d|chez) employee?s?_(?:de|d|chez|at|of) work(?:s|ed|ing)?_(?:at|for)
    travaill\\w+_(?:chez|pour) job_at interview_(?:at|with) boycott(?:er|ez|ons)? shares?_(?:of|in)
    switch(?:ed|ing)?_to left quitte quitter bravo merci thanks thank_you dear bonjour hey shame_on
    well_done honte_a fuck_you
""")
_WEAK_BEFORE = _words("""
    with by from via avec par contre against vs versus than to d de que l et ou and or of sur on pour
    for chers? my our mon ma mes notre nos use using utilise ordered love hate like hello called sues
    fines blames accuse accusent
""")
_NOT_BEFORE = _words("""
    an? une? the le la les des du aux? this that cet? cette ces some any no aucune? every chaque
""")
# "ma nièce Zara", "docteur Legrand", "capitaine Picard": somebody of that name.
_PERSON_BEFORE = _words("""
    niece neveu fille fils soeur frere cousine? oncle tante amie? copine copain voisine? mari femme
    collegue prof coach monsieur madame mr mrs ms mme dr docteur general marechal capitaine captain
    president rue avenue place boulevard daughter son sister brother uncle aunt friend husband wife
    neighbour neighbor girlfriend boyfriend dog cat chien chat named prenomme
""")
# Folded words directly after. "Orange annonce", "Shell made", "Zara ne rembourse plus", "Apple's CEO".
_VERBS_FR = """
    a_(?:encore_)?\\w+(?:e|i|u|is|it|t) ont_\\w+ a_ete est_condamne vient va_\\w+er veut doit fait vend
    ferme ouvre perd n_a n_est ne_\\w+ nous_\\w+ m_a m_ont me_\\w+ augmente baisse refuse rembourse
    repond livre recrute supprime licencie annule bloque facture renonce propose ment abuse rachete
    lance annonce sort affiche publie investit embauche decroche remporte condamne accuse vise equipe
    verse
"""
_VERBS_EN = """
    announce[sd]? said says launch(?:es|ed)? acquire[sd]? hires? hired reports? reported unveil(?:s|ed)
    la(?:ys|ying|id)_off made makes lost loses refuse[sd]? denie[sd] cancel(?:s|l?ed) charge[sd]
    block(?:s|ed) froze freeze[sd] raise[sd] fire[sd] ships? shipped delivere?[sd] sells? sold buys?
    bought cuts? close[sd] open(?:s|ed) drops dropped signs signed wins won bans banned ignore[sd]
    replie[sd] refund(?:s|ed) promise[sd] hides removes? removed pull(?:s|ed) replaced? posts? posted
    beats changed? cheats? lie[sd] employ\\w+ hike[sd] agree[sd] plans renames? fixe[sd] keeps?_\\w+
    should_\\w+ will_\\w+ has_\\w+ed is_(?:\\w{2,}ing|down)
    to_(?:cut|buy|sell|close|open|hire|lay|launch|invest|pay|acquire|raise|end)
"""
_STRONG_AFTER = _words(f"""
    s shares stock inc corp plc ltd sa group groupe employees customers? stores? app staff ceo
    headquarters hq customer_service service_client drivers? account carte card {_VERBS_FR} {_VERBS_EN}
""")
_WEAK_AFTER = _words(
    "is are has have was will est sont ne n m me nous just finally can please pls svp stp c can_t won_t"
)
_BEFORE = re.compile(
    rb"(?:\A| )(?:(?P<strong>%s)|(?P<weak>%s)|(?P<against>%s)|(?P<person>%s))\Z"
    % (_STRONG_BEFORE, _WEAK_BEFORE, _NOT_BEFORE, _PERSON_BEFORE)
)
_AFTER = re.compile(rb"(?:(?P<strong>%s)|(?P<weak>%s))(?: |\Z)" % (_STRONG_AFTER, _WEAK_AFTER))
_WORTH = {"strong": 2, "weak": 1, "against": -1, "person": -3}
_CAPITAL_AFTER = re.compile(r" ([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)")
_CAPITAL_BEFORE = re.compile(r"(?<![^\W\d_])([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)[ -]\Z")
_LONG_WORD = re.compile(r"(?<![@#\w])[^\W\d_]{3,}")
# Between two names that are spoken of alike: "Apple and Google", "SFR, Orange", "Free ou SFR".
ALIKE = frozenset(
    {"and", "or", "et", "ou", "vs", "versus", "than", "que", "contre", "", "ni", "nor", "plutot que"}
)
# Days and months: nothing but the company's own words makes a name of them.
_CALENDAR = """
    monday tuesday wednesday thursday friday saturday sunday january march april may june july august
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier mars avril mai juin juillet aout
"""
CALENDAR = frozenset(_CALENDAR.split())


def grammar(before: bytes, after: bytes) -> int:
    """Points for the folded words before and after the form."""
    left = _BEFORE.search(before.rstrip(b" ")[-REACH:])
    right = _AFTER.match(after.lstrip(b" "))
    return sum(_WORTH[found.lastgroup or ""] for found in (left, right) if found)


def opens_sentence(text: str, start: int) -> bool:
    """Whether a capital at `start` is due to the sentence: it begins there, perhaps after @names."""
    before = text[max(0, start - REACH) : start]
    if before[-1:] and before[-1:] in APOSTROPHES and before[-2:-1].isalnum():
        return False
    before = before.rstrip(" \"'«»“”(\u00a0\u202f-–—*")
    if not before or not (before[-1].isalnum() or before[-1] in ",&/%)"):
        return True
    last = before.split()[-1]
    return last.startswith("@") or last == "RT"


def capital_neighbours(text: str, span: Span) -> tuple[str | None, str | None]:
    """The capitalised words on both sides, if the form may be part of a longer name: "Agent Orange", "Orange
    County". A word that opens its sentence is no sign on the left."""
    after = _CAPITAL_AFTER.match(text, span[1], span[1] + REACH)
    before = _CAPITAL_BEFORE.search(text, max(0, span[0] - REACH), span[0])
    if before and opens_sentence(text, before.start(1)):
        before = None
    return before[1] if before else None, after[1] if after else None


def capitals_tell_nothing(text: str) -> bool:
    """A shouted text or a headline: most words are written in capitals, or begin with one."""
    words = _LONG_WORD.findall(text)
    return len(words) > 3 and 3 * sum(word[0].isupper() for word in words) > 2 * len(words)
