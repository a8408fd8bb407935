"""Texts as rows of one table, for tests of what reads words."""

from __future__ import annotations

from agents.text.words import Words, WordTable

TABLE = WordTable()


def words(*texts: str) -> Words:
    """The words of each text."""
    return TABLE.read(texts)
