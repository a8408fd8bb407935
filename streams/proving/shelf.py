"""One partition of reputation.v1 as an audit needs it: a company's records, and how far each round had read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.reputation import Origin, Reputation, decode
from schemas.topics import REPUTATION
from streams.chain import Break, broken, digest_of
from streams.log_reader import LogRecord, Reach, log_reader
from streams.partitions import partition_of
from streams.recorder import name_of
from streams.security import PLAINTEXT, Security

Origins = tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A record and where it lies; `digest` is what the next one of its subject must name."""

    partition: int
    offset: int
    reputation: Reputation
    digest: str


@dataclass(frozen=True, slots=True)
class Step:
    """Up to where posts.v1 was in the figures when the record at `offset` was written."""

    offset: int
    origins: Origins


@dataclass(slots=True)
class Shelf:
    """Records of one company in order, steps of its whole partition, and where the company's chain breaks."""

    published: list[Published] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)

    def successor(self, of: Published) -> Published | None:
        """The subject's next record."""
        name = name_of(of.reputation)
        later = (one for one in self.published if one.offset > of.offset)
        return next((one for one in later if name_of(one.reputation) == name), None)

    def in_force(self, start: int, end: int, person: str | None = None) -> list[Published]:
        """The records of the company (or of one person within it) from `start` to `end` (epoch ms), and
        the one that was in force at `start`."""
        mine = [one for one in self.published if one.reputation.person == person]
        within = [one for one in mine if start <= one.reputation.at <= end]
        before = [one for one in mine if one.reputation.at < start]
        return [*before[-1:], *within] if not within or within[0].reputation.at > start else within

    def _put(self, record: LogRecord, company: str) -> None:
        raw = record.value or b""
        try:
            reputation = decode(raw)
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # told among the breaks
        if not self.steps or self.steps[-1].origins != reputation.origins:
            self.steps.append(Step(record.offset, reputation.origins))
        if reputation.company == company:
            self.published.append(Published(record.partition, record.offset, reputation, digest_of(raw)))


def shelf_of(company: str, bootstrap: str, security: Security = PLAINTEXT) -> Shelf:
    """What reputation.v1 holds now on `company`; raises BrokerError where there is no such topic."""
    shelf = Shelf()
    with log_reader(bootstrap, security) as reader:
        reaches = reader.reaches(REPUTATION.name)
        number = partition_of(company, len(reaches))
        reach: Reach = next(found for found in reaches if found.partition == number)
        records = list(reader.read(reach))
    for record in records:
        shelf._put(record, company)  # noqa: SLF001 - its own module
    subjects = {name_of(one.reputation) for one in shelf.published}
    found = broken(records, truncated=reach.start > 0)
    shelf.breaks = [gap for gap in found if gap.subject in subjects or not gap.subject]
    return shelf


def reached(lower: Origins, upper: Origins) -> bool:
    """Whether `upper` lies nowhere behind `lower`."""
    marks = {origin.partition: (origin.offset, set(origin.companies)) for origin in upper}
    for origin in lower:
        offset, companies = marks.get(origin.partition, (-1, set()))
        if offset < origin.offset or (offset == origin.offset and not companies.issuperset(origin.companies)):
            return False
    return True


def ascending(chosen: Sequence[Published]) -> list[Published]:
    """From the first on, those that go only forward in every partition of posts.v1: where two workers wrote
    at once, what goes back is left for another reading."""
    ladder: list[Published] = []
    for one in chosen:
        if not ladder or reached(ladder[-1].reputation.origins, one.reputation.origins):
            ladder.append(one)
    return ladder
