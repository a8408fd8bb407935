"""Which authors withdrew, and up to when are their posts void? A join-semilattice: the latest time of each stands.

Nothing here touches the ledger: it stays what it would be, and a contribution counts where no withdrawal
covers it. So it does not matter which of the two came first. Bounded as the ledger is: a withdrawal is
forgotten once the day of its time is sealed, and keys are derived only for quarters that are asked for.
"""

from __future__ import annotations

from agents.measuring.author_keys import QUARTER, key_of_quarter
from agents.measuring.contributions import author_of, hash64, time_of
from schemas.reputation import DAY


class Withdrawals:
    """`times`: root of an author -> the time up to which the author's posts are void (epoch milliseconds)."""

    def __init__(self) -> None:
        self.times: dict[str, int] = {}
        self._until: dict[
            int, dict[int, int]
        ] = {}  # quarter -> author's key as contributions hold it -> time

    def join(self, root: str, until: int) -> bool:
        """Void what `root` wrote up to `until`; False if that was known."""
        if until <= self.times.get(root, -1):
            return False
        self.times[root] = until
        for quarter, keys in self._until.items():
            keys[_key(root, quarter)] = until
        return True

    def covers(self, body: bytes) -> bool:
        """Is this contribution void?"""
        if not self.times:
            return False
        time = time_of(body)
        quarter = time // QUARTER
        keys = self._until.get(quarter)
        if keys is None:
            keys = self._until[quarter] = {_key(root, quarter): until for root, until in self.times.items()}
        return time <= keys.get(author_of(body), -1)

    def forget(self, sealed: int) -> None:
        """Drop what reaches no further than the day `sealed`: what it would void is late."""
        for root in [root for root, until in self.times.items() if until // DAY <= sealed]:
            del self.times[root]
            for quarter, keys in self._until.items():
                keys.pop(_key(root, quarter), None)
        over = [quarter for quarter in self._until if ((quarter + 1) * QUARTER - 1) // DAY <= sealed]
        for quarter in over if self.times else list(self._until):
            del self._until[quarter]


def _key(root: str, quarter: int) -> int:
    return hash64(key_of_quarter(root, quarter))
