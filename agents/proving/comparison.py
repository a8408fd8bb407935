"""What was published beside what was worked out again: where they differ, and what explains it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from schemas.reputation import Reputation

Outcome = Literal["identical", "explained", "unexplained"]
# not of the figures: where they lay in mentions.v1, what they rest on, the chain, who judged last
_BESIDE = ("offset", "origins", "previous", "versions")
# what the long run before a window bears on; its days are sealed in the order in which posts arrived
_LONG_RUN = frozenset({"late", "prior", "score", "low", "high", "state", "evidence", "baseline"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field (`windows.24h.score`) as published and as worked out again."""

    field: str
    published: Any
    recomputed: Any


@dataclass(frozen=True, slots=True)
class Cause:
    """Why figures may differ; `explains` where an honest watch comes to that, else it is tampering."""

    name: Literal["arithmetic", "versions", "judged-twice", "retention", "late-posts", "erasure", "tampering"]
    detail: str

    @property
    def explains(self) -> bool:
        return self.name != "tampering"


@dataclass(frozen=True, slots=True)
class Finding:
    """The audit of one published record."""

    company: str
    person: str | None
    at: int
    partition: int
    offset: int
    outcome: Outcome
    differences: tuple[Difference, ...]
    causes: tuple[Cause, ...]


def compare(
    published: Reputation, recomputed: Reputation | None, place: tuple[int, int], known: Sequence[Cause]
) -> Finding:
    """`known`: what is known to bear on the figures before they are compared; `place`: partition and offset
    of the record in reputation.v1. `recomputed` is None where posts.v1 gives no figures for the subject."""
    differences = tuple(differences_of(published, recomputed))
    causes = [*known]
    if differences and recomputed is not None:
        causes += _found(published, recomputed, differences)
    tampering = [cause for cause in causes if not cause.explains]
    if differences and not causes:
        tampering = [Cause("tampering", "the record or posts.v1 was changed, for nothing else explains it")]
        causes = tampering
    outcome: Outcome = "unexplained" if tampering else "explained" if differences else "identical"
    shown = tuple(causes) if differences or tampering else ()
    return Finding(published.company, published.person, published.at, *place, outcome, differences, shown)


def differences_of(published: Reputation, recomputed: Reputation | None) -> Iterator[Difference]:
    """Field by field, windows by their names."""
    if recomputed is None:
        yield Difference("", "figures", "none")
        return
    before, again = _plain(published), _plain(recomputed)
    for name in sorted(before.keys() | again.keys()):
        if before.get(name) != again.get(name):
            yield Difference(name, before.get(name), again.get(name))


def _found(published: Reputation, recomputed: Reputation, differences: Sequence[Difference]) -> list[Cause]:
    causes: list[Cause] = []
    for name in ("arithmetic", "settings"):
        then, now = published.versions.get(name), recomputed.versions.get(name)
        if then != now:
            causes.append(Cause("arithmetic", f"{name} was {then}, this Vigie has {now}"))
    long_run = all(_LONG_RUN.intersection(difference.field.split(".")) for difference in differences)
    came_late = published.late or recomputed.late
    if long_run and came_late:
        causes.append(
            Cause(
                "late-posts",
                f"{published.late} posts came after their day was sealed ({recomputed.late} in this order of "
                f"reading): the order across partitions is not in posts.v1",
            )
        )
    return causes


def _plain(record: Reputation) -> dict[str, Any]:
    whole = asdict(record)
    for name in _BESIDE:
        del whole[name]
    plain: dict[str, Any] = {}
    for window in whole.pop("windows"):
        name = window.pop("window")
        plain.update({f"windows.{name}.{field}": value for field, value in window.items()})
    baseline = whole.pop("baseline") or {}
    plain.update({f"baseline.{field}": value for field, value in baseline.items()})
    return {**whole, **plain}
