"""What single words, emoticons and emoji feel like, from the word lists in agents/lexicons (see CARD.md)."""

from __future__ import annotations

from importlib import resources


def valences(language: str) -> dict[str, tuple[int, int, int]]:
    """Folded word -> its valence in three lists (VADER's, Pattern's, AFINN's), -100..100, 0 where not listed.

    `language` is "fr" or "en"; emoji are in both.
    """
    lists: dict[str, tuple[int, int, int]] = {}
    for word, vader, pattern, afinn in _rows(f"{language}.tsv"):
        lists[word] = (int(vader), int(pattern), int(afinn))
    for sign, valence in _rows("emoji.tsv"):
        lists[sign] = (int(valence), 0, int(valence))
    return lists


def _rows(name: str) -> list[list[str]]:
    text = (resources.files("agents") / "lexicons" / name).read_text("utf8")
    return [line.split("\t") for line in text.splitlines()[1:]]


# How a word bears on those after it, folded.
NEGATORS = {
    "en": frozenset(
        [
            "not",
            "no",
            "never",
            "none",
            "nobody",
            "nothing",
            "neither",
            "nor",
            "nowhere",
            "cannot",
            "cant",
            "dont",
            "wont",
            "didnt",
            "doesnt",
            "isnt",
            "wasnt",
            "aint",
            "arent",
            "couldnt",
            "shouldnt",
            "wouldnt",
            "hasnt",
            "havent",
            "hadnt",
            "werent",
            "without",
            "hardly",
            "barely",
            "rarely",
            "lack",
            "lacks",
        ]
    ),
    "fr": frozenset(
        [
            "pas",
            "ne",
            "n'",
            "jamais",
            "rien",
            "aucun",
            "aucune",
            "sans",
            "ni",
            "nul",
            "nulle",
            "personne",
            "non",
            "guere",
            "peu",
            "pa",
        ]
    ),
}
CONTRASTS = {
    "en": frozenset(["but", "however", "although", "though", "yet", "nevertheless", "except"]),
    "fr": frozenset(
        [
            "mais",
            "cependant",
            "pourtant",
            "toutefois",
            "neanmoins",
            "sauf",
            "malgre",
            "par contre",
            "bemol",
            "hormis",
            "dommage",
        ]
    ),
}
INTENSIFIERS = {
    "en": frozenset(
        [
            "very",
            "really",
            "so",
            "extremely",
            "absolutely",
            "totally",
            "completely",
            "too",
            "super",
            "most",
            "incredibly",
            "fucking",
            "freaking",
            "damn",
            "such",
            "way",
            "highly",
            "truly",
            "pretty",
            "best",
            "soo",
        ]
    ),
    "fr": frozenset(
        [
            "tres",
            "trop",
            "vraiment",
            "super",
            "si",
            "tellement",
            "totalement",
            "completement",
            "absolument",
            "hyper",
            "ultra",
            "grave",
            "archi",
            "extremement",
            "plus",
            "tout",
            "fort",
            "particulierement",
            "carrement",
        ]
    ),
}
