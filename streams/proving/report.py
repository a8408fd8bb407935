"""The audit as a page for people: one file that opens offline, prints, and says in words what was found."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from agents.measuring.novelty import SHARE
from agents.proving.comparison import Finding
from agents.standing.reputation import ScoreSettings
from schemas.instants import rfc3339
from schemas.mention import Mention
from schemas.post import Post
from schemas.reputation import DAY, Reputation, WindowFigures
from streams.pages.curves import Point, around, curve
from streams.pages.marking import Piece, pieces
from streams.pages.rendering import original_of, render, style
from streams.pages.words import Language, Words
from streams.proving.shelf import Published, Shelf
from streams.proving.text import findings_json
from streams.proving.witnesses import Witness

DAILY = "24h"
LISTED = 200  # findings shown one by one
POINTS = 400  # of the curve
_KAPPA = ScoreSettings().kappa * SHARE


@dataclass(frozen=True, slots=True)
class Audited:
    """Everything that an audit of one subject brought, the last record of `chosen` being the one shown in full."""

    name: str
    shelf: Shelf
    chosen: Sequence[Published]
    findings: Sequence[Finding]
    witnesses: Sequence[Witness]
    posts: Mapping[tuple[int, int], Post]
    accounts: Collection[str]
    made: int  # epoch ms

    @property
    def shown(self) -> Published:
        return self.chosen[-1]

    @property
    def finding(self) -> Finding:
        """That of the record shown."""
        return next(found for found in self.findings if found.offset == self.shown.offset)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A post that moved the figure, as the page shows it."""

    mention: Mention
    points: float
    copies: int
    pieces: Sequence[Piece] | None
    original: str | None
    at: str


def report_html(audited: Audited, language: Language) -> str:
    """The whole page."""
    words = Words(language)
    record, window = audited.shown.reputation, _window(audited.shown.reputation)
    points = _course(audited.shelf, audited.shown)
    scores = [score for _, score, _, _, enough in points if enough] or [0]
    after = audited.shelf.successor(audited.shown)
    return render(
        "report.html",
        language,
        style=style(),
        policy=_policy(),
        audited=audited,
        finding=audited.finding,
        record=record,
        at=rfc3339(record.at),
        window=window,
        windows=record.windows,
        outcomes=Counter(found.outcome for found in audited.findings),
        listed=list(reversed(audited.findings))[:LISTED],
        drawn=curve(points, 720, 200, around(points)),
        table=points[::-1][:100],
        says=words(
            "course.says",
            first=words.points(scores[0]),
            last=words.points(scores[-1]),
            lowest=words.points(min(scores)),
            highest=words.points(max(scores)),
        ),
        exhibits=[_exhibit(witness, window, audited) for witness in audited.witnesses],
        missing=len(record.evidence) - len(audited.witnesses),
        disclosures=sorted(window.disclosures.items(), key=lambda found: (-found[1], found[0])),
        after=after,
        linked=after is not None and after.reputation.previous == audited.shown.digest,
        reading=False,
    )


def report_json(audited: Audited) -> str:
    """The same for a program: findings, breaks, the record itself and the posts that moved it, without their texts."""
    whole = orjson.loads(findings_json(audited.findings, audited.shelf.breaks))
    whole |= {
        "company": audited.shown.reputation.company,
        "record": asdict(audited.shown.reputation),
        "place": {
            "topic": "reputation.v1",
            "partition": audited.shown.partition,
            "offset": audited.shown.offset,
        },
        "sha256": audited.shown.digest,
        "evidence": [
            {
                "points": _points(witness, _window(audited.shown.reputation)),
                "copies": witness.copies,
                "mention": asdict(witness.mention),
            }
            for witness in audited.witnesses
        ],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def places_of(witnesses: Iterable[Witness]) -> list[tuple[int, int]]:
    """Where in posts.v1 their posts lie."""
    return [(found.mention.origin.partition, found.mention.origin.offset) for found in witnesses]


def _policy() -> str:
    """Nothing from anywhere, no script; the one style that is in the page, by its hash."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _window(record: Reputation) -> WindowFigures:
    return next(window for window in record.windows if window.window == DAILY)


def _points(witness: Witness, window: WindowFigures) -> float:
    """How far it moved the daily score: its part of 50 (S - mu)."""
    return 50 / 10_000 * witness.pull / (window.weight * SHARE + _KAPPA)


def _exhibit(witness: Witness, window: WindowFigures, audited: Audited) -> Exhibit:
    mention = witness.mention
    post = audited.posts.get((mention.origin.partition, mention.origin.offset))
    disclosed = [(found.kind, found.explicit, *found.span) for found in mention.disclosures]
    return Exhibit(
        mention,
        _points(witness, window),
        witness.copies,
        pieces(post, disclosed, audited.accounts) if post else None,
        original_of(post),
        rfc3339(mention.event_time),
    )


def _course(shelf: Shelf, shown: Published) -> list[Point]:
    """The daily score of the week before the record, and at it."""
    last = shown.reputation
    week: list[Point] = []
    for one in shelf.published:
        record = one.reputation
        if (
            record.person == last.person
            and last.at - 7 * DAY <= record.at <= last.at
            and one.offset <= shown.offset
        ):
            window = _window(record)
            week.append((record.at, window.score, window.low, window.high, window.state == "ok"))
    week.sort()
    return week[:: -max(1, len(week) // POINTS)][::-1]
