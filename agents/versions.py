"""Which data judged? The hash of everything in a folder of this package."""

from __future__ import annotations

import hashlib
from importlib.resources import files


def folder_version(name: str) -> str:
    """16 hex digits over the names and bytes of the files in `agents/<name>`."""
    digest = hashlib.sha256()
    for entry in sorted(files("agents").joinpath(name).iterdir(), key=lambda entry: entry.name):
        if entry.is_file() and not entry.name.endswith((".md", ".pyc")):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:16]
