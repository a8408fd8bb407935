"""Persons on the opt-in list are watched by consent: which files name them, for the operator to end it."""

from __future__ import annotations

from schemas.watchlist import SAME_PLATFORM
from streams.erasing.erase import Whom
from streams.settings import Settings


def where_consented(settings: Settings, whom: Whom) -> list[str]:
    """A sentence for each file that names the handle; empty where nobody gave consent by it."""
    platform = SAME_PLATFORM.get(whom.platform, whom.platform)
    handle = whom.name.removeprefix("@").casefold()
    kept = sorted((settings.home / "versions").glob("*.toml"))
    said = []
    for path in [*settings.watchlists, *kept]:
        if f'"{handle}"' not in (text := path.read_text("utf-8").casefold()) or platform not in text:
            continue
        if path in kept:
            said.append(
                f"{path} is a kept version that names them; without it, audits of its time say `versions`"
            )
        else:
            said.append(f"{path} watches them: take the entry out, and figures on them end")
    return said
