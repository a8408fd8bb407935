"""Tokens, from the environment or a file that it names and into no log; and addresses that it sets otherwise."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from streams.sources.contract import SourceError


def optional_token(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """`token`, or None where neither variable is set."""
    given = os.environ if environ is None else environ
    if not given.get(f"VIGIE_{name}") and not given.get(f"VIGIE_{name}_FILE"):
        return None
    return token(name, given)


def endpoint(name: str, usual: str) -> str:
    """The address of a platform's interface: VIGIE_<NAME>_URL (a gateway, a recording played back), else `usual`."""
    return os.environ.get(f"VIGIE_{name}_URL", "").rstrip("/") or usual


def token(name: str, environ: Mapping[str, str] | None = None) -> str:
    """The value of VIGIE_<NAME>, or of the file that VIGIE_<NAME>_FILE names. Raises `SourceError`."""
    given = os.environ if environ is None else environ
    variable = f"VIGIE_{name}"
    if found := given.get(variable, "").strip():
        return found
    if path := given.get(f"{variable}_FILE"):
        try:
            if found := Path(path).read_text("utf-8").strip():
                return found
        except (OSError, UnicodeDecodeError):
            raise SourceError(f"{variable}_FILE names a file that cannot be read") from None
    raise SourceError(f"set {variable}, or {variable}_FILE to a file that holds it")
