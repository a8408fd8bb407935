"""What stands around a word that shows, or denies, that it is used as a company's name.

Points, from grammar alone, in French and English: the place in the sentence, prepositions, verbs of business,
neighbours. All look a fixed distance to either side, so a long text costs no more for each name.
"""

from __future__ import annotations

import re

from agents.text.boundaries import APOSTROPHES
from agents.text.folding import fold
from schemas.judged import Span

REACH = 40  # characters looked at on either side


def _words(text: str) -> bytes:
    return "|".join(text.split()).replace("_", " ").encode()


# Folded words directly before. "chez Orange", "PDG d'Orange", "working at Target", "merci Free".
_STRONG_BEFORE = _words("""
    chez at at_the pdg_(?:de|d) ceo_(?:of|de|d) patron_(?:de|d) directeur_(?:de|d) cours_(?:de|d) action
    titre operateur operator groupe marque brand enseigne geant company chain retailer boutiques?
    magasins? supermarche hypermarche clients?_(?:de|d|chez) clientes?_(?:de|d|chez) abonnee?_(?:a|chez)
    salarie?e?s?_(?:de|d|chez) techniciens?_(?:de|d|chez) livreurs?_(?:de|d|chez)
    conseill\\w+_(?:de|d|chez) employee?s?_(?:de|d|chez|at|of) work(?:s|ed|ing)?_(?:at|for)
    travaill\\w+_(?:chez|pour) job_at
    (?:retired|fired|hired|bought|ordered|purchased|resigned|returned|shipped|sold)_(?:from|by|to|for)
    (?:drives?|drove|interned|intern|consult\\w*)_(?:for|at)
    (?:returned|applied|switched|moved|switching|switch|passe)_(?:to|it_to|a) interview_(?:at|with)
    shares?_(?:of|in) left quitte quitter j_ai_quitte passe_par boycott(?:er|ez|ons|ing)? hate hates
    deteste adore love loves trust trusts prefer prefere fuck_you bravo merci thanks thank_you dear
    bonjour hey shame_on well_done honte_a shoutout_to the_folks_at grace_a
""")
_WEAK_BEFORE = _words("""
    with by from via avec par contre against vs versus than to d de que l et ou and or of sur on pour for
    chers? my our mon ma mes notre nos use uses using utilise like hello called sues fines blames accuse
    accusent why_is why_does why_did does did is si quand when if que
""")
_NOT_BEFORE = _words("""
    an? une? the le la les des du aux? this that cet? cette ces some any no aucune? every chaque
""")
# "ma nièce Zara", "docteur Legrand", "capitaine Picard": somebody of that name, or a place.
_PERSON_BEFORE = _words("""
    niece neveu fille fils soeur frere cousine? oncle tante amie? copine copain voisine? mari femme
    collegue prof coach monsieur madame mr mrs ms mme dr docteur general marechal capitaine captain
    president rue avenue place boulevard daughter son sister brother uncle aunt friend husband wife
    neighbour neighbor girlfriend boyfriend dog cat chien chat named prenomme maire_(?:de|d)
    ville_(?:de|d) mairie_(?:de|d)
""")
# Folded words directly after: what a company does. A French common noun cannot stand before a verb without an
# article, so the verb makes a name of it; in English the verb must be one of people's.
_DONE = """
    annonce lance rachete supprime ouvert ferme recrute publie decide perdu gagne refuse ete fait vendu
    mis pris promis menti augmente baisse bloque annule licencie signe condamne repondu rembourse livre
    preleve coupe change oublie envoye facture resilie decu voulu essaye recu jete casse verse
"""
_NO_VERB = """
    entre contre avant pendant devant durant que comme parce cote est tout toute quand dont meme plutot
    souvent suivant autre nord
"""
_VERBS_FR = f"""
    (?:nous|vous|me|te|lui|se|ne)_\\w+ n_\\w+ [mt]_(?:a|ont|avait|annonce|envoie|a_\\w+) est_condamne
    vient_(?:de|d) va_(?!et\\b)\\w+er veut doit augmente baisse rembourse repond livre recrute supprime
    licencie annule bloque facture renonce ment abuse rachete lance annonce affiche publie investit
    embauche decroche condamne accuse verse plafonne devisse bondit retire
    (?!(?:{"|".join(_NO_VERB.split())})_)\\w{{2,}}(?:e|t|d)_(?:le|la|les|l|des|une?|ses|son|sa|leurs?|mon|ma|mes)
"""
_VERBS_EN = """
    announce[sd]? says? said launch(?:es|ed) hires? hired unveil(?:s|ed) la(?:ys|ying|id)_off refuse[sd]?
    denie[sd] cancel(?:s|l?ed) charge[sd] froze raise[sd] ships? shipped delivered bought ignore[sd]
    replie[sd] refund(?:s|ed) promise[sd] hike[sd] cheats? lie[sd] employ\\w+ plans wants? needs? tries
    tried decided expects hopes thinks claims offere?[sd]? owes? comped bumped
    (?:really|just|finally|still|never|always)_(?:\\w+ed|thinks|needs|wants|says|gave|made|sent|got)
    keeps?_\\w+ing won_t_\\w+ should_\\w+ has_\\w+ed
    is_(?!amazing|boring|coming|missing|trending|interesting|annoying|exciting|approaching|killing|going)\\w{2,}ing
    to_(?:cut|buy|sell|close|hire|lay|launch|invest|pay|acquire|raise|end)
"""
_PERFECT = f"(?:a|ont)_(?:encore_|bien_|enfin_|deja_|donc_)?(?:{'|'.join(_DONE.split())})"
_VERB_AFTER = _words(f"{_PERFECT} {_VERBS_FR} {_VERBS_EN}")
_STRONG_AFTER = _words("""
    s shares stock inc corp plc ltd sa group groupe employees employee customers? stores? app staff ceo hq
    headquarters customer_service service_client drivers? account carte card ads? commercial earnings
    profits? revenue results event cashiers? workers? warehouse website website_is en_panne down vend
    ferme ouvre perd fait propose sort vise remporte equipe peut acquire[sd]? reports? reported made makes
    lost loses block(?:s|ed) fire[sd] sells? sold cuts? close[sd] open(?:s|ed) drops dropped signs signed
    wins won bans banned hides removes? removed pull(?:s|ed) replaced? posts? posted beats changed?
    agree[sd] renames? fixe[sd] keeps? will_\\w+ has \\w+ing_(?:me|us|my|our)
    \\w{3,}ed_(?:to|my|me|us|our|his|her|its|their) \\w{3,}s_(?:my|me|us|our|his|her|its|their)
""")
_WEAK_AFTER = _words(
    "is are have was will est sont ne n m me nous just finally can please pls svp stp c can_t won_t"
)
_BEFORE = re.compile(
    rb"(?:\A| )(?:(?P<strong>%s)|(?P<weak>%s)|(?P<against>%s)|(?P<person>%s))\Z"
    % (_STRONG_BEFORE, _WEAK_BEFORE, _NOT_BEFORE, _PERSON_BEFORE)
)
_AFTER = re.compile(
    rb"(?:(?P<verb>%s)|(?P<strong>%s)|(?P<weak>%s))(?: |\Z)" % (_VERB_AFTER, _STRONG_AFTER, _WEAK_AFTER)
)
_WORTH = {"verb": 3, "strong": 2, "weak": 1, "against": -1, "person": -3}
# A country after the name is a branch of the company: "Orange Egypt", "Amazon India".
_COUNTRIES = """
    france espagne spain belgique belgium pologne poland roumanie romania maroc morocco tunisie tunisia
    egypte egypt senegal cameroun cameroon mali guinee guinea jordanie jordan uk us usa canada india inde
    italie italy allemagne germany japon japan chine china brasil bresil brazil mexique mexico australia
    australie suisse switzerland europe africa afrique
"""
COUNTRIES = frozenset(_COUNTRIES.split())
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
    branch = after and fold(after[1]) in COUNTRIES
    return before[1] if before else None, after[1] if after and not branch else None


def capitals_tell_nothing(text: str) -> bool:
    """A shouted text or a headline: most words are written in capitals, or begin with one."""
    words = _LONG_WORD.findall(text)
    return len(words) > 3 and 3 * sum(word[0].isupper() for word in words) > 2 * len(words)
