"""A batch of posts as rows of one table: every distinct word met has a row, in whatever post it stands.

Words recur, and so do the pieces between spaces that they stand in ("you!", "l'app"): a piece is cut and folded
once, and a text read from then on costs one lookup for each of its pieces. What a question of `agents` knows of a
word it keeps under rows of its own, worked out when the word first matters to it (`Index`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from agents.text.tokens import Tokens, cut, fold

MOST_KEPT = 1 << 16  # words: more are forgotten together, so that no run of odd posts fills the memory
MOST_CHARACTERS = 1 << 22  # of those words
LONGEST_KEPT = 40  # characters of a piece: longer ones hardly come again
END = 0  # the row of the mark that closes each post
END_MARK = "\n"


@dataclass(frozen=True, slots=True)
class Words:
    """Some posts, one after the other, each closed by END.

    `flat` and `rows` (tokens + posts,): the table's row of each token; `starts` (posts,): where each post
    begins. Rows stand for what they stood for until the table's next `read`.
    """

    table: WordTable
    flat: list[int]
    rows: NDArray[np.intp]
    starts: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Tokens of each post, its END included, (posts,)."""
        return np.diff(self.starts, append=len(self.rows))

    def posts(self) -> Iterable[list[int]]:
        """The rows of each post, without its END."""
        bounds = [*self.starts.tolist(), len(self.flat)]
        return (self.flat[first : last - 1] for first, last in pairwise(bounds))

    def only(self, places: Sequence[int]) -> Words:
        """Some of the posts, by their places."""
        bounds = [*self.starts.tolist(), len(self.flat)]
        return _closed(self.table, [self.flat[bounds[place] : bounds[place + 1]] for place in places])


class WordTable:
    """`surface[row]` and `folded[row]` are the word as it is written and folded; `era` counts how often all was
    forgotten. Row END is a word of its own, which no text holds."""

    def __init__(self) -> None:
        self.era = 0
        self._forget()

    def _forget(self) -> None:
        self.era += 1
        self.surface = [END_MARK]
        self.folded = [END_MARK]
        self._characters = 0
        self._rows = _Rows(self._add)
        self._pieces = _Pieces(self._rows)

    def _add(self, word: str) -> int:
        self.surface.append(word)
        self.folded.append(fold(word))
        self._characters += len(word)
        return len(self.surface) - 1

    def read(self, texts: Iterable[str]) -> Words:
        """The words of each text, as `tokenize` cuts them. Forgets first, if too much is held."""
        if len(self.surface) > MOST_KEPT or self._characters > MOST_CHARACTERS:
            self._forget()
        pieces = self._pieces
        pieces.forget_some()
        found = pieces.__getitem__
        return _closed(self, [[*chain.from_iterable(map(found, text.split())), END] for text in texts])

    def of(self, posts: Iterable[Tokens]) -> Words:
        """Posts that were cut already; forgets nothing."""
        row = self._rows.__getitem__
        return _closed(self, [[*map(row, post.surface), END] for post in posts])


class Index:
    """One question's own rows for the words of a table, worked out when a word first matters to it."""

    def __init__(self, learn: Callable[[WordTable, int], int], forget: Callable[[], None]) -> None:
        """`learn` gives the own row of a table's row, `forget` is called when the table has forgotten."""
        self._learn, self._forget = learn, forget
        self._era: tuple[WordTable, int] | None = None
        self._own = np.full(1024, -1, dtype=np.intp)

    def of(self, words: Words) -> NDArray[np.intp]:
        """The own row of each of `words.rows`."""
        table, rows = words.table, words.rows
        if self._era != (table, table.era):
            self._era = table, table.era
            self._own[:] = -1
            self._forget()
        if len(table.surface) > len(self._own):
            grown = np.full(2 * len(table.surface), -1, dtype=np.intp)
            grown[: len(self._own)] = self._own
            self._own = grown
        own = self._own[rows]
        unknown = rows[own < 0]
        if len(unknown):
            new = np.unique(unknown)
            self._own[new] = [self._learn(table, row) for row in new.tolist()]
            own = self._own[rows]
        return own


def _closed(table: WordTable, posts: Sequence[list[int]]) -> Words:
    flat = [*chain.from_iterable(posts)]
    sizes = np.fromiter(map(len, posts), np.intp, len(posts))
    return Words(table, flat, np.array(flat, dtype=np.intp), np.cumsum(sizes) - sizes)


class _Rows(dict[str, int]):
    """Row of each word, made when it is first met."""

    def __init__(self, make: Callable[[str], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> int:
        row = self[word] = self._make(word)
        return row


class _Pieces(dict[str, tuple[int, ...]]):
    """The rows of the tokens of each piece of text without a space."""

    def __init__(self, rows: _Rows) -> None:
        super().__init__()
        self._rows = rows

    def __missing__(self, piece: str) -> tuple[int, ...]:
        rows = tuple(map(self._rows.__getitem__, cut(piece)))
        if len(piece) <= LONGEST_KEPT:
            self[piece] = rows
        return rows

    def forget_some(self) -> None:
        if len(self) > MOST_KEPT:
            self.clear()
