"""The words of what people look at, in two languages: words.toml; whoever adds a text writes both."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
NAMES: dict[Language, str] = {"en": "English", "fr": "Français"}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}
_NARROW = " "  # no-break space


@lru_cache
def texts() -> dict[str, dict[Language, str]]:
    """Every text by its key, the tables' names joined by dots."""
    found: dict[str, dict[Language, str]] = {}
    _gather(tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8")), "", found)
    return found


def _gather(table: dict[str, Any], before: str, found: dict[str, dict[Language, str]]) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            key = f"{before}{name}"
            words: dict[Language, str] = {
                code: value[code] for code in LANGUAGES if isinstance(value.get(code), str)
            }
            if words:
                found[key] = words
            _gather(value, f"{key}.", found)


class Words:
    """`words("key", name=value)` in one language, and numbers and times as that language writes them."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        return texts()[key][self.language].format(**values)

    def name(self, group: str, value: str) -> str:
        """What `value` of a closed list is called; itself where it is on none (a platform)."""
        found = texts().get(f"{group}.{value}")
        return found[self.language] if found else value

    def counted(self, key: str, number: int) -> str:
        """`key.one` or `key.many` (French counts 0 as one)."""
        one = number < 2 if self.language == "fr" else number == 1
        return self(f"{key}.{'one' if one else 'many'}", n=self.whole(number))

    def whole(self, number: int) -> str:
        return f"{number:,}".replace(",", _NARROW if self.language == "fr" else ",")

    def decimal(self, number: float, places: int = 1, *, sign: bool = False) -> str:
        text = f"{number:+,.{places}f}" if sign else f"{number:,.{places}f}"
        text = text.replace("-", "−")
        return text.replace(",", _NARROW).replace(".", ",") if self.language == "fr" else text

    def points(self, hundredths: int) -> str:
        """1/100 of a point, to a tenth."""
        return self.decimal(hundredths / 100)

    def percent(self, ratio: float) -> str:
        text = self.decimal(100 * ratio, 0)
        return f"{text}{_NARROW}%" if self.language == "fr" else f"{text}%"

    def instant(self, at: int, *, year: bool = True) -> str:
        """Epoch milliseconds as people write them, in UTC."""
        moment = datetime.fromtimestamp(at / 1000, UTC)
        day = f"{moment.day}{_NARROW}{_MONTHS[self.language][moment.month - 1]}"
        day = f"{day} {moment.year}" if year else day
        return f"{day}, {moment:%H:%M}{_NARROW}UTC" if year else f"{day}, {moment:%H:%M}"


def preferred(header: str) -> Language:
    """The language that an Accept-Language header asks for first among ours (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, int, Language]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, quality = part.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            weight = 0.0
        primary = tag.strip().lower().partition("-")[0]
        weighed += [
            (-weight, place, language) for language in LANGUAGES if language == primary and weight > 0
        ]
    return min(weighed)[2] if weighed else "en"


def tongues(chosen: Language) -> Sequence[tuple[Language, str, bool]]:
    """For a switch: code, own name, and whether it is the one chosen."""
    return [(language, NAMES[language], language == chosen) for language in LANGUAGES]
