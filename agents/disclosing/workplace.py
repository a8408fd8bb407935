"""What the metadata of a post says of work: an employer-review site, a bio or a badge that names a trade or
employer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from agents.disclosing.disclosure_rules import RuleBook
from agents.text.canvas import canvas
from schemas.post import Author, Post

EMPLOYER_REVIEW_SITES = (
    "glassdoor", "indeed", "kununu", "comparably", "choosemycompany", "viepublique-emploi", "ambitionbox",
    "careerbliss", "welcometothejungle", "meilleures-entreprises", "fishbowl", "teamblind",
)  # fmt: skip
_SITE = re.compile("|".join(EMPLOYER_REVIEW_SITES), re.IGNORECASE)
_EMPLOYER_IN_BIO = re.compile(r"@\w|\b(?:at|chez|pour|[Ee]x)[\s-]+\S|^[^,.]{3,40},\s+[A-Z]")


def is_employer_review(post: Post) -> bool:
    """Whether the post stands on a site where staff review their employers."""
    if post.kind not in ("review", "post"):
        return False
    return _names_a_site(post.platform) or _names_a_site(post.source.name)


@lru_cache(maxsize=1024)
def _names_a_site(platform: str) -> bool:
    return _SITE.search(platform) is not None


_EMPTY = re.compile(
    r"\W*(?:none|nothing|n\W?a|no cons?|no pros?|nil|rien|aucune?|neant|ras)\b.{0,40}$", re.IGNORECASE
)


def says_something(text: str) -> bool:
    """Whether a review's field says more than that there is nothing to say."""
    return len(text.split()) > 1 and not _EMPTY.match(text)


class BioReader:
    """Finds a trade or an employer in what authors say of themselves."""

    def __init__(self, books: Iterable[RuleBook]) -> None:
        words = sorted({canvas(w.replace("_", " ").rstrip("*"))[1:-1] for book in books for w in book.trades})
        self._trade = re.compile(rf"(?<=[ .])(?:{'|'.join(map(re.escape, words)) or '(?!)'})s?(?=[ .])")

    def shows_trade(self, author: Author) -> bool:
        """Whether the bio names a trade."""
        return author.bio is not None and self._trade.search(canvas(author.bio)) is not None

    def shows_tie(self, author: Author) -> bool:
        """Whether a badge or the bio ties the author to a trade or an employer."""
        if author.declared_employer:
            return True
        return bool(author.bio) and (
            _EMPLOYER_IN_BIO.search(author.bio or "") is not None or self.shows_trade(author)
        )
