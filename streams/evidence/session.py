"""Who may correct: a person who knows the token, for some hours, in one browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.correction import NAME_LIMIT
from streams.settings import SettingsError

LASTS = 8 * 3600  # seconds
SHORTEST = 16  # characters of a token: it is all that stands between a stranger and the figures


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and the word that forms of this session carry (against forms of other sites)."""

    name: str
    form: str


class Desk:
    """Signs people in; its secret lives and dies with the process. Without a token nobody can be."""

    def __init__(self, token: str | None) -> None:
        if token is not None and len(token) < SHORTEST:
            raise SettingsError(f"VIGIE_EVIDENCE_TOKEN is too short: give {SHORTEST} characters or more")
        self._token = None if token is None else _digest(token)
        self._secret = secrets.token_bytes(32)

    @property
    def open(self) -> bool:
        return self._token is not None

    def sign_in(self, name: str, token: str, now: float) -> str | None:
        """A cookie for whoever knows the token and says who they are; `now` in epoch seconds."""
        name = " ".join(name.split())[:NAME_LIMIT]
        known = self._token is not None and hmac.compare_digest(self._token, _digest(token))
        if not known or not name:
            return None
        shown = base64.urlsafe_b64encode(name.encode("utf-8", "replace")).decode()
        body = f"{shown}.{int(now) + LASTS}.{secrets.token_hex(8)}"
        return f"{body}.{self._mac(body)}"

    def person(self, cookie: str | None, now: float) -> Person | None:
        """Who holds `cookie`, if it is ours and not over."""
        body, _, mac = (cookie or "").rpartition(".")
        if not body or not hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(body).encode()):
            return None
        shown, end, _ = body.split(".")
        if int(end) < now:
            return None
        return Person(base64.urlsafe_b64decode(shown).decode(), self._mac(f"form {body}"))

    def same_form(self, person: Person, word: str) -> bool:
        return hmac.compare_digest(person.form.encode(), word.encode("utf-8", "replace"))

    def _mac(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


def token_of(environment: Mapping[str, str] = os.environ) -> str | None:
    """VIGIE_EVIDENCE_TOKEN, or what the file named by VIGIE_EVIDENCE_TOKEN_FILE holds; None: nobody corrects."""
    named = environment.get("VIGIE_EVIDENCE_TOKEN_FILE")
    if not named:
        return environment.get("VIGIE_EVIDENCE_TOKEN") or None
    try:
        return Path(named).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"VIGIE_EVIDENCE_TOKEN_FILE {named} cannot be read: {error}") from error


def _digest(text: str) -> bytes:
    """Of one length, so that comparing tells nothing of the token's."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
