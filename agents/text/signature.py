"""A signature that near-duplicates of a post share: the hash of its canonical form.

Two texts share it when they are the same words in the same order up to case, accents, punctuation, emoji,
lengthened letters, numbers, handles, links, the "RT @x:" before and the hashtags or "via @x" after. Equality
of signatures is an equivalence relation, so clusters are the same whatever order posts arrive in; bands of a
MinHash or SimHash are not transitive, and one band's equality holds only by chance. (Measured for 19 word
pairs with 16 permutations: datasketch 128 µs a post, more than all of this package takes.)
"""

from __future__ import annotations

import re
from hashlib import blake2b

from agents.text.words import Words, WordTable

MIN_WORDS = 3
_DOUBLED = re.compile(r"([a-z])\1+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"https?:|www\.|\S+@\S|\S+\.\w{2,}(?:/|$)")


def letters_of(word: str) -> str:
    """What a folded word adds to the canonical form: its letters; with a "#" if it is a hashtag."""
    if word[:1] == "@" or (word[:1] != "#" and not word.isalpha() and _ADDRESS.match(word)):
        return ""
    # one letter for a run: "sooo good" and "so good" are one, at the price of "bel" and "belle"'s ls
    letters = _DOUBLED.sub(_once, " ".join(_LETTERS.findall(word)))
    return f"#{letters}" if letters and word[0] == "#" else letters


def _once(run: re.Match[str]) -> str:
    return run[1]


class Signer:
    """Signs posts; `letters` of words are worked out once, and forgotten when their table forgets."""

    def __init__(self) -> None:
        self._letters: list[str] = []
        self._era: tuple[WordTable, int] | None = None

    def sign(self, words: Words) -> list[str | None]:
        """16 hexadecimal digits for each post; None where fewer than three words are left to compare."""
        return [_digest(line) for line in self.canonical(words)]

    def canonical(self, words: Words) -> list[str]:
        """The canonical form of each post: its words, one space between."""
        table = words.table
        if self._era != (table, table.era):
            self._era, self._letters = (table, table.era), []
        if len(self._letters) < len(table.folded):
            self._letters += map(letters_of, table.folded[len(self._letters) :])
        letters = self._letters.__getitem__
        lines = []
        for rows in words.posts():
            kept = list(filter(None, map(letters, rows)))
            if "via" in kept:
                kept = list(filter(None, map(letters, _without_credit(rows, table.folded))))
            while kept and kept[-1][0] == "#":
                kept.pop()
            lines.append(" ".join(kept).replace("#", "").removeprefix("rt "))
        return lines


def _without_credit(rows: list[int], folded: list[str]) -> list[int]:
    """The rows without the "via" of a "via @somebody"."""
    after = [*(folded[row] for row in rows[1:]), ""]
    return [
        row
        for row, next_word in zip(rows, after, strict=True)
        if (folded[row], next_word[:1]) != ("via", "@")
    ]


def _digest(line: str) -> str | None:
    if line.count(" ") < MIN_WORDS - 1:
        return None
    return blake2b(line.encode("utf-8", "replace"), digest_size=8).hexdigest()
