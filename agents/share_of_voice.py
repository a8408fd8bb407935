"""Whose share of the talk is it? Each company's part of the weight of all, whoever measured it.

A company is measured in one partition, so the shares can only be taken over the records of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from agents.reputation import half_up
from schemas.reputation import Reputation

WHOLE = 10_000


def share_of_voice(records: Iterable[Reputation]) -> dict[tuple[str, str], int]:
    """(company, window) -> share of the window's weight in 1/10,000; windows without any weight are left out.

    Persons are part of their companies' voice and have none of their own.
    """
    weights = {
        (record.company, window.window): window.weight
        for record in records
        if record.person is None
        for window in record.windows
    }
    totals: dict[str, int] = {}
    for (_, window), weight in weights.items():
        totals[window] = totals.get(window, 0) + weight
    return {
        (company, window): half_up(WHOLE * weight, totals[window])
        for (company, window), weight in weights.items()
        if totals[window]
    }
