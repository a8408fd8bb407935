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

# words, and as many pieces: more are forgotten together, so that no run of odd posts fills the memory
MOST_KEPT = 1 << 16
MOST_CHARACTERS = 1 << 22  # of those words, and of the pieces
END = 0  # the row of the mark that closes each post
END_MARK = "\n"
_NONE = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Words:
    """Some posts, one after the other, each closed by END.

    `flat` and `rows` (tokens + posts,): the table's row of each token; `starts` (posts,): where each post
    begins. `pieces` (pieces + posts,) and `piece_starts` (posts,): the same of the pieces of text between spaces, by
    the table's number of each, 0 after a post; none where posts came cut. All stand for what they stood for until the
    table's next `read`.
    """

    table: WordTable
    flat: list[int]
    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    pieces: NDArray[np.intp]
    piece_starts: NDArray[np.intp]

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
        """Some of the posts, by their places, as if they had come cut."""
        chosen = np.asarray(places, dtype=np.intp)
        sizes = self.sizes[chosen]
        rows = self.rows[_runs(self.starts[chosen], sizes)]
        return _come_cut(self.table, rows, sizes)


class WordTable:
    """`surface[row]` and `folded[row]` are the word as it is written and folded; `era` counts how often all was
    forgotten. Row END is a word of its own, which no text holds.

    `spelt[number]` is a piece of text without a space; pieces are forgotten more often, which `piece_era` counts."""

    def __init__(self) -> None:
        self.era = self.piece_era = 0
        self._forget()

    def _forget(self) -> None:
        self.era += 1
        self.surface = [END_MARK]
        self.folded = [END_MARK]
        self._characters = 0
        self._rows = _Rows(self._add)
        self._forget_pieces()

    def _forget_pieces(self) -> None:
        self.piece_era += 1
        self.spelt = [""]
        self._piece_characters = 0
        # rows of the tokens of each piece, one after the other, and where each piece's end
        self._tokens = np.array([END], dtype=np.intp)
        self._ends = np.ones(1, dtype=np.intp)
        self._new: list[list[int]] = []  # those of the pieces that are not among them yet
        self._pieces = _Rows(self._add_piece)

    def _add(self, word: str) -> int:
        self.surface.append(word)
        self.folded.append(fold(word))
        self._characters += len(word)
        return len(self.surface) - 1

    def _add_piece(self, piece: str) -> int:
        self.spelt.append(piece)
        self._new.append([*map(self._rows.__getitem__, cut(piece))])
        self._piece_characters += len(piece)
        return len(self.spelt) - 1

    def read(self, texts: Iterable[str]) -> Words:
        """The words of each text, as `tokenize` cuts them. Forgets first, if too much is held."""
        if len(self.surface) > MOST_KEPT or self._characters > MOST_CHARACTERS:
            self._forget()
        elif len(self.spelt) > MOST_KEPT or self._piece_characters > MOST_CHARACTERS:
            self._forget_pieces()
        found = self._pieces.__getitem__
        posts = [[*map(found, text.split()), 0] for text in texts]
        pieces = np.fromiter(chain.from_iterable(posts), np.intp)
        in_post = np.fromiter(map(len, posts), np.intp, len(posts))
        ends, tokens = self._all_cut()
        last = ends[pieces]
        sizes = last - np.where(pieces, ends[pieces - 1], 0)
        rows = tokens[_runs(last - sizes, sizes)]
        firsts = np.cumsum(in_post) - in_post
        starts = (np.cumsum(sizes) - sizes)[firsts]
        return Words(self, rows.tolist(), rows, starts, pieces, firsts)

    def _all_cut(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the tokens of each piece end, and the tokens of all, one after the other."""
        if self._new:
            self._tokens = np.append(self._tokens, np.fromiter(chain.from_iterable(self._new), np.intp))
            self._ends = np.append(self._ends, self._ends[-1] + np.cumsum([*map(len, self._new)]))
            self._new = []
        return self._ends, self._tokens

    def of(self, posts: Iterable[Tokens]) -> Words:
        """Posts that were cut already; forgets nothing."""
        row = self._rows.__getitem__
        cuts = [[*map(row, post.surface), END] for post in posts]
        rows = np.fromiter(chain.from_iterable(cuts), np.intp)
        sizes = np.fromiter(map(len, cuts), np.intp, len(cuts))
        return _come_cut(self, rows, sizes)


def _come_cut(table: WordTable, rows: NDArray[np.intp], sizes: NDArray[np.intp]) -> Words:
    """Posts of which the tokens alone are known."""
    return Words(table, rows.tolist(), rows, np.cumsum(sizes) - sizes, _NONE, _NONE)


def _runs(starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each of `sizes` places from each of `starts` on, one run after the other."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))


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


class _Rows(dict[str, int]):
    """Row of each word, or number of each piece, made when it is first met."""

    def __init__(self, make: Callable[[str], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> int:
        row = self[word] = self._make(word)
        return row
