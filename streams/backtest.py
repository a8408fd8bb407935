"""`vigie backtest`: when would each alert have fired? The alert logic over published records, or over posts.

Records of reputation.v1 tell what was published then; a file of posts is judged and measured anew, in
order of event time, and read at every interval of it, so a change of rules or settings can be tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from agents.judge import Judge
from agents.measure import Measure, MeasureSettings
from agents.measuring.author_keys import author_root
from agents.measuring.mentions import mentions_of
from agents.standing.dips import Cause, DipSettings, diagnose
from schemas.instants import instant, rfc3339
from schemas.mention import AuthorRetraction, Coordinates, Mention, MentionRecord, Retraction
from schemas.post import Post
from schemas.reputation import MINUTE, Reputation, decode
from streams.judges import load_judge
from streams.settings import Settings, SettingsError
from streams.sources.contract import AuthorDelete, Delete, Dropped, Source, Upsert
from streams.sources.fields import FieldMap
from streams.sources.opening import open_source

HOLD = 30 * MINUTE  # an alert that comes back within this never ended (keep_firing_for in the rules)
NEVER = 2**63
BATCH = 256
SECRET = b"backtest"  # of authors' keys: figures depend only on which authors are the same
Evaluation = tuple[int, list[Reputation]]  # an instant, and every subject's figures then


@dataclass(frozen=True, slots=True)
class Alert:
    """One cause, from when it would have fired to when it was last true; `margin` at its worst, 1/100 point."""

    subject: str
    cause: Cause
    fired: int
    last: int
    margin: int

    def words(self) -> str:
        beyond = f", at worst {self.margin / 100:.1f} points beyond its margin" if self.margin else ""
        return f"{rfc3339(self.fired)}  {self.cause:15}  {self.subject}  until {rfc3339(self.last)}{beyond}"


def alerts_of(evaluations: Iterable[Evaluation], settings: DipSettings) -> list[Alert]:
    """Alerts in the order in which they would have fired."""
    found: list[Alert] = []
    standing: dict[tuple[str, Cause], int] = {}  # place in `found`
    for at, records in evaluations:
        for subject, _, cause, margin in diagnose(records, settings):
            place = standing.get((subject, cause))
            if place is not None and at - found[place].last <= HOLD:
                alert = found[place]
                found[place] = replace(alert, last=at, margin=max(alert.margin, margin))
            else:
                standing[subject, cause] = len(found)
                found.append(Alert(subject, cause, at, at, margin))
    return found


def published(lines: Iterable[bytes], since: int = 0, until: int = NEVER) -> Iterator[Evaluation]:
    """Values of reputation.v1, one a line, in order: at each instant, every subject's newest record."""
    newest: dict[tuple[str, str | None], Reputation] = {}
    for at, records in groupby((decode(line) for line in lines if line.strip()), key=attrgetter("at")):
        newest.update({(record.company, record.person): record for record in records})
        if since <= at <= until:
            yield at, [replace(record, at=at) for record in newest.values()]


def measured(
    records: Iterable[MentionRecord], every: int, since: int = 0, until: int = NEVER
) -> Iterator[Evaluation]:
    """Mentions in order of event time, measured, and read at each multiple of `every` (milliseconds)
    of [`since`, `until`] until the first one after the last record."""
    measure = Measure(MeasureSettings())
    waiting: list[tuple[int, MentionRecord]] = []
    due: int | None = None
    for offset, record in enumerate(records):
        time = time_of(record)
        if due is None:
            due = max(time // every + 1, -(-since // every)) * every
        while time >= due:
            if due > until:
                return
            measure.fold(waiting, due)
            waiting.clear()
            yield due, measure.figures(due - 1)
            due += every
        waiting.append((offset, record))
    if due is not None and due <= until:
        measure.fold(waiting, due)
        yield due, measure.figures(due - 1)


def time_of(record: MentionRecord) -> int:
    return record.event_time if isinstance(record, Mention) else record.at


def from_posts(
    settings: Settings, path: str, fields: Sequence[str], say: Callable[[str], None]
) -> list[MentionRecord]:
    """Judge a file of posts, in order of event time; what is no post is said with its reason."""

    def drop(event: Dropped) -> None:
        say(f"line {event.reject.offset}: {event.reject.reason}: {event.reject.detail}")

    source = open_source(path, FieldMap.parse(fields))
    return asyncio.run(_judged(source, load_judge(settings), drop))


def instant_of(text: str | None, default: int) -> int:
    """Epoch milliseconds of an RFC 3339 instant; raises SettingsError."""
    if text is None:
        return default
    found = instant(text)
    if found is None:
        raise SettingsError(f"{text!r} is no instant: write it like 2026-11-02T13:00:00Z")
    return found


async def _judged(source: Source, judge: Judge, drop: Callable[[Dropped], None]) -> list[MentionRecord]:
    found: list[MentionRecord] = []
    posts: list[Post] = []

    def origin() -> Coordinates:
        return Coordinates(source.name, 0, len(found))

    def flush() -> None:
        for post, verdict in zip(posts, judge.judge(posts), strict=True):
            if post.version > 1:
                found.append(Retraction(post.key, post.version, post.created_at, origin()))
            found.extend(mentions_of(post, verdict, origin=origin(), secret=SECRET, versions=judge.version))
        posts.clear()

    async with aclosing(source.events(None)) as events:
        async for event in events:
            if isinstance(event, Upsert):
                posts.append(event.post)
            elif isinstance(event, Delete | AuthorDelete):
                flush()
                found.append(_retraction(event, origin()))
            elif isinstance(event, Dropped):
                drop(event)
            if len(posts) == BATCH:
                flush()
    flush()
    return sorted(found, key=time_of)


def _retraction(event: Delete | AuthorDelete, origin: Coordinates) -> MentionRecord:
    if isinstance(event, Delete):
        return Retraction(event.key, None, event.at, origin)
    return AuthorRetraction(author_root(event.platform, event.author, SECRET), event.at, origin)


def report(evaluations: Iterable[Evaluation], say: Callable[[str], None]) -> None:
    """Say an alert a line, in the order of firing, then over how many evaluations."""
    read = list(evaluations)
    for alert in alerts_of(read, DipSettings()):
        say(alert.words())
    span = f" from {rfc3339(read[0][0])} to {rfc3339(read[-1][0])}" if read else ""
    say(f"{len(read)} evaluations{span}")
