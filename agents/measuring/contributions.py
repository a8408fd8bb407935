"""What one mention contributes to one subject's figures, packed in 60 bytes and its keys.

A subject is a company ("orange") or an opted-in person within one ("orange#ceo-orange"). The packed
form is both what the ledger holds in memory and what its segments persist; strings that recur are
named by a 64-bit hash and spelled out once a segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from schemas.judged import DISCLOSURE_KINDS, LABELS, ROLES, DisclosureKind, Role
from schemas.mention import Mention
from schemas.reputation import OUTCOMES, Outcome

# time, score, author, subject, flags, weight, circumstances, signature, version, length of the post's key
HEAD = Struct("<qhQQIIQQQH")
_HEAD = HEAD.size
PROFILE = slice(26, 42)  # flags, weight, circumstances: the part that few distinct values share
_PROFILE = Struct("<IIQ")
_VERSION = Struct("<Q")
_VERSION_AT = 50
_TELLING = Struct("<qh20xI")
_KEY_LIMIT = 128  # bytes
_OUTCOME_BITS = 3
_ROLE_SHIFT = 2
_REPOST = 1 << 5
_DISCLOSURE_SHIFT = 6
_FLAG_OF_DISCLOSURE = {
    (kind, explicit): 1 << (_DISCLOSURE_SHIFT + 2 * index + explicit)
    for index, kind in enumerate(DISCLOSURE_KINDS)
    for explicit in (False, True)
}
_FLAG_OF_ROLE = {role: index << _ROLE_SHIFT for index, role in enumerate(ROLES)}
_FLAG_OF_LABEL = {label: index for index, label in enumerate(LABELS)}
_NAMED = Struct("<q10xQ8xQ")
UNSCORED = OUTCOMES.index("unscored")


class Contribution(NamedTuple):
    """A packed contribution's fixed fields.

    `author`, `signature` are 0 where there is none; `weight` is 0 where the sentiment is no finding.
    """

    time: int
    score: int
    author: int
    subject: int
    flags: int
    weight: int
    circumstances: int
    signature: int
    version: int
    key_length: int


@dataclass(frozen=True, slots=True)
class Profile:
    """The countable side of a contribution."""

    outcome: Outcome
    role: Role
    platform: str
    credibility: str
    rules: str
    disclosures: tuple[tuple[DisclosureKind, bool], ...]


class Names:
    """64-bit names for strings that recur. Two strings of one name are our own corruption: ValueError."""

    def __init__(self) -> None:
        self._id: dict[str, int] = {}
        self._text: dict[int, str] = {}

    def id_of(self, text: str) -> int:
        found = self._id.get(text)
        if found is None:
            found = hash64(text)
            if self._text.setdefault(found, text) != text:
                raise ValueError(f"{text!r} and {self._text[found]!r} hash alike")
            self._id[text] = found
        return found

    def text_of(self, name: int) -> str:
        return self._text[name]


def hash64(text: str) -> int:
    """A 64-bit name, never 0, which stands for "none"."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1


_author = lru_cache(maxsize=20_000)(hash64)  # who writes once often writes again


def ledger_key(post: str) -> str:
    """`post` as the ledger names it: itself, or for a monstrous key its beginning and its hash, so that
    no batch, whatever its posts call themselves, grows beyond what one table value may hold."""
    if len(post) <= _KEY_LIMIT // 4 or len(post.encode()) <= _KEY_LIMIT:
        return post
    return f"{post[: _KEY_LIMIT // 8]}~{blake2b(post.encode(), digest_size=16).hexdigest()}"


def subjects_of(mention: Mention) -> tuple[str, ...]:
    """The company, then the persons on the opt-in list whom the mention concerns."""
    if not mention.persons:
        return (mention.company,)
    return (mention.company, *(f"{mention.company}#{person}" for person in sorted(set(mention.persons))))


def pack(mention: Mention, subject: str, names: Names) -> bytes:
    """`mention` as it counts for `subject`."""
    flags = _FLAG_OF_ROLE[mention.role] | (_FLAG_OF_LABEL[mention.label] if mention.scored else UNSCORED)
    for disclosure in mention.disclosures:
        flags |= _FLAG_OF_DISCLOSURE[disclosure.kind, disclosure.explicit]
    post = ledger_key(mention.post).encode()
    root = b""
    if mention.kind == "repost" and mention.repost_of not in (None, mention.post):
        flags |= _REPOST
        root = ledger_key(mention.repost_of or "").encode()
    head = HEAD.pack(
        mention.event_time,
        mention.score,
        _author(mention.author) if mention.author else 0,
        names.id_of(subject),
        flags,
        mention.weight if mention.scored else 0,
        names.id_of(f"{mention.platform}\n{mention.credibility}\n{mention.versions}"),
        hash64(mention.signature) if mention.signature else 0,
        mention.version,
        len(post),
    )
    return head + post + root


def unpack(body: bytes) -> Contribution:
    # what `Contribution._make` does, without looking at the length again
    return tuple.__new__(Contribution, HEAD.unpack_from(body))


def version_of(body: bytes) -> int:
    version: int = _VERSION.unpack_from(body, _VERSION_AT)[0]
    return version


def time_of(body: bytes) -> int:
    return int.from_bytes(body[:8], "little", signed=True)


def author_of(body: bytes) -> int:
    return int.from_bytes(body[10:18], "little")


def named_by(body: bytes) -> tuple[int, int, int]:
    """Time, and the names that `Names` spells out: subject and circumstances."""
    time, subject, circumstances = _NAMED.unpack_from(body)
    return time, subject, circumstances


def telling_of(body: bytes) -> tuple[int, int, int]:
    """Time, score and weight."""
    time, score, weight = _TELLING.unpack_from(body)
    return time, score, weight


def post_of(body: bytes) -> str:
    end = _HEAD + int.from_bytes(body[_HEAD - 2 : _HEAD], "little")
    return body[_HEAD:end].decode()


def root_of(body: bytes) -> str | None:
    """The post that this one reposts; None for a post of its own."""
    end = _HEAD + int.from_bytes(body[_HEAD - 2 : _HEAD], "little")
    return body[end:].decode() or None


def is_repost(flags: int) -> bool:
    return bool(flags & _REPOST)


def outcome_of(flags: int) -> int:
    """Index in OUTCOMES."""
    return flags & _OUTCOME_BITS


def role_of(flags: int) -> int:
    """Index in ROLES."""
    return flags >> _ROLE_SHIFT & 0b111


def profile_of(packed: bytes, names: Names) -> Profile:
    """Spell out `body[PROFILE]`."""
    flags, _, circumstances = _PROFILE.unpack(packed)
    platform, credibility, rules = names.text_of(circumstances).rsplit("\n", 2)
    disclosed = tuple(pair for pair, flag in _FLAG_OF_DISCLOSURE.items() if flags & flag)
    return Profile(
        OUTCOMES[outcome_of(flags)], ROLES[role_of(flags)], platform, credibility, rules, disclosed
    )
