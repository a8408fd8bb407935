"""Constructions that say what a post feels toward a company by where its name stands: "A is better than B".

They are sought in a line of folded tokens parted by single spaces, in which "§" stands for a company.
"""

from __future__ import annotations

import re

MARK = "§"
Signs = tuple[int, int]  # toward the first company and the second, 1 or -1

_FIRST: Signs = (1, -1)
_SECOND: Signs = (-1, 1)
_NEAR = r"(?: (?!§)\S+){0,3}? "  # up to three words between
_FAR = r"(?: (?!§)[^\s.!?]+){0,7}? "  # up to seven, within the sentence


def _one_of(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


_CHANGE = _one_of(r"switch\w*", r"mov(?:e|ed|ing)", r"chang\w+", "went", "going", r"migrat\w+", r"upgrad\w+")
_LEAVE = _one_of(
    "left", r"leav\w+", r"ditch\w*", r"dump\w*", r"quit\w*", r"drop\w*", r"replac\w+", r"swap\w*",
    r"abandon\w*",
    r"cancel\w*",
)  # fmt: skip
_CHOOSE = _one_of(
    "prefer", "choose", "chose", "pick", "picked", r"rather \w+", "recommend", "take", "taking", "want"
)
_JOIN = _one_of(r"sign\w*", r"join\w*", "went", r"mov\w+", r"switch\w*", "back", "now with")
_RATHER = _one_of("to", "over", "than", "instead of", "rather than", "not")
_BEATS = _one_of(
    "over", ">", "beats?", r"destroys?", r"crush(?:es|ed)", r"outclass(?:es|ed)", "instead of",
    "rather than", "ahead of",
    "superior to",
)  # fmt: skip
_INFERIOR = _one_of(
    "worse", "slower", "poorer", "uglier", "inferior", "pricier", r"less \w+", r"more (?:expensive|annoying)"
)
_SUPERIOR = _one_of(r"\w+er", r"more \w+", "less (?:expensive|annoying|painful)")
_LEARN = _one_of("learn", "take notes?", "take lessons?")

_ENOUGH = _one_of("enough of", "done with", "tired of", "sick of", "fed up with", "stand")
_GOING = _one_of(r"mov\w+", r"switch\w*", "going", "off") + r"(?: \w+)? to"

_QUITTER = _one_of(
    r"quitt\w*", r"lach\w+", r"remplac\w+", r"abandonn\w+", r"largu\w+", r"resili\w+", r"laiss\w+"
)
_PASSER = _one_of(
    r"pass\w+", r"chang\w+", r"bascul\w+", r"migr\w+", r"parti\w*", r"transf[ei]r\w+", r"demenag\w+"
)
_REJOINDRE = _one_of(r"sign\w+", r"souscri\w+", r"rejoin\w+", "pris", "direction", "retour", r"pass\w+")
_CHOISIR = _one_of(r"prefere\w*", r"choisi\w*", "prends?", "prenez", "recommande", "veux", "plutot")
_QUE = _one_of("que", "qu'", "a")
_PLUTOT = _one_of("plutot que", "plutot qu'", "au lieu de", "au lieu d'")
_PIRE = _one_of(
    "pire", r"moins (?!chere?s?\b|long|penible)\w+",
    r"plus (?:chere?s?|lente?s?|nule?s?|nulles?|penibles?|mauvaise?s?|complique\w*)",
)  # fmt: skip
_MIEUX = _one_of("mieux", "meilleure?s?", "superieure?s?", r"moins \w+", r"plus \w+") + r"(?: \w+)?"
_DEVRAIT = _one_of("devrait", "devraient", "doit", "ferait bien de", "pourrait")
_EXEMPLE = _one_of("apprendre", "s' inspirer", "inspiration", "exemple")

# The first that fits decides.
OPPOSED: dict[str, tuple[tuple[Signs, re.Pattern[str]], ...]] = {
    language: tuple((signs, re.compile(pattern)) for signs, pattern in constructions)
    for language, constructions in {
        "en": (
            (_SECOND, rf"§{_FAR}{_INFERIOR} (?:than|to){_NEAR}§"),
            (_FIRST, rf"§{_FAR}(?:not|never|nowhere near) as bad as{_NEAR}§"),
            (_SECOND, rf"§{_FAR}(?:not|isn't|never|nowhere near|not nearly) as \w+ as{_NEAR}§"),
            (_FIRST, rf"§{_FAR}{_SUPERIOR} than{_NEAR}§"),
            (_FIRST, rf"{_CHOOSE}{_NEAR}§{_NEAR}{_RATHER}{_NEAR}§"),
            (_FIRST, rf"§{_NEAR}{_BEATS}{_NEAR}§"),
            (_SECOND, rf"{_CHANGE}{_NEAR}(?:from|out of){_NEAR}§{_NEAR}(?:in)?to{_NEAR}§"),
            (_FIRST, rf"{_CHANGE} to{_NEAR}§{_NEAR}from{_NEAR}§"),
            (_SECOND, rf"{_LEAVE}{_NEAR}§{_NEAR}(?:for|with|by){_NEAR}§"),
            (_SECOND, rf"{_LEAVE}{_NEAR}§{_FAR}{_JOIN}{_NEAR}§"),
            (_SECOND, rf"{_LEAVE}{_NEAR}§{_FAR}(?:best|great|smart\w*|right){_FAR}§"),
            (_FIRST, rf"at least{_NEAR}§{_FAR}(?:like|unlike|as){_NEAR}§"),
            (_SECOND, rf"(?:wish|if only){_NEAR}§{_FAR}(?:as|like){_FAR}§"),
            (_SECOND, rf"§{_NEAR}(?:could|should|must|needs? to|ought to) {_LEARN}{_NEAR}from{_NEAR}§"),
            (_SECOND, rf"§{_NEAR}<{_NEAR}§"),
            (_SECOND, rf"{_ENOUGH}{_NEAR}§{_FAR}{_GOING}{_NEAR}§"),
        ),
        "fr": (
            (_SECOND, rf"§{_FAR}{_PIRE} {_QUE}{_NEAR}§"),
            (_FIRST, rf"§{_FAR}{_MIEUX} {_QUE}{_NEAR}§"),
            (_FIRST, rf"{_CHOISIR}{_NEAR}§{_NEAR}{_one_of('a', 'que', _PLUTOT, 'et pas', 'pas')}{_NEAR}§"),
            (
                _FIRST,
                rf"§{_NEAR}{_one_of(_PLUTOT, '>', 'bat', 'ecrase', 'surclasse', 'surpasse', 'devant')}{_NEAR}§",
            ),
            (_SECOND, rf"{_QUITTER}{_NEAR}§{_NEAR}(?:pour|par){_NEAR}§"),
            (_SECOND, rf"{_QUITTER}{_NEAR}§{_FAR}{_REJOINDRE}{_NEAR}§"),
            (_SECOND, rf"{_QUITTER}{_NEAR}§{_FAR}(?:meilleure?|bonne?|excellente?){_FAR}§"),
            (_SECOND, rf"{_PASSER}{_NEAR}(?:de|d'|du){_NEAR}§{_NEAR}(?:a|chez|vers|pour){_NEAR}§"),
            (_FIRST, rf"au moins{_NEAR}§{_FAR}comme{_NEAR}§"),
            (_SECOND, rf"si seulement{_NEAR}§{_FAR}(?:aussi|comme|autant){_FAR}§"),
            (_SECOND, rf"§{_NEAR}{_DEVRAIT}{_NEAR}{_EXEMPLE}{_NEAR}§"),
            (_SECOND, rf"§{_NEAR}<{_NEAR}§"),
            (_FIRST, rf"§{_FAR}autre chose que{_NEAR}§"),
        ),
    }.items()
}

# What comes between two companies of which the second is the measure of the first.
COMPARED = re.compile(
    r"\b"
    + _one_of(
        "compared (?:to|with)", "next to", "in comparison (?:to|with)", "a cote d[eu]s?", "a cote d'",
        "par rapport a",
        r"after (?:\S+ ){0,3}(?:years?|months?|weeks?|days?)",
        r"apres (?:\S+ ){0,3}(?:ans?|annees?|mois|semaines?|jours?)",
        "compare a", "comparee? a", "face a",
    )
    + r"\b"
)  # fmt: skip

# What comes before a company from which the other one is set apart.
UNLIKE = re.compile(
    r"(?:unlike|contrary to|as opposed to|contrairement a|a l' inverse de|a la difference de)$"
)

# What a post tells its readers, or itself, to take.
ADVICE = re.compile(
    r"\b"
    + _one_of(
        "(?:just |please )?(?:use|try|get|buy|choose|join|pick)", "go (?:with|for|to)", "went with",
        "switch(?:ed|ing)? to", "moved to", r"stick(?:ing)? with", "give me", "thank (?:god|goodness) for",
        "long live", r"glad (?:i|we)(?: \S+){0,2}", "place a", "joined", "joining", "stay with",
        "back (?:to|with|at)", "i'll (?:take|have)", "take", "signed (?:up )?with", "(?:i|we)(?: really)? miss",
        "(?:five|5) stars (?:for|to)", "thank heavens for", "less (?:on|with|at)",
        "(?:luckily|thankfully|fortunately) (?:i|we)(?: \\S+)?", "(?:cinq|5) etoiles (?:pour|a)",
        "(?:courez|foncez) (?:chez|vers)",
        "sign(?:e|er|ee) chez", "moins cher (?:chez|avec)",
        "shout ?out to",
        "kudos to", "props to", "thanks to", "hooray for", "well done", "proud of", "moving (?:\\S+ )?to",
        "utilis(?:ez|e|ons)", "prenez", "prends", "pass(?:ez|e|ee?) (?:a|chez)", "allez (?:chez|voir)",
        "va chez", "rest(?:ez|e|ons) (?:chez|sur|avec)", "vais (?:chez|sur)", "retour (?:chez|a|sur)",
        "bravo (?:a )?",
        "chapeau (?:a )?", "merci (?:a )?",
        "(?:transfere|bascule|migre|demenage) (?:\\S+ )?(?:chez|vers|sur)",
        "optez pour", "choisis(?:sez)?", "essaye[zr]?", "vive", "heureusement", "merci",
        "je (?:reste|retourne|pars|file|passe) (?:chez|a|sur)", "direction",
    )
    + r"(?: \S+){0,2} §"
)  # fmt: skip

# What it tells them to leave.
WARNING = re.compile(
    r"\b"
    + _one_of(
        "avoid", "stop using",
        r"(?:don't|dont|never|do not) (?:\S+ )?(?:use|buy|get|trust|try|go|book|fly)", "boycott",
        "goodbye", "bye", "farewell", "screw", "forget", "enough of", "done with", "sick of",
        "fed up with", "tired of", "shame on", "can't stand", "cannot stand", "hate", "despise", "fuck",
        "thanks for nothing",
        "evite[zr]?", "fuyez", "fuis", "boycottez", "adieu", "oubliez", "marre d[eu]", "marre d'",
        "ras le bol d(?:[eu]|')", "skip", "no more", "returned", "renvoye", "rendu",
        "never again", "zero(?: stars)? (?:for|to)", "zero (?:pour|a)", "out of", "take notes?(?: ,)?", "not a fan of",
        "used to (?:love|like|trust|defend|recommend)", "pas (?:du tout )?fan(?: du tout)? d(?:[eu]|')",
        "(?:aimais|adorais|defendais|recommandais)", "pren(?:ds|ez) en de la graine", "resilie", "cancell?ed",
        "fini", "plus jamais", "honte a", "carton rouge (?:pour|a)", "ne supporte (?:plus|pas)", "deteste",
        "jamais plus", "n' (?:allez|achetez|utilisez) (?:pas|jamais|plus)",
        r"ne (?:\S+ )?(?:prenez|passez|choisissez) (?:pas|jamais|plus)",
    )
    + r"(?: \S+){0,3} §"
)  # fmt: skip

# What a post says of a company right after naming it, for it and against it.
PRAISED = re.compile(
    r"^§ "
    + _one_of(
        "ftw", "for the win", "all the way", "forever", "rocks?", "rules?", "is where it's at", "is back",
        "to the rescue", "saved (?:me|us|my|the)", "never (?:did|does|do) (?:that|this)", "au top",
        "(?:vraiment )?assure", "gere", "forever", "(?:me|nous) manque", "m' a sauve",
    )
    + r"\b"
)  # fmt: skip
_SHAM = _one_of(
    "joke", "scam", "nightmare", "disaster", r"rip ?off", "shambles", "fraud", "blague", "arnaque", "catastrophe",
    "honte", "cauchemar", "plaisanterie", "escroquerie",
)  # fmt: skip
SCORNED = re.compile(
    r"^§ "
    + _one_of(
        rf"(?:is|are|was|were|(?:c' )?est|sont|etait)(?: (?:just|such|a|an|une?|\w+ly|vraie?)){{0,3}} {_SHAM}",
        r"(?:is|are|has been|keeps?|kept) (?:driving|making) (?:me|us) \w+", "go home", "sucks?", "never again",
        "(?:keeps?|kept|is|has been) ignoring", "ignores? (?:me|us)", "(?:m'|nous|me) ignore",
        "(?:me|nous) rend(?:ent)? (?:folle|fou|dingues?|fous)", "a la poubelle", "a fuir", "plus jamais",
        "jamais plus", "(?:m'|nous) (?:a|ont) (?:plantes?|abandonnee?s?|lachee?s?)", "degage",
    )
    + r"\b"
)  # fmt: skip

# A mark out of 5, 10 or 20 beside a company.
RATING = re.compile(r"\b(\d{1,2}) ?/ ?(5|10|20)\b")
