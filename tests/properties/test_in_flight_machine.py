"""What may be committed never passes work that is not done, whatever order batches are done in.

A state machine delivers batches, lets agents finish or skip them in any order, commits, and goes back to the
committed offset (a rebalance); a naive model keeps the set of records that were worked on.
"""

from dataclasses import dataclass
from types import SimpleNamespace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.transport import InFlight


@dataclass
class Message:
    value: list[SimpleNamespace]
    offset: int
    acked: bool = False
    tracked: bool = False


class Deliveries(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.flight = InFlight()
        self.open: list[Message] = []
        self.stale: list[Message] = []  # of before the last rebalance
        self.worked: set[int] = set()
        self.existing: set[int] = set()  # offsets that hold records: there are gaps
        self.position = 0
        self.committed = 0

    @rule(size=st.integers(1, 4), gap=st.integers(0, 3))
    def deliver(self, size: int, gap: int) -> None:
        known = sorted(offset for offset in self.existing if offset >= self.position)[:size]
        offsets = known or [self.position + gap + n for n in range(size)]
        self.existing.update(offsets)
        message = Message([SimpleNamespace(offset=offset) for offset in offsets], offsets[-1])
        self.flight.deliver(message)
        self.open.append(message)
        self.position = offsets[-1] + 1

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        if self.open:
            message = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
            message.tracked = message.acked = True
            self.worked.update(record.offset for record in message.value)

    @rule(data=st.data())
    def skip(self, data: st.DataObject) -> None:
        """Flow is suspended: Faust acknowledges what nobody worked on."""
        if self.open:
            self.open.pop(data.draw(st.integers(0, len(self.open) - 1))).acked = True

    @rule()
    def late_ack_of_an_earlier_generation(self) -> None:
        for message in self.stale:
            message.acked = True

    @rule()
    def commit(self) -> None:
        offset = self.flight.committable()
        # what was committed while Faust went back is delivered and done again: Faust commits no lower offset
        # (its `_should_commit`)
        if offset is not None and offset > self.committed:
            self.committed = offset

    @rule(revoked=st.booleans())
    def go_back(self, *, revoked: bool) -> None:
        if revoked:
            self.flight = InFlight()
        self.stale, self.open = self.open, []
        self.position = self.committed

    @invariant()
    def everything_below_the_commit_was_worked_on(self) -> None:
        assert {offset for offset in self.existing if offset < self.committed} <= self.worked

    def teardown(self) -> None:
        """Progress: once all is done in order, all is committed."""
        self.go_back(revoked=True)
        while any(offset >= self.position for offset in self.existing):
            self.deliver(4, 0)
        for message in self.open:
            message.tracked = message.acked = True
            self.worked.update(record.offset for record in message.value)
        self.commit()
        assert self.committed == max(self.existing, default=-1) + 1


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
