"""A `Judge` from the files that the settings name."""

from __future__ import annotations

import gc
import tomllib

from agents.credibility import CredibilityError, CredibilityTable
from agents.judge import Judge
from streams.settings import Settings, SettingsError
from streams.watchlist.reading import load_watchlists


def spare_collections() -> None:
    """For a process that judges for long, once it has loaded: a tenth of its time else goes to walking, again
    and again, models that stay and records that are dropped without cycles."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def load_judge(settings: Settings) -> Judge:
    """Raises WatchlistError or SettingsError, with the file's name, for a file that cannot be used."""
    return Judge(load_watchlists(settings.watchlists), load_credibility(settings))


def load_credibility(settings: Settings) -> CredibilityTable:
    path = settings.credibility
    try:
        return CredibilityTable(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}): give the path of a TOML file"
        ) from error
    except (CredibilityError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
