"""The language of a short post: "fr", "en" or "other".

The weights are py3langid's (naive Bayes over byte n-grams found by an automaton; BSD-3-Clause), summed word
by word, so that a word met before costs one table row instead of a walk. On tweets in six languages this
loses nothing: handles, hashtags, addresses and numbers, evidence to other identifiers, are left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as Weights

from agents.probabilities import UNIT, WHOLE, softmax
from agents.text.words import Index, Words, WordTable
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
_LONGEST = 32  # characters of a word that are read: enough to tell, and a bound on what the cache holds
_NOT_WORDS = frozenset(
    {"http", "https", "rt", "via", "user", "lol", "mdr", "ok", "haha", "hahaha", "ahah", "ptdr", "omg"}
)


_UNREAD = "@#$0123456789"  # first characters of tokens that are no words of a language


class _WordScores:
    """Scores of words, summed when a word is first met: `table` (words, languages) and `sizes` (words,), UTF-8
    bytes with one separator. Row 0 is no evidence."""

    def __init__(self, weights: Weights) -> None:
        self._features = np.round(weights.nb_ptc * UNIT).astype(np.int32)
        self._next = np.asarray(weights.tk_nextmove)
        self._output = np.array(weights.tk_output, dtype=np.int32)
        self._base = np.array(weights.tk_row, dtype=np.int32) << 8
        self.table = np.zeros((1024, self._features.shape[1]), dtype=np.int32)
        self.sizes = np.zeros(1024, dtype=np.int32)
        self._index = Index(self._row, self._forget)
        self._forget()

    def _forget(self) -> None:
        self._rows: dict[str, int] = {}
        self._pending: list[bytes] = []  # the words not summed yet, a space on either side
        self._last = 0  # row given out

    def rows(self, words: Words) -> NDArray[np.intp]:
        """The row of each word."""
        rows = self._index.of(words)
        if self._pending:
            self._sum()
        return rows

    def _row(self, words: WordTable, row: int) -> int:
        word = words.surface[row].lower()[:_LONGEST]
        if word[0] in _UNREAD or not word[0].isalpha() or "." in word or "://" in word or word in _NOT_WORDS:
            return 0
        known = self._rows.get(word)
        if known is None:
            spelt = f" {unicodedata.normalize('NFC', word)} ".encode("utf8", "surrogatepass")
            self._pending.append(spelt)
            known = self._rows[word] = self._last + len(self._pending)
        return known

    def _sum(self) -> None:
        first, self._last = self._last + 1, self._last + len(self._pending)
        while self._last >= len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.sizes = np.concatenate([self.sizes, np.zeros_like(self.sizes)])
        spelt, self._pending = self._pending, []
        self.sizes[first : self._last + 1] = [len(word) - 1 for word in spelt]
        self.table[first : self._last + 1] = 0
        words, features = self._walk(spelt)
        if len(words):  # a word without a feature would have no run to sum
            own, starts = np.unique(words, return_index=True)
            self.table[first + own] = np.add.reduceat(self._features[features], starts)

    def _walk(self, spelt: Sequence[bytes]) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """The features found in some words, and whose each is, in their order: the automaton steps through all words
        side by side, a byte of each at a time."""
        sizes = np.fromiter(map(len, spelt), np.intp, len(spelt))
        longest = np.argsort(-sizes, kind="stable")
        left = np.bincount(sizes)[::-1].cumsum()[::-1]  # words of at least so many bytes
        text = np.frombuffer(b"".join([*spelt, b" "]), np.uint8)
        begins = (np.cumsum(sizes) - sizes)[longest]
        states = np.zeros(len(spelt), dtype=np.int32)
        whose, found = [], []
        for place in range(int(sizes.max())):
            going = int(left[place + 1])
            states = self._next[self._base[states[:going]] + text[begins[:going] + place]]
            outputs = self._output[states]
            shown = np.flatnonzero(outputs >= 0)
            whose.append(longest[shown])
            found.append(outputs[shown])
        words, features = np.concatenate(whose), np.concatenate(found)
        order = np.argsort(words, kind="stable")
        return words[order], features[order]


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

    def identify(self, words: Words, platform_word: str | None = None) -> Language:
        """The language of one post; `platform_word` is what the platform says it is ("fr", "en-GB", …)."""
        return self.identify_many(words, [platform_word])[0]

    def identify_many(self, words: Words, platform_words: Sequence[str | None]) -> list[Language]:
        """The language of each post, in order; `platform_words` has one for each."""
        if not len(words):
            return []
        scores, sizes = self._evidence(words)
        for index, word in enumerate(platform_words):
            if word and (column := self._column.get(word[:2].lower())) is not None:
                scores[index, column] += _PLATFORM
        # The square root of the length keeps the certainty of naive Bayes, which counts every n-gram as
        # independent evidence, in proportion.
        damped = scores * 64 // np.sqrt(np.maximum(sizes, 4) * 4096).astype(np.int64)[:, None]
        shares, best = softmax(damped), scores.argmax(axis=1).tolist()
        french, english = (shares[:, self._column[code]].tolist() for code in ("fr", "en"))
        read = (sizes > 0).tolist()
        languages = []
        for index, column in enumerate(best):
            if not read[index]:
                languages.append(_unread(platform_words[index]))
            elif column == self._column["fr"]:
                languages.append(Language("fr", french[index]))
            elif column == self._column["en"]:
                languages.append(Language("en", english[index]))
            else:
                languages.append(Language("other", WHOLE - french[index] - english[index]))
        return languages

    def _evidence(self, words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Log-likelihood by post and language, and the size in bytes that it rests on."""
        # the END of a post is no evidence, and gives the empty post, too, a run to sum
        rows = self._words.rows(words)
        scores = np.add.reduceat(self._words.table[rows], words.starts, axis=0, dtype=np.int64) + self._prior
        return scores, np.add.reduceat(self._words.sizes[rows], words.starts, dtype=np.int64)


def _unread(platform_word: str | None) -> Language:
    """Where no word can be read, the platform's word is all there is."""
    code = (platform_word or "")[:2].lower()
    return Language(code, _WORD_ALONE) if code in {"fr", "en"} else Language("other", 0)
