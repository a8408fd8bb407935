"""Companies and persons by what the platform marked: accounts, tags, tickers, links, reviewed companies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agents.naming.forms import SOCIAL, ambiguous_forms
from agents.text.folding import fold
from schemas.judged import EvidenceKind
from schemas.post import Post
from schemas.watchlist import SAME_PLATFORM, Company, Person

# Platforms where a post is filed under the company it reviews.
REVIEWS = frozenset(
    {"trustpilot", "glassdoor", "indeed", "opinion-assurances", "avis-verifies", "google-reviews", "yelp"}
)
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\s]*@)?([^/?#:\s]+)", re.IGNORECASE)
_PAGE = re.compile(r"https?://[^/?#\s]+/(?:company/|c/|user/|s/)?@?([^/?#\s]+)/", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])@([\w.-]{1,100})")
LONGEST_HOST = 253  # RFC 1035
Marked = tuple[int, EvidenceKind, int]


class Accounts:
    """Lookup tables of one watchlist; companies are given as indices into `companies`."""

    def __init__(self, companies: Sequence[Company], persons: Sequence[Person]) -> None:
        self._domains: dict[str, int] = {}
        self._handles: dict[tuple[str, str], int] = {}
        self._elsewhere: dict[str, set[int]] = {}
        self._tickers: dict[str, set[int]] = {}
        self.tags: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        for index, company in enumerate(companies):
            doubtful = ambiguous_forms(company)
            for domain in company.domains:
                self._domains[domain] = index
            for platform, handle in _accounts(company.handles):
                self._handles[platform, handle] = index
                if fold(handle) not in doubtful:
                    self._elsewhere.setdefault(handle, set()).add(index)
            for ticker in company.tickers:
                self._tickers.setdefault(ticker.upper(), set()).add(index)
            for name in (company.id, company.name, *company.aliases):
                self._names.setdefault(fold(name), set()).add(index)
                if fold(name) not in doubtful and name != company.id:
                    self.tags.setdefault(fold(name).replace(" ", ""), set()).add(index)
        self._persons: dict[tuple[str, str], str] = {
            account: person.id for person in persons for account in _accounts(person.handles)
        }

    def marked(self, post: Post) -> Iterator[Marked]:
        """(company, evidence, confidence) of each entity that names a company."""
        platform = SAME_PLATFORM.get(post.platform, post.platform)
        review = post.kind == "review" or platform in REVIEWS
        for mention in post.entities.mentions:
            yield from self._mention(platform, mention.lstrip("@"), review=review)
        for tag in post.entities.hashtags:
            yield from (
                (company, "hashtag", 9_200) for company in self.tags.get(fold(tag).replace(" ", ""), ())
            )
        for ticker in post.entities.cashtags:
            yield from ((company, "cashtag", 9_500) for company in self._tickers.get(ticker.upper(), ()))
        for url in post.entities.urls:
            yield from ((company, "domain", 9_500) for company in company_of_url(url, self._domains))

    def _mention(self, platform: str, handle: str, *, review: bool) -> Iterator[Marked]:
        if review:
            yield from ((company, "handle", 9_900) for company in self._names.get(fold(handle), ()))
        account = handle.casefold()
        own = self._handles.get((platform, account))
        if own is not None:
            yield own, "handle", 9_900
        else:
            confidence = 7_000 if platform in SOCIAL else 9_900
            yield from ((company, "handle", confidence) for company in self._elsewhere.get(account, ()))

    def host(self, post: Post) -> int | None:
        """The company under whose page or channel `post` stands, as its address shows: the thread is theirs.

        "https://www.facebook.com/<account>/posts/1?comment_id=2", "https://t.me/<account>/3".
        """
        found = _PAGE.match(post.url or "")
        if found is None:
            return None
        platform = SAME_PLATFORM.get(post.platform, post.platform)
        return self._handles.get((platform, found[1].casefold()))

    def owner(self, post: Post) -> int | None:
        """The company whose own account, on this very platform, wrote `post`."""
        if not post.author.handle:
            return None
        platform = SAME_PLATFORM.get(post.platform, post.platform)
        return self._handles.get((platform, post.author.handle.lstrip("@").casefold()))

    def persons(self, post: Post) -> tuple[str, ...]:
        """Ids of persons whose account wrote the post or is mentioned in it, sorted."""
        if not self._persons:
            return ()
        platform = SAME_PLATFORM.get(post.platform, post.platform)
        named = [handle.rstrip(".-") for handle in _MENTION.findall(post.text)] if "@" in post.text else []
        handles = (post.author.handle or "", *post.entities.mentions, *named)
        known = (self._persons.get((platform, handle.lstrip("@").casefold())) for handle in handles)
        return tuple(sorted({person for person in known if person is not None}))


def company_of_url(url: str, domains: Mapping[str, int]) -> Iterator[int]:
    """The company whose domain is the host of `url` or an ending of it; nothing for any other text."""
    found = _HOST.match(url)
    host = found[1].lower().rstrip(".") if found else ""
    while host and len(host) <= LONGEST_HOST:
        if host in domains:
            yield domains[host]
            return
        host = host.partition(".")[2]


def _accounts(handles: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for platform, names in handles.items():
        for name in names:
            yield SAME_PLATFORM.get(platform, platform), name.casefold()
