"""Questions about the pieces of a text between spaces, asked of whole batches: does any piece say yes?

A piece is asked once, when it is first met; a post then costs one table row for each of its pieces. So what only a
closer look can tell, a closer look is taken at only where it can find anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from agents.text.words import Words, WordTable

Questions = Callable[[Sequence[str]], Sequence[int]]
"""For each of some pieces of text the questions to which it says yes, as bits."""


class Marks:
    """Some questions, answered for each post of a batch; forgets pieces when their table does."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._era: tuple[WordTable, int] | None = None
        self._bits = np.zeros(0, dtype=np.int64)  # by piece

    def of(self, words: Words) -> list[int]:
        """For each post the questions to which some piece of it says yes; `words` as a table has read them."""
        table = words.table
        if self._era != (table, table.piece_era):
            self._era, self._bits = (table, table.piece_era), np.zeros(0, dtype=np.int64)
        new = table.spelt[len(self._bits) :]
        if new:
            self._bits = np.append(self._bits, np.array(self._questions(new), dtype=np.int64))
        found: list[int] = np.bitwise_or.reduceat(self._bits[words.pieces], words.piece_starts).tolist()
        return found
