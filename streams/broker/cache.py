"""Where downloaded files are kept, shared by all homes of a user."""

import os
import sys
from pathlib import Path


def cache_dir() -> Path:
    """The directory named by VIGIE_CACHE, else the platform's per-user cache; it may not exist yet."""
    if chosen := os.environ.get("VIGIE_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "vigie" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "vigie"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vigie"
