"""`vigie audit --verify`: is everything that an audit rests on as it was written? Nothing is judged for it.

Checked: every link of the chain over reputation.v1; every byte of posts.v1 against the digests that were sealed
while it was read; every kept version against the hash in its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.seal import Seal, decode_seal, link
from schemas.topics import POSTS, REPUTATION, SEALS
from streams.chain import broken
from streams.log_reader import LogReader, Reach, log_reader
from streams.proving.rejudging import Advance
from streams.settings import Settings
from streams.versions import altered_versions


@dataclass(frozen=True, slots=True)
class Verified:
    """One thing that was looked into: `sound`, or not; `honest` where an untouched watch can come to it."""

    what: str
    sound: bool
    honest: bool
    detail: str


def verify(settings: Settings, advance: Advance) -> Iterator[Verified]:
    """`advance` is told of records done; `settings.broker` must be set."""
    with log_reader(settings.broker or "", settings.security) as reader:
        for reach in reader.reaches(REPUTATION.name):
            yield from _chain(reader, reach, advance)
        seals, wrong = _seals(reader)
        yield from wrong
        for reach in reader.reaches(POSTS.name):
            yield _sealed(reader, reach, seals.get(f"{reach.topic}/{reach.partition}", []), advance)
    altered = list(altered_versions(settings.home))
    for sentence in altered:
        yield Verified("versions", sound=False, honest=False, detail=sentence)
    if not altered:
        yield Verified("versions", sound=True, honest=True, detail="every kept file has the hash in its name")


def records_to_verify(settings: Settings) -> int:
    """Offsets that `verify` reads."""
    with log_reader(settings.broker or "", settings.security) as reader:
        reaches = [reach for topic in (REPUTATION, POSTS) for reach in reader.reaches(topic.name)]
    return sum(reach.end - reach.start for reach in reaches)


def _chain(reader: LogReader, reach: Reach, advance: Advance) -> Iterator[Verified]:
    what = f"{reach.topic}/{reach.partition}"
    sentences = {
        "missing": "the record before this one was altered or removed",
        "unreadable": "this is no record: it was altered, or another wrote it",
        "fork": "names an older record: two workers wrote while partitions moved",
        "anew": "names no record before it: the chain begins anew, the last one lay too far back",
    }
    sound = True
    for gap in broken(reader.read(reach), truncated=reach.start > 0):
        sound = sound and gap.honest
        detail = f"offset {gap.offset} ({gap.subject or 'no subject'}): {sentences[gap.kind]}"
        yield Verified(what, sound=False, honest=gap.honest, detail=detail)
    advance(reach.end - reach.start)
    if sound:
        yield Verified(
            what, sound=True, honest=True, detail=f"{reach.end - reach.start} records, every link holds"
        )


def _seals(reader: LogReader) -> tuple[dict[str, list[Seal]], list[Verified]]:
    """The seals by what they seal, and what is no seal."""
    found: dict[str, list[Seal]] = defaultdict(list)
    wrong: list[Verified] = []
    for reach in reader.reaches(SEALS.name):
        for record in reader.read(reach):
            try:
                seal = decode_seal(record.value or b"")
            except (ValueError, TypeError):
                what = f"{reach.topic}/{reach.partition}"
                wrong.append(
                    Verified(what, sound=False, honest=False, detail=f"offset {record.offset} is no seal")
                )
            else:
                found[seal.partition].append(seal)
    return found, wrong


def _sealed(reader: LogReader, reach: Reach, seals: list[Seal], advance: Advance) -> Verified:
    """Read again from the newest point at which the digest is known before the first record that is kept."""
    what = f"{reach.topic}/{reach.partition}"
    known = sorted({seal.offset: seal for seal in seals}.values(), key=lambda seal: seal.offset)
    whole = [seal for seal in known if seal.first >= reach.start]
    base = None if whole else next((seal for seal in known if seal.offset >= reach.start), None)
    due = [seal for seal in known if base is None or seal.offset > base.offset]
    advance(reach.end - reach.start)
    if not due:
        return Verified(what, sound=True, honest=True, detail="nothing is sealed yet")
    if due[-1].offset >= reach.end:
        detail = f"sealed up to offset {due[-1].offset}, but it ends at {reach.end}: records were removed"
        return Verified(what, sound=False, honest=False, detail=detail)
    digest = base.digest if base else ""
    start = base.offset + 1 if base else due[0].first
    sealed_at = {seal.offset: seal.digest for seal in due}
    good = start
    for record in reader.read(Reach(reach.topic, reach.partition, start, due[-1].offset + 1)):
        digest = link(digest, record.offset, record.timestamp, record.value)
        if record.offset not in sealed_at:
            continue
        if sealed_at.pop(record.offset) != digest:
            detail = f"a record from offset {good} to {record.offset} was altered, added or removed"
            return Verified(what, sound=False, honest=False, detail=detail)
        good = record.offset + 1
    if sealed_at:
        detail = f"the sealed offset {min(sealed_at)} is gone: records were removed"
        return Verified(what, sound=False, honest=False, detail=detail)
    return Verified(
        what, sound=True, honest=True, detail=f"offsets {start} to {due[-1].offset} are as they were sealed"
    )
