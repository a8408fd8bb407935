"""Who speaks: role toward each company, register, and interaction.

A role is what the author is to a company in this post, not what the author is in life: a bio or a badge
counts only for the employer that it names. Where no sign tells, the models do; where they do not either, who discloses
is an employee, and anybody else an amateur.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from agents.disclosing.attachment import Employers, nobody, own_employers
from agents.disclosing.disclosure import Matches, Reading
from agents.disclosing.disclosure_rules import Hit
from agents.disclosing.register_of_work import DOUBTFUL
from schemas.judged import Interaction, Register, Role
from schemas.post import Post
from schemas.record import record

SIGN = 60
PRIVATE_ABOVE = 0
_PLATFORM_REGISTER = {
    "linkedin": -40, "viadeo": -40, "youtube": -25, "reddit": -15, "hackernews": -25, "rss": -90, "web": -40,
    "facebook": 10, "twitter": 0, "bluesky": 5, "mastodon": 0, "telegram": 5,
}  # fmt: skip
_FIRST_PERSONS = frozenset({"i", "im", "my", "me", "ma", "we", "je", "mon", "mes", "moi", "on"})
# the same in any piece of text, in lower case and after a space; the set to begin with is what the engine skips to
_FIRST_PERSON = re.compile(r"\W(?:im?|m[yea]|we|j[e'’]|mon|mes|moi|on)\b")
_LIVELY = re.compile(r"[\U0001F300-\U0001FAFF☀-➿]|…$")
_MENTION = re.compile(r"(?<![\w.])@\w")
# who may speak in a post that discloses, in one that does not, and in one that nearly does, with the points that each
# has to begin with
TOLD: Mapping[Role, int] = {
    "employee": 0, "former-employee": 30, "professional": 30, "candidate": 30, "amateur": -60, "organisation": -60,
    "media": -60,
}  # fmt: skip
UNTOLD: Mapping[Role, int] = {"amateur": 20, "organisation": 0, "media": 0, "candidate": 0}
NEARLY: Mapping[Role, int] = {**UNTOLD, "employee": 30, "former-employee": 30, "professional": 30}
_AUTHORITIES: frozenset[Role] = frozenset({"media", "organisation"})


@record
class Profile:
    """`role` toward the post's companies as a whole; `roles` toward each company that it is about."""

    role: Role
    roles: Mapping[str, Role]
    register: Register
    interaction: Interaction


class SpeakerProfiler:
    """Profiles authors from one post alone; holds no state between posts."""

    def __init__(
        self,
        *,
        official: Callable[[Post], str | None] | None = None,
        media: Callable[[Post], bool] | None = None,
        employers: Employers = nobody,
    ) -> None:
        """`official`: the company whose own account wrote the post; `media`: whether a listed medium did;
        `employers`: the watched companies that a bio or badge names."""
        self._official, self._media, self._employers = official, media, employers

    def profile(
        self, post: Post, reading: Reading, matches: Matches, *, personal: bool | None = None
    ) -> Profile:
        """`reading` is what `DisclosureTagger.read` saw in the same post; `personal`: whether a piece of it is
        (`first_person`), where that is known."""
        companies = [company for company, _ in matches]
        role = self._role(post, reading, companies)
        if personal is None:
            personal = any(map(first_person, post.text.split()))
        private = self._private(post, reading, matches, role, personal=personal)
        register: Register = "private-talk" if private else "public-talk"
        roles = {company: self._role_toward(company, role, post, reading) for company in companies}
        return Profile(role, roles, register, _interaction(post, matches))

    def _role(self, post: Post, reading: Reading, companies: list[str]) -> Role:
        if (
            post.platform == "rss"
            or post.kind == "article"
            or (self._media is not None and self._media(post))
        ):
            return "media"
        if _named_like(post, companies) or (self._official is not None and self._official(post)):
            return "organisation"
        signs = {hit.rule.role for hit in reading.hits if hit.rule.kind == "role"}
        if not reading.disclosures:
            for authority in ("organisation", "media"):
                if authority in signs:
                    return authority
        if "candidate" in signs and not _speaks_as_staff(reading.hits):
            return "candidate"
        if not reading.disclosures:
            nearly = reading.said is not None and reading.said.whole >= DOUBTFUL
            return _most_likely(reading, NEARLY if nearly else UNTOLD)
        return _role_of(reading, former_sign="former-employee" in signs)

    def _role_toward(self, company: str, role: Role, post: Post, reading: Reading) -> Role:
        if role in _AUTHORITIES or role == "candidate":
            return role
        if any(disclosure.company == company for disclosure in reading.disclosures):
            return role
        if post.author.bio is None and post.author.declared_employer is None:
            return "amateur"
        return "employee" if company in own_employers(post, self._employers) else "amateur"

    @staticmethod
    def _private(post: Post, reading: Reading, matches: Matches, role: Role, *, personal: bool) -> bool:
        if role in _AUTHORITIES or post.kind in ("review", "article"):
            return False
        text = post.text
        score = sum(hit.rule.weight for hit in reading.hits if hit.rule.kind == "register")
        score += _PLATFORM_REGISTER.get(post.platform, -40 if reading.review else -10)
        score += 15 if personal else -15
        score += 15 if "!!" in text or "..." in text or (not text.isascii() and _LIVELY.search(text)) else 0
        score += 15 if text[:1].islower() else 0
        score -= 30 if "http" in text else 0
        score -= 40 if text[:1] == "@" and any(s <= 1 for _, spans in matches for s, _ in spans) else 0
        return score > PRIVATE_ABOVE


def first_person(piece: str) -> bool:
    """Whether the author speaks of herself in a piece of text between spaces."""
    if piece.isascii() and piece.isalpha():  # most are a plain word
        return piece.lower() in _FIRST_PERSONS
    return _FIRST_PERSON.search(f" {piece}".lower()) is not None


def _role_of(reading: Reading, *, former_sign: bool) -> Role:
    """The role of somebody who discloses: what the disclosures' own rules tell, else the model's."""
    tagged = [account for account in reading.accounts if account.tagged]
    hits = [hit for account in tagged for hit in account.hits]
    if any(hit.rule.role == "amateur" for hit in hits):
        return "amateur"
    ties = [hit for hit in reading.hits if hit.rule.kind == "tie"]
    former = any(hit.rule.role == "former-employee" for hit in [*hits, *ties])
    if former or (reading.review and former_sign):
        return "former-employee"
    if {account.kind for account in tagged} == {"expertise"}:
        return "professional"
    if not reading.review and any(account.against >= 2 * SIGN for account in tagged if account.hits):
        return "amateur"
    return "employee" if reading.review else _most_likely(reading, TOLD)


def _most_likely(reading: Reading, roles: Mapping[Role, int]) -> Role:
    """The role for which the model has most points, with a start for each; the first of those alike."""
    return reading.said.likeliest(roles) if reading.said else next(iter(roles))


def _speaks_as_staff(hits: Iterable[Hit]) -> bool:
    return any(hit.rule.kind == "employer" and hit.rule.role == "employee" for hit in hits)


def _named_like(post: Post, companies: list[str]) -> bool:
    """Whether the account bears the very name of a company that it speaks of."""
    names = {(post.author.handle or "").lower().lstrip("@"), (post.author.name or "").lower()}
    return any(company in names for company in companies)


def _interaction(post: Post, matches: Matches) -> Interaction:
    """A reply, a post that brings in somebody else (quote, repost, mention), or speech to all."""
    if post.in_reply_to is not None or post.kind == "comment":
        return "reply"
    if post.repost_of is not None or post.kind in ("repost", "quote"):
        return "third-party"
    if post.text[:1] == "@" and len(post.text) > 1:
        return "reply"
    starts = {start for _, spans in matches for start, _ in spans}
    if "@" not in post.text:
        return "alone"
    others = [m.start() for m in _MENTION.finditer(post.text) if not {m.start(), m.start() + 1} & starts]
    return "third-party" if others else "alone"
