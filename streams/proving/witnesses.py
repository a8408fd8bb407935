"""What an audit sees on its way of the posts that a record names as its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.measuring.contributions import ledger_key
from agents.standing.evidence import Moved
from schemas.mention import Mention, MentionRecord
from streams.proving.shelf import Published


@dataclass(frozen=True, slots=True)
class Witness:
    """A post as it was judged again, and how far it moved the 24-hour score (see `Moved`)."""

    mention: Mention
    pull: int
    copies: int


class Witnesses:
    """Of the records `chosen`, all of one company; `of` gives those of a record by its offset."""

    def __init__(self, chosen: Sequence[Published]) -> None:
        self._wanted = {post for one in chosen for post in one.reputation.evidence}
        self._mentions: dict[tuple[str, str], Mention] = {}
        self.of: dict[int, tuple[Witness, ...]] = {}

    def see(self, records: Iterable[MentionRecord]) -> None:
        """Keep the newest version of what is named."""
        for record in records:
            if isinstance(record, Mention) and (post := ledger_key(record.post)) in self._wanted:
                held = self._mentions.get((record.company, post))
                if held is None or held.version <= record.version:
                    self._mentions[record.company, post] = record

    def testify(self, one: Published, moved: Iterable[Moved]) -> None:
        """`moved` as it was worked out again for `one`; posts that moved the figure then and do not now have no pull."""
        pulls = {found.post: found for found in moved}
        company = one.reputation.company
        told = []
        for post in one.reputation.evidence:
            mention, found = self._mentions.get((company, post)), pulls.get(post, Moved(post, 0, 1))
            if mention is not None:
                told.append(Witness(mention, found.pull, found.copies))
        self.of[one.offset] = tuple(told)
