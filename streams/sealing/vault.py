"""Sealing what a feed sends and opening what judge reads: AES-256-GCM under the keys of the store.

A key seals one record and no other, so a fixed nonce is never used twice under one key.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.codec import encode_post
from schemas.post import Deletion, Post, PostRecord
from schemas.reject import Invalid, Reject, encode_reject, encode_sealed_reject
from schemas.sealed import (
    Opened,
    Private,
    Sealed,
    decode_record,
    encode_sealed,
    gone,
    open_post,
    private_part,
    sealed_of,
)
from streams.sealing.keys import KeyStore, Owner
from streams.sealing.naming import nameless
from streams.settings import Settings, SettingsError

_NONCE = bytes(12)


class NoKeysError(SettingsError):
    """Posts are sealed and this process has none of their keys."""


class Vault:
    """What one process needs of the key store. Without a store, or with `sealing` False, everything is written
    in the clear; without a store nothing sealed can be opened either."""

    def __init__(self, store: KeyStore | None = None, *, sealing: bool = True) -> None:
        self._store = store
        self._sealing = store if sealing else None

    def records(self, records: Sequence[PostRecord]) -> list[tuple[str, bytes] | None]:
        """(key, record) for posts.v1; None for what was erased before and is not to come in again. The keys
        are on disk when this returns."""
        store = self._sealing
        if store is None:
            return [(record.key, encode_post(record)) for record in records]
        refused = store.refused()
        named = [nameless(record, store) for record in records]
        private = [one for one in named if not isinstance(one.record, Deletion)]
        taken = [one for one in private if not one.erased(refused)]
        made = dict(zip(map(id, taken), store.make([one.owner for one in taken]), strict=True))
        return [
            (one.key, encode_post(one.record))
            if isinstance(one.record, Deletion)
            else (one.key, _sealed(one.record, one.key, *made[id(one)]))
            if id(one) in made
            else None
            for one in named
        ]

    def rejects(self, rejects: Sequence[Reject]) -> list[bytes]:
        """Records for rejects.v1: whoever wrote the bytes that could not enter, they are sealed."""
        if self._sealing is None:
            return [encode_reject(reject) for reject in rejects]
        made = self._sealing.make([Owner()] * len(rejects))
        return [
            encode_sealed_reject(reject, by, partial(_close, secret))
            for reject, (by, secret) in zip(rejects, made, strict=True)
        ]

    def open(self, sealed: Sequence[Sealed]) -> list[Opened]:
        """Each post, or what is left of it. Raises NoKeysError where this store holds no key of any
        post, for then it is not the feed's."""
        if not sealed:
            return []
        if self._store is None:
            raise NoKeysError("posts are sealed, and no key store is named: set VIGIE_KEYS")
        secrets = self._store.secrets([one.by for one in sealed])
        if not secrets and self._store.foreign():
            raise NoKeysError(
                f"posts are sealed, and {self._store.path} holds no key of any: set VIGIE_KEYS to the feed's key store"
            )
        return [_opened(one, secrets) for one in sealed]

    def post(self, raw: bytes) -> Post | None:
        """The post that a record of posts.v1 holds, sealed or not; None where it holds none that can be read."""
        found = decode_record(raw)
        opened = self.open([found])[0] if isinstance(found, Sealed) else found
        return opened if isinstance(opened, Post) else None

    def open_box(self, by: int, box: bytes) -> bytes | None:
        """What a reject's box holds; None where its key is gone."""
        secret = self._store.secrets([by]).get(by) if self._store else None
        return AESGCM(secret).decrypt(_NONCE, box, None) if secret else None


def open_vault(settings: Settings) -> Vault:
    """The vault that the settings describe."""
    return Vault(key_store(settings), sealing=settings.seal)


def key_store(settings: Settings) -> KeyStore:
    """The one that the settings name, made where there is none."""
    return KeyStore(settings.keys or settings.home / "keys.sqlite")


def _close(secret: bytes, contents: bytes) -> bytes:
    return AESGCM(secret).encrypt(_NONCE, contents, None)


def _sealed(record: Private, key: str, by: int, secret: bytes) -> bytes:
    shell = sealed_of(record, key, by)
    box = AESGCM(secret).encrypt(_NONCE, orjson.dumps(private_part(record)), shell.bound())
    return encode_sealed(shell._replace(box=box))


def _opened(sealed: Sealed, secrets: dict[int, bytes | None]) -> Opened:
    secret = secrets.get(sealed.by)
    if secret is None:
        return gone(sealed, lost=sealed.by not in secrets)
    try:
        private = AESGCM(secret).decrypt(_NONCE, sealed.box, sealed.bound())
    except InvalidTag:
        return Invalid("unopened", "its key does not open it: it was altered, or sealed by another store")
    return open_post(sealed, private)
