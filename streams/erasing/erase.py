"""Erasing an author or a post: the keys under which they lie are destroyed, wherever copies of the log may be."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from schemas.instants import rfc3339
from schemas.post import Author, AuthorDeletion
from schemas.sealed import Private
from schemas.topics import ERASURES, POSTS, REJECTS
from streams.admin import ensure_topics
from streams.erasing.record import tell
from streams.erasing.traces import Trace, letters, names_one_of, plain_posts, sealed_elsewhere, trace_of
from streams.log_reader import LogReader, log_reader
from streams.sealing.keys import KeyStore
from streams.sealing.naming import author_number, goes_by, nameless_key
from streams.sealing.vault import NoKeysError, Vault, key_store
from streams.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Whom:
    """An author (`key` None) by id or handle, or a post by its key; `also`: other forms that dead letters may
    have of the name."""

    platform: str
    name: str
    key: str | None = None
    also: tuple[str, ...] = ()

    def wanted(self, post: Private, store: KeyStore) -> bool:
        """Is it theirs, or the post that is meant?"""
        if self.key is not None:
            return nameless_key(post.key, store) == nameless_key(self.key, store)
        number = author_number(self.platform, self.name, store)
        return author_number(post.platform, self.name, store) == number and goes_by(
            Author(id=post.author) if isinstance(post, AuthorDeletion) else post.author, self.name
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, without a word of whom: it may be kept as a proof. `keys` were destroyed, of which
    `rejects` are of dead letters; `left` are records in the clear, which no key can erase."""

    erasure: str
    at: str
    what: str
    subjects: tuple[str, ...]
    keys: tuple[int, ...]
    posts: int
    rejects: int
    left: tuple[Trace, ...]

    def document(self) -> bytes:
        """Canonical JSON with its own SHA-256, which is that of the rest."""
        rest = orjson.loads(orjson.dumps(self))
        digest = hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return orjson.dumps({**rest, "sha256": digest}, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def author_of(text: str, also: Sequence[str] = ()) -> Whom:
    """`platform:id` or `platform:handle`."""
    platform, colon, name = text.partition(":")
    if not (platform and colon and name.strip("@ ")):
        raise SettingsError(
            f"{text!r} is no author: write platform:handle or platform:id, such as twitter:lea_m"
        )
    return Whom(platform, name.strip(), also=tuple(also))


def post_of(key: str, also: Sequence[str] = ()) -> Whom:
    platform, colon, native = key.partition(":")
    if not (platform and colon and native):
        raise SettingsError(
            f"{key!r} is no key of a post: write platform:native_id, such as twitter:1795550000000001"
        )
    return Whom(platform, native, key, tuple(also))


def erase(settings: Settings, whom: Whom, advance: Callable[[int], None]) -> Receipt:
    """Destroy every key of `whom`; the record of it is in erasures.v1 before. Then whatever lies in the clear
    is looked for in posts.v1 (`advance` is told of records read). `settings.broker` must be set.

    Twice does no harm: the second time there is nothing left to destroy."""
    store = key_store(settings)
    vault = Vault(store)
    id_, at = secrets.token_hex(8), time.time_ns() // 1_000_000
    what = "author" if whom.key is None else "post"
    try:
        with log_reader(settings.broker or "", settings.security) as reader:
            if store.foreign() and sealed_elsewhere(reader, store):
                raise NoKeysError(
                    f"posts are sealed, and {store.path} holds none of their keys: set VIGIE_KEYS"
                )
            _ensure_record(settings, len(reader.reaches(POSTS.name)))
            sealed, clear = _letters(reader, vault, (whom.name, *whom.also))
            subjects, found = keys_of(store, whom)
            destroyed: list[int] = []
            posts = 0
            while found or sealed or not store.refused().keys() >= set(subjects):
                tell(settings, id_, at, what, subjects, [*found, *sealed], len(destroyed))
                store.shred([*found, *sealed], subjects, at)
                posts += len(found)
                destroyed += [*found, *sealed]
                sealed = []
                subjects, found = keys_of(store, whom, subjects)  # a feed may have gone on meanwhile
            clear += [
                trace_of(record, POSTS)
                for record, _ in plain_posts(reader, lambda post: whom.wanted(post, store), advance)
            ]
    finally:
        store.close()
    hashed = tuple(f"{subject:016x}" for subject in subjects)
    return Receipt(
        id_, rfc3339(at), what, hashed, tuple(destroyed), posts, len(destroyed) - posts, tuple(clear)
    )


def _ensure_record(settings: Settings, partitions: int) -> None:
    """A watch of before erasures has no topic for them."""
    ensure_topics(settings.broker or "", (ERASURES,), partitions, settings.replication, settings.security)


def keys_of(store: KeyStore, whom: Whom, known: Sequence[int] = ()) -> tuple[list[int], list[int]]:
    """(hashes of the subject, numbers of its keys)."""
    if whom.key is not None:
        subject = store.number("post", nameless_key(whom.key, store))
        return [subject], store.of_post(subject)
    accounts, found = store.of_author(author_number(whom.platform, whom.name, store))
    return sorted({*accounts, *known}), found


def _letters(reader: LogReader, vault: Vault, names: Sequence[str]) -> tuple[list[int], list[Trace]]:
    """(numbers of the keys of dead letters that name one of `names`, those that were never sealed)."""
    sealed: list[int] = []
    clear: list[Trace] = []
    for record, letter, by in letters(reader, vault):
        if names_one_of(letter, names):
            if by is None:
                clear.append(trace_of(record, REJECTS))
            else:
                sealed.append(by)
    return sealed, clear
