"""Corrections as the log holds them: read for a replay, exported for an evaluation."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import orjson

from agents.proving.corrections import Standing, corrected, standing_of
from agents.proving.recount import Rejudged
from schemas.codec import encode_post
from schemas.correction import Correction, decode_correction
from schemas.topics import CORRECTIONS
from streams.broker.error import BrokerError
from streams.evidence import asking
from streams.evidence.originals import Originals
from streams.log_reader import log_reader
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Corrected:
    """What people said, and up to where it was read (`corrections.v1/0@12 …`, exclusive); "" where nobody did."""

    standing: Standing
    version: str

    def of(self, found: Rejudged) -> Rejudged:
        return Rejudged(
            found.received, found.partition, found.offset, corrected(found.records, self.standing)
        )


def read_corrections(settings: Settings) -> Corrected:
    """All that corrections.v1 holds now; a Kafka without the topic has none. `settings.broker` must be set."""
    said: list[tuple[int, Correction]] = []
    ends = []
    with log_reader(settings.broker or "", settings.security) as reader:
        try:
            reaches = reader.reaches(CORRECTIONS.name)
        except BrokerError:
            return Corrected({}, "")
        for reach in reaches:
            if reach.end > reach.start:
                ends.append(f"{reach.topic}/{reach.partition}@{reach.end}")
            said += [
                (record.timestamp, one) for record in reader.read(reach) for one in _decoded(record.value)
            ]
    said.sort(key=lambda one: one[0])  # stable: those of one post lie in one partition, in order
    return Corrected(standing_of(one for _, one in said), " ".join(ends))


def exported(standing: Standing, index: sqlite3.Connection, originals: Originals) -> Iterator[bytes]:
    """A JSON line for each correction whose post stands and can be opened: the post, and what people say of it."""
    for said in standing.values():
        voice = asking.voice(index, said.company, said.post)
        if voice is None or voice.version != said.version:
            continue
        place = voice.partition, voice.offset
        post = originals.posts([place]).get(place)
        if post is not None:
            line = {"correction": asdict(said), "post": orjson.loads(encode_post(post))}
            yield orjson.dumps(line, option=orjson.OPT_SORT_KEYS)


def _decoded(value: bytes | None) -> Iterator[Correction]:
    try:
        yield decode_correction(value or b"")
    except (ValueError, KeyError, TypeError):
        return  # others may write there; what is no correction corrects nothing
