"""`measure`: mentions of one partition in, table writes and reputation out. No clock, no IO.

The state is a ledger (see `agents.measuring.ledger`); figures are derived from it. Whatever is delivered again, in
another order or in other batches, the same figures come out; only what is too late for the ledger
(its day sealed, `horizon` behind the watermark) is counted as it arrives, under the origins' fence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from agents.measuring.archive import Archive, Writes
from agents.measuring.contributions import (
    Names,
    hash64,
    ledger_key,
    pack,
    post_of,
    subjects_of,
    time_of,
    unpack,
)
from agents.measuring.ledger import Ledger, Verdict
from agents.measuring.panes import Sums, pane_of
from agents.measuring.tally import CompanyTally, Tally
from agents.measuring.windows import Timeline
from agents.measuring.withdrawals import Withdrawals
from agents.standing.evidence import Moved
from agents.standing.figures import Figures, Reading
from agents.standing.reputation import ScoreSettings
from schemas.mention import AuthorRetraction, Mention, MentionRecord, Retraction
from schemas.reputation import DAY, MINUTE, OUTCOMES, Origin, Reputation, Run, outcome

_INDEX = {name: number for number, name in enumerate(OUTCOMES)}
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
        self._withdrawals = Withdrawals()
        self._void: set[bytes] = set()  # in the ledger, but its author withdrew: in no timeline
        self._behind = False  # of withdrawals that are not applied to what the ledger holds
        self._archive = Archive(self._ledger, self._withdrawals, self._names)
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

    @property
    def missing(self) -> tuple[tuple[int, int], ...]:
        """Offsets up to the fence that were folded once and are in no value that was restored, as first and
        last: the table has lost them, and no figure can be trusted."""
        return self._archive.missing

    def begin_anew(self, names: Iterable[str]) -> None:
        """On a fresh Measure: the next fold also removes the table values of these names."""
        self._archive.remove(names)

    def restore(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Take over what the table held, in any order; only on a fresh Measure."""
        self.totals = self._archive.restore(items)
        self.fence = self._archive.last
        # what is void first: a repost looks for its original among what counts
        self._void.update(body for body in self._ledger if self._withdrawals.covers(body))
        for body in self._ledger:
            self._enter(body)
        for subject in self.totals.subjects:
            self._timeline(self._names.id_of(subject))

    def fold(self, batch: Sequence[tuple[int, MentionRecord]], now: int) -> Writes:
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
        authors: dict[str, None] = {}
        origins: set[str] = set()
        for _, record in fresh:
            origin = f"{record.origin.topic}/{record.origin.partition}"
            origins.add(origin)
            if isinstance(record, AuthorRetraction):
                authors[record.author] = None
                self._withdrawal(record, origin, part)
                continue
            post = ledger_key(record.post)
            touched[post] = None
            if isinstance(record, Mention):
                received = now if record.received is None else record.received
                self._mention(record, post, origin, received + self._settings.allowance, part)
            else:
                self._retraction(record, post, origin, part)
        self._void_withdrawn()
        # from the fence on, not from the first record: ranges that meet show that none is missing
        first, self.fence = self.fence + 1, fresh[-1][0]
        part.watermark, part.sealed = self.totals.watermark, self.totals.sealed
        part.origins = {origin: self.totals.origins[origin] for origin in origins}
        self.totals.merge(part)
        return self._archive.append((first, self.fence), part, touched, authors, part.sealed)

    def figures(self, at: int, *, evidence: bool = True) -> list[Reputation]:
        """Every company ever seen here, and every opted-in person, as of event time `at`; without `evidence` none
        names the posts that moved its score, whose search grows with the posts of a day: to look at, not to record."""
        found = []
        origins = self._origins()
        known = {self._names.text_of(subject) for subject, line in self._timelines.items() if line.panes}
        for subject in sorted(known.union(self.totals.subjects)):
            company, _, person = subject.partition("#")
            tally, reading = self.totals.of(company), self._reading(subject, at, evidence=evidence)
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
                    evidence=reading.evidence if evidence else (),
                    baseline=reading.baseline,
                    origins=origins,
                )
            )
        return found

    def moved(self, subject: str, at: int) -> tuple[Moved, ...]:
        """The posts that moved the subject's 24-hour score most as of `at`, and how far."""
        return self._reading(subject, at, evidence=True).moved or ()

    def _origins(self) -> tuple[Origin, ...]:
        runs = {
            name: tuple(sorted(Run(first, last, rules) for rules, (first, last) in found.items()))
            for name, found in self.totals.runs.items()
        }
        return tuple(
            Origin(name, offset, seen, runs.get(name, ()))
            for name, (offset, seen) in sorted(self.totals.origins.items())
        )

    def _reading(self, subject: str, at: int, *, evidence: bool) -> Reading:
        """Read again only what has changed or moved into another pane."""
        timeline = self._timeline(self._names.id_of(subject))
        stamp = (timeline.changes, pane_of(at))
        known = self._read.get(subject)
        if known is None or known[0] != stamp or (evidence and known[1].moved is None):
            tally = self.totals.subjects.get(subject, CompanyTally())
            sealed = Sums(tally.sealed_weight, 0, tally.sealed_polarity, 0)
            read = self._figures.read(timeline, sealed, at, evidence=evidence)
            known = self._read[subject] = (stamp, read)
        return known[1]

    def _mention(self, mention: Mention, post: str, origin: str, latest: int, part: Tally) -> None:
        company, offset, time = part.of(mention.company), mention.origin.offset, mention.event_time
        part.judged(origin, offset, mention.versions)
        passed = self.totals.passed(origin, offset, mention.company)
        late = time // DAY <= self.totals.sealed
        arrived: Verdict = "duplicate" if passed else "counted"
        verdict = arrived if late else self._join(mention, post)
        if verdict == "duplicate":
            part.duplicates += 1
        elif verdict == "stale":
            part.stale += 1
        else:
            company.mentions[_INDEX[outcome(mention.label, scored=mention.scored)]] += 1
            company.late += late
            part.future += time > latest
        seen = time if time < latest else latest  # noqa: FURB136 - a call is four times as dear
        company.newest = max(company.newest, seen)
        if seen > self.totals.watermark:
            self.totals.watermark = seen
            self._seal((seen - self._settings.horizon) // DAY - 1, part)

    def _join(self, mention: Mention, post: str) -> Verdict:
        """Enter the ledger and the timelines; the verdict on the company's contribution."""
        verdicts = []
        for subject in subjects_of(mention):
            body = pack(mention, subject, self._names)
            change = self._ledger.join(post, body)
            verdicts.append(change.verdict)
            for gone in change.removed:
                self._leave(gone)
            if change.came and not self._enter(body):
                verdicts[-1] = "stale"
        return verdicts[0]

    def _enter(self, body: bytes) -> bool:
        """Let what the ledger took up count, unless its author withdrew."""
        if self._withdrawals.covers(body):
            self._void.add(body)
            return False
        head = unpack(body)
        self._timeline(head.subject).add(body, head)
        return True

    def _leave(self, body: bytes) -> None:
        """Take out what the ledger let go."""
        if body in self._void:
            self._void.remove(body)
        else:
            self._take_out(body)

    def _take_out(self, body: bytes) -> None:
        head = unpack(body)
        self._timeline(head.subject).remove(body, head)

    def _retraction(self, retraction: Retraction, post: str, origin: str, part: Tally) -> None:
        if self.totals.passed(origin, retraction.origin.offset, ""):
            part.duplicates += 1
        elif retraction.at // DAY <= self.totals.sealed and not self._ledger.of(post):
            part.late_retractions += 1
            return
        else:
            part.retractions += 1
        for body in self._ledger.retract(post, retraction.below, retraction.at):
            self._leave(body)

    def _withdrawal(self, withdrawal: AuthorRetraction, origin: str, part: Tally) -> None:
        late = withdrawal.at // DAY <= self.totals.sealed
        if self.totals.passed(origin, withdrawal.origin.offset, ""):
            part.duplicates += 1
        elif late:
            part.late_retractions += 1
        else:
            part.retractions += 1
        if not late:
            self._behind |= self._withdrawals.join(withdrawal.author, withdrawal.at)

    def _void_withdrawn(self) -> None:
        """Apply what withdrawals came, all at once, for it takes a walk through the ledger."""
        if not self._behind:
            return
        self._behind = False
        gone = [body for body in self._ledger if body not in self._void and self._withdrawals.covers(body)]
        for body in gone:
            self._void.add(body)  # one at a time: reposts look for their original among what counts
            self._take_out(body)

    def _seal(self, last: int, part: Tally) -> None:
        """Close every day up to `last`: its weight goes to the long run, its entries go."""
        if last <= self.totals.sealed:
            return
        self._void_withdrawn()
        self.totals.sealed = last
        for subject, timeline in self._timelines.items():
            for day in sorted(day for day in timeline.clusters.days if day <= last):
                weighed, gone = timeline.seal(day)
                part.seal(self._names.text_of(subject), weighed)
                for body in gone:
                    self._ledger.forget(post_of(body), body)
        for body in [body for body in self._void if time_of(body) // DAY <= last]:
            self._void.remove(body)
            self._ledger.forget(post_of(body), body)
        self._ledger.forget_barriers(last)
        self._withdrawals.forget(last)

    def _timeline(self, subject: int) -> Timeline:
        found = self._timelines.get(subject)
        if found is None:
            original = partial(_original, self._ledger, self._void, subject)
            found = self._timelines[subject] = Timeline(original)
        return found


def _original(ledger: Ledger, void: set[bytes], subject: int, post: str) -> bytes | None:
    """What counts of a post for a subject. No method: a timeline that knew its Measure would be a cycle, and a state
    that partitions took along would stay in memory until the collector comes, which is seldom."""
    held = (body for body in ledger.of(post) if unpack(body).subject == subject)
    return next((body for body in held if body not in void), None)
