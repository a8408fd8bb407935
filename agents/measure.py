"""`measure`: mentions of one partition in, table writes and reputation out. No clock, no IO.

The state is a ledger (see `agents.measuring.ledger`); figures are derived from it. Whatever is delivered again, in
another order or in other batches, the same figures come out; only what is too late for the ledger
(its day sealed, `horizon` behind the watermark) is counted as it arrives, under the origins' fence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.measuring.archive import Archive, Writes
from agents.measuring.contributions import Names, hash64, ledger_key, pack, post_of, subjects_of, unpack
from agents.measuring.ledger import Ledger, Verdict
from agents.measuring.panes import Sums, pane_of
from agents.measuring.tally import CompanyTally, Tally
from agents.measuring.windows import Timeline
from agents.standing.evidence import Moved
from agents.standing.figures import Figures, Reading
from agents.standing.reputation import ScoreSettings
from schemas.mention import Mention, Retraction
from schemas.reputation import DAY, MINUTE, OUTCOMES, Origin, Reputation, Run, outcome

ARITHMETIC = "1"  # changes with any change of what the same mentions add up to


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """`horizon` (>= the longest window) and `allowance` for fast clocks in milliseconds."""

    horizon: int = 28 * DAY
    allowance: int = 10 * MINUTE
    score: ScoreSettings = field(default_factory=ScoreSettings)
    smallest_cohort: int = 5


class Measure:
    """The state of one partition of mentions.v1.

    `fence` is the last offset folded (-1: none), `totals` everything counted so far: read, never change.
    """

    def __init__(self, settings: MeasureSettings) -> None:
        self._settings = settings
        self._versions = {"arithmetic": ARITHMETIC, "settings": f"{hash64(repr(settings)):016x}"}
        self._names = Names()
        self._ledger = Ledger()
        self._archive = Archive(self._ledger, self._names)
        self._timelines: dict[int, Timeline] = {}
        self._figures = Figures(self._names, settings.score, settings.smallest_cohort)
        self._read: dict[str, tuple[tuple[int, int], Reading]] = {}
        self.fence = -1
        self.totals = Tally()

    @property
    def watermark(self) -> int:
        """Greatest event time seen (epoch milliseconds), bounded by the allowance; 0 before any."""
        return self.totals.watermark

    @property
    def entries(self) -> int:
        """Posts in the ledger."""
        return len(self._ledger.posts)

    @property
    def segments(self) -> int:
        """Table values beside the base."""
        return len(self._archive.segments)

    @property
    def size(self) -> int:
        """Bytes of those values."""
        return self._archive.size

    def restore(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Take over what the table held, in any order; only on a fresh Measure."""
        self.totals = self._archive.restore(items)
        self.fence = self._archive.last
        for body in self._ledger:
            self._timeline(unpack(body).subject).add(body)
        for subject in self.totals.subjects:
            self._timeline(self._names.id_of(subject))

    def fold(self, batch: Sequence[tuple[int, Mention | Retraction]], now: int) -> Writes:
        """Fold (offset, record) pairs in offset order; returns the table writes, None for a tombstone.

        Make them in the order given, all of them; what is at or below the fence is skipped. `now` is
        the time Kafka recorded for the batch (epoch milliseconds): it bounds the watermark where a
        mention does not tell when its post was received.
        """
        fresh = [(offset, record) for offset, record in batch if offset > self.fence]
        if not fresh:
            return {}
        part = Tally()
        touched: dict[str, None] = {}
        origins: set[str] = set()
        for _, record in fresh:
            touched[ledger_key(record.post)] = None
            origins.add(f"{record.origin.topic}/{record.origin.partition}")
            if isinstance(record, Mention):
                received = now if record.received is None else record.received
                self._mention(record, received + self._settings.allowance, part)
            else:
                self._retraction(record, part)
        first, self.fence = fresh[0][0], fresh[-1][0]
        part.watermark, part.sealed = self.totals.watermark, self.totals.sealed
        part.origins = {origin: self.totals.origins[origin] for origin in origins}
        self.totals.merge(part)
        return self._archive.append((first, self.fence), part, touched, part.sealed)

    def figures(self, at: int) -> list[Reputation]:
        """Every company ever seen here, and every opted-in person, as of event time `at`."""
        found = []
        origins = self._origins()
        known = {self._names.text_of(subject) for subject, line in self._timelines.items() if line.panes}
        for subject in sorted(known.union(self.totals.subjects)):
            company, _, person = subject.partition("#")
            tally, reading = self.totals.of(company), self._reading(subject, at)
            found.append(
                Reputation(
                    company=company,
                    person=person or None,
                    at=at,
                    watermark=self.watermark,
                    offset=self.fence,
                    newest=tally.newest,
                    late=tally.late,
                    versions=self._versions,
                    windows=reading.windows,
                    evidence=reading.evidence,
                    baseline=reading.baseline,
                    origins=origins,
                )
            )
        return found

    def moved(self, subject: str, at: int) -> tuple[Moved, ...]:
        """The posts that moved the subject's 24-hour score most as of `at`, and how far."""
        return self._reading(subject, at).moved

    def _origins(self) -> tuple[Origin, ...]:
        runs = {
            name: tuple(sorted(Run(first, last, rules) for rules, (first, last) in found.items()))
            for name, found in self.totals.runs.items()
        }
        return tuple(
            Origin(name, offset, seen, runs.get(name, ()))
            for name, (offset, seen) in sorted(self.totals.origins.items())
        )

    def _reading(self, subject: str, at: int) -> Reading:
        """Read again only what has changed or moved into another pane."""
        timeline = self._timeline(self._names.id_of(subject))
        stamp = (timeline.changes, pane_of(at))
        known = self._read.get(subject)
        if known is None or known[0] != stamp:
            tally = self.totals.subjects.get(subject, CompanyTally())
            sealed = Sums(tally.sealed_weight, 0, tally.sealed_polarity, 0)
            known = self._read[subject] = (stamp, self._figures.read(timeline, sealed, at))
        return known[1]

    def _mention(self, mention: Mention, latest: int, part: Tally) -> None:
        company = part.of(mention.company)
        part.judged(mention.origin, mention.versions)
        passed = self.totals.passed(mention.origin, mention.company)
        late = mention.event_time // DAY <= self.totals.sealed
        arrived: Verdict = "duplicate" if passed else "counted"
        verdict = arrived if late else self._join(mention)
        if verdict == "duplicate":
            part.duplicates += 1
        elif verdict == "stale":
            part.stale += 1
        else:
            company.mentions[OUTCOMES.index(outcome(mention.label, scored=mention.scored))] += 1
            company.late += late
            part.future += mention.event_time > latest
        seen = min(mention.event_time, latest)
        company.newest = max(company.newest, seen)
        if seen > self.totals.watermark:
            self.totals.watermark = seen
            self._seal((seen - self._settings.horizon) // DAY - 1, part)

    def _join(self, mention: Mention) -> Verdict:
        """Enter the ledger and the timelines; the verdict on the company's contribution."""
        post, verdicts = ledger_key(mention.post), []
        for subject in subjects_of(mention):
            body = pack(mention, subject, self._names)
            change = self._ledger.join(post, body)
            verdicts.append(change.verdict)
            for gone in change.removed:
                self._timeline(unpack(gone).subject).remove(gone)
            if change.came:
                self._timeline(self._names.id_of(subject)).add(body)
        return verdicts[0]

    def _retraction(self, retraction: Retraction, part: Tally) -> None:
        post = ledger_key(retraction.post)
        if self.totals.passed(retraction.origin, ""):
            part.duplicates += 1
        elif retraction.at // DAY <= self.totals.sealed and not self._ledger.of(post):
            part.late_retractions += 1
            return
        else:
            part.retractions += 1
        for body in self._ledger.retract(post, retraction.below, retraction.at):
            self._timeline(unpack(body).subject).remove(body)

    def _seal(self, last: int, part: Tally) -> None:
        """Close every day up to `last`: its weight goes to the long run, its entries go."""
        if last <= self.totals.sealed:
            return
        self.totals.sealed = last
        for subject, timeline in self._timelines.items():
            for day in sorted(day for day in timeline.clusters.days if day <= last):
                weighed, gone = timeline.seal(day)
                part.seal(self._names.text_of(subject), weighed)
                for body in gone:
                    self._ledger.forget(post_of(body), body)
        self._ledger.forget_barriers(last)

    def _timeline(self, subject: int) -> Timeline:
        found = self._timelines.get(subject)
        if found is None:
            found = self._timelines[subject] = Timeline(lambda post: self._of(post, subject))
        return found

    def _of(self, post: str, subject: int) -> bytes | None:
        return next((body for body in self._ledger.of(post) if unpack(body).subject == subject), None)
