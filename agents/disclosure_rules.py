"""The rules of disclosure as data: read from TOML, compiled, and found in a text in one cheap pass.

Most posts wake no rule. So one Aho-Corasick pass over the canvas looks for the literals of which each phrase
needs at least one, and only the phrases woken by it are tried.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import ahocorasick_rs

from agents.canvas import canvas
from agents.phrase import Classes, Phrase, compile_phrase
from schemas.judged import DisclosureKind, Role

Sign = Literal["tie", "against", "role", "register"]
Stated = Literal["explicit", "implicit", "by-tie"]
KINDS = frozenset(get_args(DisclosureKind))
SIGNS = frozenset(get_args(Sign))
MODES = frozenset(get_args(Stated))
ROLES = frozenset(get_args(Role))


class RuleError(ValueError):
    """A rule file that breaks its own terms; the message names the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what its phrases are evidence of, and how strong (a kind is tagged from 60 on).

    `kind` is a disclosure kind, or a sign: `tie` (the author belongs to an organisation), `against` (a customer,
    the press, sport, …: taken off every kind not in `spares`), `role` (who speaks), `register` (weight > 0
    private, < 0 public). `mode` `by-tie`: explicit where the tie is stated, else implicit.
    """

    name: str
    kind: DisclosureKind | Sign
    weight: int
    mode: Stated
    role: Role | None
    spares: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: offsets in code points of the text; `name` is the span of the organisation."""

    rule: Rule
    start: int
    end: int
    name: tuple[int, int] | None


def _rule(table: dict[str, Any], language: str) -> Rule:
    name = f"{language}.{table.get('id', '?')}"
    kind, mode = table.get("kind"), table.get("mode", "by-tie")
    role, spares = table.get("role"), frozenset(table.get("spares", ()))
    unknown = table.keys() - {"id", "kind", "weight", "mode", "role", "spares", "phrases"}
    if unknown or kind not in KINDS | SIGNS or mode not in MODES or not spares <= KINDS:
        raise RuleError(f"rule {name}: unknown keys {sorted(unknown)}, kind, mode or spares")
    if role is not None and role not in ROLES:
        raise RuleError(f"rule {name}: unknown role {role!r}")
    if not isinstance(table.get("weight"), int) or not str(table.get("phrases", "")).strip():
        raise RuleError(f"rule {name}: needs an integer weight and phrases")
    return Rule(name, kind, table["weight"], mode, role, spares)


class RuleBook:
    """The rules of one language, ready to be found in canvases."""

    def __init__(self, toml: str) -> None:
        """Raises `RuleError`, `phrase.PhraseError` or `tomllib.TOMLDecodeError` on a file that cannot be used."""
        data = tomllib.loads(toml)
        self.language: str = data["language"]
        classes: Classes = {key: tuple(value.split()) for key, value in data.get("words", {}).items()}
        common = frozenset(data.get("common", "").split())
        self.names = frozenset(canvas(word)[1:-1] for word in data.get("names", "").split())
        self.not_names = frozenset(canvas(word)[1:-1] for word in data.get("not_names", "").split())
        self.trades = classes.get("trade", ())
        self.rules: list[Rule] = []
        self.phrases: list[tuple[Rule, Phrase]] = []
        for table in data.get("rule", ()):
            rule = _rule(table, self.language)
            self.rules.append(rule)
            lines = (line.split("//")[0].strip() for line in table["phrases"].splitlines())
            self.phrases += [(rule, compile_phrase(line, classes, common)) for line in lines if line]
        if len({rule.name for rule in self.rules}) != len(self.rules):
            raise RuleError(f"{self.language}: two rules share an id")
        woken: dict[str, list[int]] = {}
        for number, (_, phrase) in enumerate(self.phrases):
            for trigger in set(phrase.triggers):
                woken.setdefault(trigger, []).append(number)
        self._gate = ahocorasick_rs.AhoCorasick(list(woken))
        self._woken = [tuple(numbers) for numbers in woken.values()]
        self._compiled: list[re.Pattern[str] | None] = [None] * len(self.phrases)

    def pattern(self, number: int) -> re.Pattern[str]:
        """The compiled pattern of a phrase; compiled when first woken, as most never are."""
        compiled = self._compiled[number]
        if compiled is None:
            compiled = self._compiled[number] = re.compile(self.phrases[number][1].pattern)
        return compiled

    def find(self, surface: str, is_name: Callable[[int, int], bool]) -> list[Hit]:
        """The first match of each rule on a canvas; `is_name` says whether an offset pair is a proper name."""
        gate = self._gate.find_matches_as_indexes(surface.replace(".", " "), overlapping=True)
        if not gate:
            return []
        numbers = {number for index, _, _ in gate for number in self._woken[index]}
        found: dict[str, Hit] = {}
        for number in sorted(numbers):
            rule = self.phrases[number][0]
            if rule.name not in found and (hit := self._match(number, surface, is_name)):
                found[rule.name] = hit
        return list(found.values())

    def _match(self, number: int, surface: str, is_name: Callable[[int, int], bool]) -> Hit | None:
        rule, phrase = self.phrases[number]
        pattern = self.pattern(number)
        if not phrase.named:
            match = pattern.search(surface)
            return Hit(rule, match.start() - 1, match.end() - 1, None) if match else None
        for match in pattern.finditer(surface):
            start, end = match.span("name")
            if is_name(start - 1, end - 1):
                return Hit(rule, match.start() - 1, match.end() - 1, (start - 1, end - 1))
        return None
