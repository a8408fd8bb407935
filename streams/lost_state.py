"""A partition's state that has lost something: its changelog was cut (retention, delete-records), or an old value came
late from a worker that had lost the partition. Or the topic that it was made from has.

Noticed by what a state says of itself: its fence lies before the committed offset, or its ledger has gaps. Cured by
reading the topic again from where the state stands, which every state takes without counting twice; where
the topic no longer reaches back so far, the worker ends, for its figures would be wrong.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from typing import NoReturn

from agents.measure import Measure, MeasureSettings
from streams.child import REFUSED

log = logging.getLogger("vigie.lost_state")


def log_lost(topic: str, partition: int, wanted: int, kept: int, end: int) -> None:
    """Say what the topic itself has lost of what a state expects at `wanted`; does not return where it ends before
    that: records that come there now would be taken for those that were counted."""
    if end < wanted:
        log.critical(
            "%s/%d ends at offset %d, but what lay there up to %d was counted: Kafka has lost records, and new ones "
            "would be taken for them. Ending. Put the topic back from a copy; or stop all workers and delete mentions.v1, "
            "the topics vigie-*-changelog and the group vigie, to count everything again from posts.v1.",
            topic, partition, end, wanted,
        )  # fmt: skip
        _refuse()
    if kept > wanted > 0:
        log.error(
            "%s/%d: offsets %d to %d were deleted before they were read: they are in no figure. Keep the topic for "
            "longer than a worker may be away.",
            topic, partition, wanted, kept - 1,
        )  # fmt: skip


def state_lost(topic: str, partition: int, committed: int, wanted: int, kept: int) -> None:
    """Say that a partition is read from `wanted` though `committed` was reached; does not return where the
    topic begins at `kept`, after that."""
    if kept <= wanted:
        log.warning(
            "%s/%d: its state ends before offset %d, though %d was committed: reading on from there",
            topic, partition, wanted, committed,
        )  # fmt: skip
        return
    log.critical(
        "%s/%d: its state has lost what came from offset %d on, and the topic now begins at %d: figures would be "
        "wrong. Ending. Put the changelogs back from a copy; or stop all workers and delete mentions.v1, the topics "
        "vigie-*-changelog and the group vigie, to count everything again from posts.v1.",
        topic, partition, wanted, kept,
    )  # fmt: skip
    _refuse()


def _refuse() -> NoReturn:
    logging.shutdown()
    os._exit(REFUSED)


class ReadAgain:
    """Partitions that are read again after a loss, and the offset up to which: before that their figures are those
    of a part of the posts."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, int], int] = {}

    def until(self, topic: str, partition: int, offset: int) -> None:
        """The partition's state was once at `offset`."""
        self._until[topic, partition] = offset

    def under_way(self, next_offset: Callable[[str, int], int | None]) -> bool:
        """Whether one of them is not there yet; `next_offset` as `BatchingApp` has it. Those of which this worker no
        longer holds a state are another's to wait for."""
        self._until = {
            place: until
            for place, until in self._until.items()
            if (at := next_offset(*place)) is not None and at < until
        }
        return bool(self._until)


def whole_ledger(rows: Iterable[tuple[str, bytes]], settings: MeasureSettings) -> Measure:
    """The ledger of these table values; an empty one, which will replace them, where some are missing."""
    held = list(rows)
    measure = Measure(settings)
    measure.restore(held)
    if not measure.missing:
        return measure
    gaps = ", ".join(f"{first}-{last}" for first, last in measure.missing)
    log.warning(
        "a ledger's table has lost the offsets %s of mentions.v1: counting that partition again", gaps
    )
    empty = Measure(settings)
    empty.begin_anew(name for name, _ in held)
    return empty
