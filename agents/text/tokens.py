"""Words of a post with their places: what every rule and model of `agents` reads.

One regular-expression pass cuts the text and whole-list operations do the rest, so cost is linear in length
for any Unicode string, lone surrogates included.

One token is: a URL or bare domain, an e-mail address, an @handle (dots and hyphens inside), a #hashtag, a
$cashtag, an emoticon, an emoji with its joiners and skin tones, a number, a French elision ("l'", "qu'"), a
word (contractions whole: "don't", "aujourd'hui"), a run of "!" and "?", a run of dots, or any other sign by
itself. A hyphen between word characters is a gap: "sous-effectif" reads as "sous effectif".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

# Marks and joiners that \w leaves out but that sit inside words: Latin accents written apart, Hebrew, Arabic,
# Indic and Thai vowels, soft hyphen, zero-width characters.
_MARKS = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e"
    "\u200b-\u200d\u2060\ufeff"
)
_W = rf"[\w{_MARKS}]"
_EMOJI = "[\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
_TONE = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_TLD = "com|fr|org|net|io|eu|be|ch|ca|uk|co|app|ai|tv|me|info|gouv"

# Quantifiers are possessive or bounded, so nothing read is read again more than a bounded number of times. Only
# single characters repeat possessively: some Pythons (3.11.7, not 3.11.2) forget where they were when a
# possessive group fails in mid-turn, and made "11." one token.
# The first line takes the plain word before a space, four tokens of five, past all the rest.
_TOKEN = re.compile(
    rf"""(
      [^\W\d]\w*+(?=[\s,!?])
    | \d++(?:[.,:]\d++)*%?(?!\w)
    | (?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww][Ww][Ww]\.)[^\s<>"]+(?<![.,;:!?)'’…])
    | (?:[DLCJMNSTdlcjmnst]|[Qq][Uu]|(?:[Jj][Uu][Ss]|[Ll][Oo][Rr][Ss]|[Pp][Uu][Ii][Ss])[Qq][Uu])['’](?=\w)
    | [\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{2,63}}){{1,4}}
    | (?:[\w-]{{1,63}}\.){{1,3}}(?:{_TLD})(?![\w-])(?:/[^\s<>"]*+)?
    | {_W}++(?:['’]{_W}++)*
    | @\w++(?:[.-]\w++)* | \#{_W}++ | \$[A-Za-z]{{1,6}}+(?:\.[A-Z])?(?!\w)
    | [<>]?[:;=][-o^'’]?(?:[)(\]\[}}{{|*\\/]++|[dDpPoOsS3@$](?!\w))
    | [(][-^']?[:;=](?!\w) | </?3+(?!\w) | \^[_.-]?\^ | -_+- | >_+<
    | [\U0001f1e6-\U0001f1ff]{{2}}
    | {_EMOJI}{_TONE}*+(?:\u200d{_EMOJI}{_TONE}*+)*
    | [!?]++ | \.\.++ | (?<!\w)-++ | --++ | -(?!\w) | [^\s-]
    )""",
    re.VERBOSE,
)
_RUN = re.compile(r"(.)\1\1+")


def _squeeze(run: re.Match[str]) -> str:
    # Spaces part the tokens of a line; a token that folds away leaves several in a row.
    return run[0] if run[1].isdigit() or run[1] == " " else run[0][:2]


def _fold_character(character: str) -> str | None:
    """Case, accents and compatibility forms away; None leaves the character as it is."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    return None if folded == character or any(c.isspace() for c in folded) else folded


def _fold_table() -> dict[int, str]:
    """Folding of the scripts that have case or accents, of styled Latin letters; others stay."""
    table = {ord(c): "" for c in "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"}
    for first, last in ((0x41, 0x590), (0x1E00, 0x2000), (0x2100, 0x2190), (0xFB00, 0xFB07), (0xFF01, 0xFF5F),
                        (0x1D400, 0x1D800)):  # fmt: skip
        for point in range(first, last):
            folded = _fold_character(chr(point))
            if folded is not None:
                table.setdefault(point, folded)
    return table | {ord(c): "'" for c in "‘’ʼ"} | {ord(c): "oe" for c in "œŒ"} | {ord(c): "ae" for c in "æÆ"}


_FOLD = _fold_table()


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel sequences, in order of place.

    `surface[i] == text[starts[i]:ends[i]]`, offsets in code points of the text given. `folded[i]`
    has no case, no accents, straight apostrophes, and nothing but digits over twice in a row ("soo").
    `parts` are the tokens with what stands before, between and after them.
    """

    surface: list[str]
    folded: list[str]
    parts: list[str]

    def __len__(self) -> int:
        return len(self.surface)

    @property
    def starts(self) -> list[int]:
        """Worked out when asked for: most posts' tokens are never looked up in the text."""
        return list(accumulate(map(len, self.parts)))[0:-1:2]

    @property
    def ends(self) -> list[int]:
        return list(accumulate(map(len, self.parts)))[1::2]

    def between(self, first: int, last: int) -> Tokens:
        """Tokens [first, last), placed from the first one on."""
        parts = ["", *self.parts[2 * first + 1 : 2 * last], ""]
        return Tokens(self.surface[first:last], self.folded[first:last], parts)


def tokenize(text: str) -> Tokens:
    """Cut `text` into tokens; total: any string gives tokens, an empty one gives none."""
    parts = _TOKEN.split(text)
    surface = parts[1::2]
    if not surface:
        return Tokens([], [], parts)
    if text.isascii():  # tokens hold no white space, so one folding of the line folds them all
        return Tokens(surface, fold(" ".join(surface)).split(" "), parts)
    return Tokens(surface, list(map(fold, surface)), parts)


def cut(text: str) -> list[str]:
    """The tokens of `text` alone, as they are written. No token depends on what stands beyond white space."""
    if text.isascii() and text.isalpha():  # a plain word
        return [text]
    return _TOKEN.split(text)[1::2]


def fold(text: str) -> str:
    """`text` folded as tokens are: for the entries of a lexicon or of a rule."""
    lowered = text.lower() if text.isascii() else text.translate(_FOLD)
    return _RUN.sub(_squeeze, lowered)
