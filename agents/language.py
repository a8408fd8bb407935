"""The language of a short post: "fr", "en" or "other".

The weights are py3langid's (naive Bayes over byte n-grams found by an automaton; BSD-3-Clause), summed word
by word, so that a word met before costs one table row instead of a walk. On tweets in six languages this
loses nothing: handles, hashtags, addresses and numbers, evidence to other identifiers, are left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as Weights

from agents.probabilities import UNIT, WHOLE, softmax
from agents.text.tokens import Tokens
from schemas.judged import Language

# Languages of the automaton with enough speakers online to be met; rarer ones only draw short French and
# English posts away.
CANDIDATES = (
    "en", "fr", "af", "ar", "az", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu",
    "fa", "fi", "gl", "he", "hi", "hr", "ht", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko",
    "lt", "lv", "mk", "ml", "mr", "ms", "ne", "nl", "no", "pa", "pl", "ps", "pt", "ro", "ru", "sk",
    "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "zh",
)  # fmt: skip
# Head starts. Other languages have to be ruled out, not just outvoted: what is left unscored is counted, and
# what is scored in the wrong language is wrong in silence. The neighbours are both near and common.
_NEIGHBOURS = ("es", "it", "pt", "de")
_NEIGHBOUR_START = 4 * UNIT
_OTHER_START = 1 * UNIT
_PLATFORM = 6 * UNIT  # what the platform's own word is worth: about two words of text
_WORD_ALONE = 5_000  # confidence where the platform's word is the only evidence
_CACHED_WORDS = 1 << 16
_LONGEST = 32  # characters of a word that are read: enough to tell, and a bound on what the cache holds
_NOT_WORDS = frozenset(
    {"http", "https", "rt", "via", "user", "lol", "mdr", "ok", "haha", "hahaha", "ahah", "ptdr", "omg"}
)


_UNREAD = "@#$0123456789"  # first characters of tokens that are no words of a language


class _WordScores(dict[str, int]):
    """Row of each word in `table` (words, languages), filled as words are met; row 0 is no evidence."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self._features = np.round(weights.nb_ptc * UNIT).astype(np.int32)
        self._next, self._output = weights.tk_nextmove, weights.tk_output
        self._base = [row << 8 for row in weights.tk_row]
        self._last = 0  # row given out
        self._pending: list[
            tuple[int, list[int]]
        ] = []  # rows not summed yet, and the features found for them
        self.table = np.zeros((1024, self._features.shape[1]), dtype=np.int32)
        self.sizes = np.zeros(1024, dtype=np.int32)  # UTF-8 bytes with one separator

    def __missing__(self, word: str) -> int:
        if len(word) > _LONGEST:
            return self[word[:_LONGEST]]
        if word[0] in _UNREAD or not word[0].isalpha() or "." in word or "://" in word:
            if len(word) == 1:  # the signs that stand in every post; handles and numbers would only fill it
                self[word] = 0
            return 0
        self._last += 1
        row = self._last
        if row == len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.sizes = np.concatenate([self.sizes, np.zeros_like(self.sizes)])
        if word not in _NOT_WORDS:
            spelt = f" {unicodedata.normalize('NFC', word)} ".encode("utf8", "surrogatepass")
            self.sizes[row] = len(spelt) - 1
            found = self._walk(spelt)
            if found:
                self._pending.append((row, found))
        self[word] = row
        return row

    def _walk(self, spelt: bytes) -> list[int]:
        state, found = 0, []
        for byte in spelt:
            state = self._next[self._base[state] + byte]
            feature = self._output[state]
            if feature >= 0:
                found.append(feature)
        return found

    def rows(self, words: Sequence[str]) -> NDArray[np.intp]:
        """The row of each word; forgets first when too many are held, so memory stays bounded."""
        if len(self) > _CACHED_WORDS:
            self.clear()
            self._last = 0
            self.table[:] = 0
            self.sizes[:] = 0
        rows = np.fromiter(map(self.__getitem__, words), np.intp, len(words))
        if self._pending:
            new, found = zip(*self._pending, strict=True)
            starts = np.cumsum([0, *map(len, found[:-1])])
            self.table[list(new)] = np.add.reduceat(self._features[list(chain.from_iterable(found))], starts)
            self._pending.clear()
        return rows


class LanguageIdentifier:
    """Identifies posts one by one or, faster, some hundred at a time; the grouping changes no result."""

    def __init__(self) -> None:
        weights = Weights.from_model_file(MODEL_FILE)
        weights.set_languages(CANDIDATES)
        self._words = _WordScores(weights)
        codes: list[str] = list(weights.nb_classes)
        self._column = {code: codes.index(code) for code in codes}
        self._prior = np.round(weights.nb_pc * UNIT).astype(np.int64)
        self._prior[[self._column[code] for code in _NEIGHBOURS]] += _NEIGHBOUR_START - _OTHER_START
        self._prior[[self._column["fr"], self._column["en"]]] -= _OTHER_START

    def identify(self, tokens: Tokens, platform_word: str | None = None) -> Language:
        """The language of one post; `platform_word` is what the platform says it is ("fr", "en-GB", …)."""
        return self.identify_many([tokens], [platform_word])[0]

    def identify_many(self, posts: Sequence[Tokens], platform_words: Sequence[str | None]) -> list[Language]:
        """The language of each post, in order; the two sequences are of one length."""
        if not posts:
            return []
        scores, sizes = self._evidence(posts)
        said = [self._column.get((word or "")[:2].lower()) for word in platform_words]
        for index, column in enumerate(said):
            if column is not None:
                scores[index, column] += _PLATFORM
        # The square root of the length keeps the certainty of naive Bayes, which counts every n-gram as
        # independent evidence, in proportion.
        damped = scores * 64 // np.sqrt(np.maximum(sizes, 4) * 4096).astype(np.int64)[:, None]
        shares, best = softmax(damped), scores.argmax(axis=1).tolist()
        french, english = (shares[:, self._column[code]].tolist() for code in ("fr", "en"))
        languages = []
        for index, column in enumerate(best):
            if sizes[index] == 0:
                languages.append(_unread(platform_words[index]))
            elif column == self._column["fr"]:
                languages.append(Language("fr", french[index]))
            elif column == self._column["en"]:
                languages.append(Language("en", english[index]))
            else:
                languages.append(Language("other", WHOLE - french[index] - english[index]))
        return languages

    def _evidence(self, posts: Sequence[Tokens]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Log-likelihood by post and language, and the size in bytes that it rests on."""
        # No token holds a space, so one line of all tokens is lowered and cut again in one go.
        line = " ".join(chain.from_iterable(post.surface for post in posts))
        rows = self._words.rows(line.lower().split(" ") if line else [])
        # A row without evidence closes each post, so that every post, the empty one too, has a run to sum.
        ends = np.cumsum([len(post) for post in posts])
        rows = np.insert(rows, ends, 0)
        starts = np.concatenate([[0], ends[:-1] + np.arange(1, len(posts))])
        scores = np.add.reduceat(self._words.table[rows], starts, axis=0, dtype=np.int64) + self._prior
        return scores, np.add.reduceat(self._words.sizes[rows], starts, dtype=np.int64)


def _unread(platform_word: str | None) -> Language:
    """Where no word can be read, the platform's word is all there is."""
    code = (platform_word or "")[:2].lower()
    return Language(code, _WORD_ALONE) if code in {"fr", "en"} else Language("other", 0)
