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

from agents.disclosing.phrase import Classes, Phrase, compile_phrase
from agents.text.canvas import canvas
from schemas.judged import DisclosureKind, Role

Sign = Literal["tie", "against", "role", "register"]
Stated = Literal["explicit", "implicit", "by-tie"]
KINDS = frozenset(get_args(DisclosureKind))
SIGNS = frozenset(get_args(Sign))
REACH = 120  # characters before and after a trigger in which its phrase must lie
NO_NAME = (-1, -1)
MODES = frozenset(get_args(Stated))
ROLES = frozenset(get_args(Role))
IsName = Callable[[int, int], bool]
"""Whether an offset pair of the text is a proper name."""


class RuleError(ValueError):
    """A rule file that breaks its own terms; the message names the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what its phrases are evidence of, and how strong (a kind is tagged from 60 on).

    `kind` is a disclosure kind, or a sign: `tie` (the author belongs to an organisation), `against` (a
    customer, the press, sport, …: taken off every kind not in `spares`), `role` (who speaks), `register`
    (weight > 0 private, < 0 public). `many`: each of its phrases that matches counts. `mode` `by-tie`:
    explicit where the tie is stated, else implicit.
    """

    name: str
    kind: DisclosureKind | Sign
    weight: int
    mode: Stated
    role: Role | None
    spares: frozenset[str]
    many: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: offsets in code points of the text; `name` is the span of the organisation."""

    rule: Rule
    start: int
    end: int
    name: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Surface:
    """A canvas, and the same with spaces for stops, in which the triggers are looked for."""

    text: str
    words: str


def surface_of(text: str) -> Surface:
    """The surface of a text."""
    folded = canvas(text)
    return Surface(folded, folded.replace(".", " "))


def _rule(table: dict[str, Any], language: str) -> Rule:
    name = f"{language}.{table.get('id', '?')}"
    kind: Any = table.get("kind")
    mode = table.get("mode", "by-tie")
    role, spares = table.get("role"), frozenset(table.get("spares", ()))
    unknown = table.keys() - {"id", "kind", "weight", "mode", "role", "spares", "phrases", "many"}
    if unknown or kind not in KINDS | SIGNS or mode not in MODES or not spares <= KINDS:
        raise RuleError(f"rule {name}: unknown keys {sorted(unknown)}, kind, mode or spares")
    if role is not None and role not in ROLES:
        raise RuleError(f"rule {name}: unknown role {role!r}")
    if not isinstance(table.get("weight"), int) or not str(table.get("phrases", "")).strip():
        raise RuleError(f"rule {name}: needs an integer weight and phrases")
    return Rule(name, kind, table["weight"], mode, role, spares, table.get("many", False))


class PhraseSet:
    """The phrases of some rules, found together: one pass wakes them, only those awake are tried."""

    def __init__(self, phrases: list[tuple[Rule, Phrase]]) -> None:
        self.phrases = phrases
        woken: dict[str, list[int]] = {}
        for number, (_, phrase) in enumerate(phrases):
            for trigger in set(phrase.triggers):
                woken.setdefault(trigger, []).append(number)
        self._gate = ahocorasick_rs.AhoCorasick(
            list(woken), implementation=ahocorasick_rs.Implementation.DFA, store_patterns=False
        )
        self._woken = [tuple(numbers) for numbers in woken.values()]
        self._compiled: list[re.Pattern[str] | None] = [None] * len(phrases)

    def pattern(self, number: int) -> re.Pattern[str]:
        """The compiled pattern of a phrase; compiled when first woken, as most never are."""
        compiled = self._compiled[number]
        if compiled is None:
            compiled = self._compiled[number] = re.compile(self.phrases[number][1].pattern)
        return compiled

    def find(self, surface: Surface, is_name: IsName) -> list[Hit]:
        """The first match of each rule that has one (of each phrase, for ties), in the order of the rules."""
        gate = self._gate.find_matches_as_indexes(surface.words, overlapping=True)
        if not gate:
            return []
        places: dict[int, list[tuple[int, int]]] = {}
        for index, start, end in gate:
            for number in self._woken[index]:
                places.setdefault(number, []).append((start, end))
        found: dict[str, Hit] = {}
        for number in sorted(places):
            rule = self.phrases[number][0]
            # of ties all are kept: the first may lie in the evidence itself, where it counts for nothing
            name = f"{rule.name} {number}" if rule.many or rule.kind == "tie" else rule.name
            if name in found:
                continue
            for need in self.phrases[number][1].needs:
                if need in surface.words:
                    break
            else:
                if self.phrases[number][1].needs:
                    continue
            if hit := self._match(number, places[number], surface.text, is_name):
                found[name] = hit
        return list(found.values())

    def _match(self, number: int, places: list[tuple[int, int]], surface: str, is_name: IsName) -> Hit | None:
        rule, phrase = self.phrases[number]
        if phrase.literal:  # the trigger, between its two spaces, is the whole phrase
            start, end = places[0]
            return Hit(rule, start, end - 2, None)
        pattern = self.pattern(number)
        for start, end in places:
            low, high = max(0, start - REACH), end + REACH
            match = pattern.match(surface, start + 1) if phrase.first else pattern.search(surface, low, high)
            while match:
                name = match.span("name") if phrase.named else NO_NAME
                if name == NO_NAME:
                    return Hit(rule, match.start() - 1, match.end() - 1, None)
                if is_name(name[0] - 1, name[1] - 1):
                    return Hit(rule, match.start() - 1, match.end() - 1, (name[0] - 1, name[1] - 1))
                match = None if phrase.first else pattern.search(surface, match.start() + 1, high)
        return None


class RuleBook:
    """The rules of one language, in three sets, for most posts need only the first and the last:
    `kinds` (the six kinds), `signs` (ties, and what speaks against), `speech` (role and register)."""

    def __init__(self, toml: str) -> None:
        """Raises `RuleError`, `phrase.PhraseError` or `tomllib.TOMLDecodeError` on a file that cannot be
        used."""
        data = tomllib.loads(toml)
        self.language: str = data["language"]
        classes: Classes = {key: tuple(value.split()) for key, value in data.get("words", {}).items()}
        rank = {word: place for place, word in enumerate(data.get("common", "").split())}
        self.names = frozenset(canvas(word)[1:-1] for word in data.get("names", "").split())
        self.not_names = frozenset(canvas(word)[1:-1] for word in data.get("not_names", "").split())
        self.trades = classes.get("trade", ())
        self.rules: list[Rule] = []
        phrases: list[tuple[Rule, Phrase]] = []
        for table in data.get("rule", ()):
            rule = _rule(table, self.language)
            self.rules.append(rule)
            lines = (line.split("//")[0].strip() for line in table["phrases"].splitlines())
            phrases += [
                (rule, made) for line in lines if line for made in compile_phrase(line, classes, rank)
            ]
        if len({rule.name for rule in self.rules}) != len(self.rules):
            raise RuleError(f"{self.language}: two rules share an id")
        self.kinds = PhraseSet([pair for pair in phrases if pair[0].kind in KINDS])
        self.signs = PhraseSet([pair for pair in phrases if pair[0].kind in ("tie", "against")])
        self.speech = PhraseSet([pair for pair in phrases if pair[0].kind in ("role", "register")])
        self.strongest_tie = max((rule.weight for rule in self.rules if rule.kind == "tie"), default=0)
