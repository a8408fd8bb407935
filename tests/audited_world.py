"""An audit of the sample corpus as reports are made of it, without a broker."""

from __future__ import annotations

from dataclasses import replace

from evidence_world import RECEIVED, Kept, judged_corpus

from agents.measure import Measure, MeasureSettings
from agents.proving.comparison import Cause, Finding, compare
from schemas.mention import decode_mention
from schemas.reputation import decode, encode
from schemas.topics import MENTIONS
from streams.chain import digest_of
from streams.evidence.views import Watched
from streams.proving.report import Audited, places_of
from streams.proving.shelf import Published, Shelf
from streams.proving.witnesses import Witnesses
from streams.settings import read_settings
from streams.watchlist.reading import load_watchlists

COMPANY = "telvane"
SHOWN = 26  # of its records: the one in the midst of the dip


def audited(*, altered: bool = False) -> Audited:
    """Telvane's records up to the dip; `altered`: the last one says otherwise than the posts."""
    raw, records = judged_corpus()
    published = [
        _published(found.value or b"", found.offset) for found in records if found.topic != MENTIONS.name
    ]
    shelf = Shelf(published=_chained([one for one in published if one.reputation.company == COMPANY]))
    chosen = shelf.published[: SHOWN + 1]
    last = chosen[-1].reputation
    mentions = [decode_mention(found.value or b"") for found in records if found.topic == MENTIONS.name]
    before = [one for one in mentions if one.origin.offset <= last.origins[0].offset]
    measure, witnesses = Measure(MeasureSettings()), Witnesses(chosen)
    measure.fold(list(enumerate(before)), now=RECEIVED)
    witnesses.see(before)
    witnesses.testify(chosen[-1], measure.moved(COMPANY, last.at))
    shown = witnesses.of[chosen[-1].offset]
    watched = Watched.of(load_watchlists(read_settings({}).watchlists))
    posts = Kept(raw).posts(places_of(shown))
    findings = [_finding(one, altered=altered and one is chosen[-1]) for one in chosen]
    return Audited("Telvane", shelf, chosen, findings, shown, posts, watched.accounts, RECEIVED)


def _published(value: bytes, offset: int) -> Published:
    return Published(0, offset, decode(value), digest_of(value))


def _chained(published: list[Published]) -> list[Published]:
    """Each naming the one before, as the recorder writes them."""
    made: list[Published] = []
    for one in published:
        record = replace(one.reputation, previous=made[-1].digest if made else None)
        made.append(Published(0, one.offset, record, digest_of(encode(record))))
    return made


def _finding(one: Published, *, altered: bool) -> Finding:
    if not altered:
        return compare(one.reputation, one.reputation, (0, one.offset), ())
    windows = tuple(replace(window, score=window.score + 700) for window in one.reputation.windows)
    return compare(
        replace(one.reputation, windows=windows),
        one.reputation,
        (0, one.offset),
        [Cause("tampering", "the record after it names another hash: this record was altered")],
    )
