"""What has been counted so far, whatever still stands? Sums and high-water marks that merge in any order."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from agents.measuring.panes import Sums
from schemas.reputation import OUTCOMES


@dataclass(slots=True)
class CompanyTally:
    """Mentions counted by OUTCOMES (late ones too), the late among them, the newest event time, and the
    weight and polarity of sealed days (scaled as in `agents.measuring.panes.Sums`)."""

    mentions: list[int] = field(default_factory=lambda: [0] * len(OUTCOMES))
    late: int = 0
    newest: int = 0
    sealed_weight: int = 0
    sealed_polarity: int = 0

    def merge(self, other: CompanyTally) -> None:
        self.mentions = [a + b for a, b in zip(self.mentions, other.mentions, strict=True)]
        self.late += other.late
        self.newest = max(self.newest, other.newest)
        self.sealed_weight += other.sealed_weight
        self.sealed_polarity += other.sealed_polarity


@dataclass(slots=True)
class Tally:
    """The traffic of a range of mentions.v1.

    Every mention record is exactly one of: counted in its company's `mentions`, a `duplicate`, `stale` (void
    or outranked by a higher version). `future` ones are counted and told apart: dated beyond the allowance.
    `origins`: per posts.v1 partition, the highest offset seen and the companies it was seen with; `runs`: for
    each hash of versions that judged posts of it, the first and the last offset that they judged.
    """

    watermark: int = 0
    sealed: int = -1  # last day (of the epoch) that is sealed
    duplicates: int = 0
    stale: int = 0
    future: int = 0
    retractions: int = 0
    late_retractions: int = 0
    subjects: dict[str, CompanyTally] = field(default_factory=dict)
    origins: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    runs: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def of(self, subject: str) -> CompanyTally:
        found = self.subjects.get(subject)
        if found is None:
            found = self.subjects[subject] = CompanyTally()
        return found

    def told_apart(self) -> dict[str, int]:
        """Records that are more, or less, than a mention counted once."""
        return {
            "duplicate": self.duplicates,
            "stale": self.stale,
            "future": self.future,
            "retraction": self.retractions,
            "late-retraction": self.late_retractions,
        }

    def merge(self, other: Tally) -> None:
        self.watermark = max(self.watermark, other.watermark)
        self.sealed = max(self.sealed, other.sealed)
        self.duplicates += other.duplicates
        self.stale += other.stale
        self.future += other.future
        self.retractions += other.retractions
        self.late_retractions += other.late_retractions
        for name, company in other.subjects.items():
            self.of(name).merge(company)
        for partition, (offset, companies) in other.origins.items():
            at, seen = self.origins.get(partition, (-1, ()))
            if offset > at:
                self.origins[partition] = (offset, companies)
            elif offset == at:
                self.origins[partition] = (offset, tuple(sorted({*seen, *companies})))

        for partition, runs in other.runs.items():
            for versions, (first, last) in runs.items():
                self._reach(partition, versions, first, last)

    def judged(self, partition: str, offset: int, versions: str) -> None:
        """Note the versions that judged the post at `offset` of `partition` (`topic/partition`)."""
        self._reach(partition, versions, offset, offset)

    def _reach(self, partition: str, versions: str, first: int, last: int) -> None:
        runs = self.runs.get(partition)
        if runs is None:
            runs = self.runs[partition] = {}
        low, high = runs.get(versions, (first, last))
        runs[versions] = (first if first < low else low, last if last > high else high)  # noqa: FURB136

    def seal(self, subject: str, weighed: Sums) -> None:
        company = self.of(subject)
        company.sealed_weight += weighed.weight
        company.sealed_polarity += weighed.polarity

    def passed(self, partition: str, offset: int, company: str | None) -> bool:
        """Advance the fence of an origin (`topic/partition`); True if this record had been through before.

        Each judge sends a partition's records in order and starts over from a committed offset, so
        whatever lies below the highest offset seen has been seen.
        """
        at, seen = self.origins.get(partition, (-1, ()))
        if offset < at or (offset == at and company in seen):
            return True
        companies = () if company is None else (company,)
        self.origins[partition] = (offset, companies if offset > at else tuple(sorted({*seen, *companies})))
        return False

    def to_json(self) -> dict[str, Any]:
        """Plain values; long sums as decimal strings, for JSON integers end at 2^64."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        plain["subjects"] = {
            name: [c.mentions, c.late, c.newest, str(c.sealed_weight), str(c.sealed_polarity)]
            for name, c in self.subjects.items()
        }
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Tally:
        subjects = {
            name: CompanyTally(mentions, late, newest, int(weight), int(polarity))
            for name, (mentions, late, newest, weight, polarity) in plain["subjects"].items()
        }
        origins = {name: (offset, tuple(seen)) for name, (offset, seen) in plain["origins"].items()}
        runs = {
            name: {versions: (first, last) for versions, (first, last) in found.items()}
            for name, found in plain.get("runs", {}).items()
        }
        return cls(**{**plain, "subjects": subjects, "origins": origins, "runs": runs})
