"""The hash chain over reputation.v1: where it ends, and whether every link holds.

Each record carries the SHA-256 of the record before it of the same subject. An honest watch can leave a
chain that begins anew (its last record lay too far back to be looked for) or that forks (two workers
wrote at once while partitions moved); neither needs a record to be altered or missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import orjson

from streams.log_reader import LogReader, LogRecord, Reach

LOOK_BACK = 200_000  # records of a partition that are looked through for a subject's last one
_BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not simply go on; `offset` is that of the record that shows it."""

    subject: str
    partition: int
    offset: int
    kind: Literal["missing", "unreadable", "fork", "anew"]

    @property
    def honest(self) -> bool:
        """Whether a watch that nobody touched can leave this."""
        return self.kind in {"fork", "anew"}


def digest_of(raw: bytes) -> str:
    """What the next record calls this one."""
    return hashlib.sha256(raw).hexdigest()


def subject_of(raw: bytes) -> str:
    """`company` or `company#person`; ValueError, KeyError or TypeError for bytes that are no record."""
    found = orjson.loads(raw)
    company, person = found["company"], found["person"]
    return f"{company}#{person}" if person else str(company)


def last_records(reader: LogReader, reach: Reach, subjects: Iterable[str]) -> dict[str, bytes]:
    """The last record of each of `subjects` that `reach` holds, looked for from its end backward."""
    wanted = set(subjects)
    found: dict[str, bytes] = {}
    high = reach.end
    floor = max(reach.start, reach.end - LOOK_BACK)
    while wanted - found.keys() and high > floor:
        low = max(floor, high - _BLOCK)
        block: dict[str, bytes] = {}
        for record in reader.read(Reach(reach.topic, reach.partition, low, high)):
            try:
                subject = subject_of(record.value or b"")
            except (ValueError, KeyError, TypeError):
                continue  # what is wrong there is `broken`'s to tell
            block[subject] = record.value or b""
        found = {**{name: raw for name, raw in block.items() if name in wanted}, **found}
        high = low
    return found


def broken(records: Iterable[LogRecord], *, truncated: bool) -> Iterator[Break]:
    """Every break in one partition's records, in order. `truncated`: older records have been let go by
    retention, so the first of a subject may name one that is gone."""
    heads: dict[str, str] = {}
    known: dict[str, set[str]] = {}
    for record in records:
        raw = record.value or b""
        try:
            subject, previous = subject_of(raw), orjson.loads(raw).get("previous")
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Break("", record.partition, record.offset, "unreadable")
            continue
        if subject in heads:
            if previous is None:
                yield Break(subject, record.partition, record.offset, "anew")
            elif previous != heads[subject]:
                kind: Literal["fork", "missing"] = "fork" if previous in known[subject] else "missing"
                yield Break(subject, record.partition, record.offset, kind)
        elif previous is not None and not truncated:
            yield Break(subject, record.partition, record.offset, "missing")
        heads[subject] = digest_of(raw)
        known.setdefault(subject, set()).add(heads[subject])
