"""What a look at the app finds: ages, not only numbers."""

from types import SimpleNamespace
from typing import Any

from faust.types import TP

from streams.lease import Lease
from streams.vital_signs import VitalSigns, buffered

PLACE, OTHER = TP("posts.v1", 0), TP("mentions.v1", 1)


class App:
    """As much of Faust's app as is looked at."""

    def __init__(self, clock: Any) -> None:
        self.lease = Lease(9.0, clock)
        self.ends = {PLACE: 10, OTHER: 5}
        self.committed: dict[TP, int] = {PLACE: 10, OTHER: 5}
        self.consumer = SimpleNamespace(
            assignment=lambda: {PLACE, OTHER, TP("vigie-ledger-changelog", 0)},
            highwater=self.ends.get,
            _read_offset=self.ends,
            _committed_offset=self.committed,
        )
        left = SimpleNamespace(in_recovery=False, active_remaining_total=lambda: 7)
        self.tables = SimpleNamespace(recovery=left)
        self._producer: Any = None


def test_a_partition_waits_from_when_something_lay_there_until_a_commit_moves() -> None:
    now = 100.0
    app = App(lambda: now)
    signs = VitalSigns(app, now=lambda: now)  # type: ignore[arg-type]
    app.lease.renew()

    def waits(at: float) -> dict[str, float]:
        nonlocal now
        now = at
        signs.look()
        return dict(signs.newest.waiting)

    assert waits(101) == {}
    app.ends[PLACE] = 20
    assert waits(102) == {"posts.v1": 102}
    assert waits(110) == {"posts.v1": 102}
    app.committed[PLACE] = 15
    assert waits(111) == {"posts.v1": 111}
    app.ends[OTHER] = 6
    assert waits(112) == {"posts.v1": 111, "mentions.v1": 112}
    app.committed[PLACE] = 20
    assert waits(113) == {"mentions.v1": 112}


def test_what_recovery_has_left_is_told_while_it_lasts() -> None:
    app = App(lambda: 100.0)
    signs = VitalSigns(app, now=lambda: 100.0)  # type: ignore[arg-type]
    signs.look()
    assert (signs.newest.recovering, signs.newest.heard) == (0, None), "nothing was assigned yet"
    app.lease.renew(97.0)
    signs.look()
    assert (signs.newest.recovering, signs.newest.heard) == (0, 97.0)
    app.tables.recovery.in_recovery = True
    signs.look()
    assert signs.newest.recovering == 7


def test_the_buffer_is_what_lies_there_and_what_is_under_way() -> None:
    app: Any = App(lambda: 100.0)
    assert buffered(app) == 0
    batch = SimpleNamespace(record_count=5)
    accumulator = SimpleNamespace(
        _batches={PLACE: [batch, batch]}, _pending_batches=[SimpleNamespace(record_count=3)]
    )
    app._producer = SimpleNamespace(_producer=SimpleNamespace(_message_accumulator=accumulator))
    assert buffered(app) == 13


def test_since_when_records_for_reputation_wait_is_told_with_the_commits() -> None:
    since: float | None = None
    app: Any = App(lambda: 100.0)
    signs = VitalSigns(app, lambda: since, now=lambda: 100.0)
    app.lease.renew()
    signs.look()
    assert signs.newest.waiting == {}
    since = 60.0
    signs.look()
    assert signs.newest.waiting == {"reputation.v1": 60.0}
