"""The rules of disclosure as data: read from TOML, compiled, and found in a text in one cheap pass.

Most posts wake no rule: only phrases that `agents.disclosing.gate` lets through are tried.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from agents.disclosing.gate import Gate, Surface
from agents.disclosing.phrase import Classes, Phrase, compile_phrase
from agents.text.canvas import canvas
from schemas.judged import DisclosureKind, Role
from schemas.record import record

Sign = Literal["tie", "against", "role", "register"]
Stated = Literal["explicit", "implicit", "by-tie"]
KINDS = frozenset(get_args(DisclosureKind))
SIGNS = frozenset(get_args(Sign))
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


@record
class Hit:
    """A rule that matched: offsets in code points of the text; `name` is the span of the organisation."""

    rule: Rule
    start: int
    end: int
    name: tuple[int, int] | None


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
    """The phrases of some rules, found together; `place` is the set's in `Surface.awake`."""

    def __init__(self, phrases: Sequence[tuple[Rule, Phrase]], place: int) -> None:
        self.phrases, self._place = phrases, place
        # of ties all are kept: the first may lie in the evidence itself, where it counts for nothing
        self._once = [
            f"{rule.name} {number}" if rule.many or rule.kind == "tie" else rule.name
            for number, (rule, _) in enumerate(phrases)
        ]
        self._compiled: list[re.Pattern[str] | None] = [None] * len(phrases)

    def pattern(self, number: int) -> re.Pattern[str]:
        """The compiled pattern of a phrase; compiled when first woken, as most never are."""
        compiled = self._compiled[number]
        if compiled is None:
            compiled = self._compiled[number] = re.compile(self.phrases[number][1].pattern)
        return compiled

    def strongest(self, surface: Surface, kind: Sign) -> int:
        """The greatest weight that a rule of `kind` could bring; 0 if none could match."""
        rules = (self.phrases[number][0] for number in surface.awake[self._place])
        return max((rule.weight for rule in rules if rule.kind == kind), default=0)

    def find(self, surface: Surface, is_name: IsName) -> list[Hit]:
        """The first match of each rule that has one (of each phrase, for ties), in the order of the rules."""
        awake = surface.awake[self._place]
        if not awake:
            return []
        found: dict[str, Hit] = {}
        for number in sorted(awake):
            once = self._once[number]
            if once not in found and (hit := self._match(number, awake[number], surface, is_name)):
                found[once] = hit
        return list(found.values())

    def _match(
        self, number: int, triggers: list[tuple[str, int, int]], surface: Surface, is_name: IsName
    ) -> Hit | None:
        rule, phrase = self.phrases[number]
        places = _places(surface.words, triggers)
        if phrase.literal:  # the trigger, between its two spaces, is the whole phrase
            return Hit(rule, places[0][1], places[0][0] - 2, None) if places else None
        pattern = self.pattern(number)
        for _, start in places:
            for begin in _beginnings(surface, start, phrase):
                match = pattern.match(surface.text, begin)
                if match is None:
                    continue
                name = match.span("name") if phrase.named else NO_NAME
                if name == NO_NAME:
                    return Hit(rule, match.start(), match.end() - 1, None)
                if is_name(name[0] - 1, name[1] - 1):
                    return Hit(rule, match.start(), match.end() - 1, (name[0] - 1, name[1] - 1))
        return None


def _places(words: str, triggers: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """(end, start) of each trigger wherever it stands in its sentence, in order."""
    places = set()
    for trigger, low, high in triggers:
        start = words.find(trigger, low, high)
        while start >= 0:
            places.add((start + len(trigger), start))
            start = words.find(trigger, start + 1, high)
    return sorted(places) if len(places) > 1 else list(places)


def _beginnings(surface: Surface, trigger: int, phrase: Phrase) -> Iterable[int]:
    """Where a phrase may begin that has its trigger at `trigger`: before that word or one of those before."""
    least, most = phrase.before
    if not most and not phrase.anchored:
        return (trigger,)
    starts = surface.starts
    word = bisect_left(starts, trigger + 1)
    begins = [start - 1 for start in starts[max(0, word - most) : max(0, word - least + 1)]]
    if phrase.anchored:  # before the spaces between the stop and the word
        return [
            max(0, begin - 3) + len(surface.text[max(0, begin - 3) : begin + 1].rstrip(" ")) - 1
            for begin in begins
        ]
    return begins


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
        sets = [
            [pair for pair in phrases if pair[0].kind in kinds]
            for kinds in (KINDS, {"tie", "against"}, {"role", "register"})
        ]
        everything = [[phrase for _, phrase in pairs] for pairs in sets]
        self._gate = Gate(everything)
        self._speech = Gate([[], [], everything[2]])
        self.kinds, self.signs, self.speech = map(PhraseSet, sets, range(3))

    def surface(self, text: str) -> Surface:
        """`text` as the rules read it."""
        surface = Surface(text)
        surface.wake(self._gate)
        return surface

    def may_speak(self, words: Sequence[str], text: str) -> bool:
        """Whether `words`, those of `text` on a canvas, could be part of what `speech` finds."""
        return self._speech.may_wake(words, text)

    def wake(self, surface: Surface, *, speech_alone: bool) -> None:
        """Find which phrases may match; `speech_alone`: only those of role and register are asked for."""
        surface.wake(self._speech if speech_alone else self._gate)
