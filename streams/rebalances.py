"""Which rebalance is it that ends? Faust lets a recovery that the next rebalance has overtaken go on to its end, as long
as no partitions were assigned anew: it would open partitions that are about to move, and end a rebalance that is
under way. What came then would be cleared from Faust's queues when the next recovery ends, and be lost."""

from __future__ import annotations


class Rebalances:
    """Counts of one app. Told by the consumer's thread (`begin`) and by the event loop (the others)."""

    def __init__(self) -> None:
        self._begun = self._assigned = self._completing = 0

    def begin(self) -> None:
        """Partitions are moving."""
        self._begun += 1

    def assign(self) -> None:
        """Partitions were given for the rebalance that began last; their recovery is to follow."""
        self._assigned = self._begun

    def complete(self) -> None:
        """The recovery of the partitions that were given last comes to its end."""
        self._completing = self._assigned

    @property
    def overtaken(self) -> bool:
        """Whether another one began since partitions were given."""
        return self._begun != self._assigned

    @property
    def over(self) -> bool:
        """Whether the recovery that comes to its end is that of the last one."""
        return self._completing == self._begun
