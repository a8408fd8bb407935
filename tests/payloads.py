"""Which fields of a payload matter to a mapping: those whose change changes what comes out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Steps = tuple[str | int, ...]


def leaves(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """The way to each scalar (and empty container) in nested JSON."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    if not items:
        yield steps
    for step, item in items:
        yield from leaves(item, (*steps, step))


def path(steps: Steps) -> str:
    """`a.b[].c`"""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def unused(payload: Any, mapped: Callable[[Any], list[Any]]) -> set[str]:
    """The paths whose values (and whose absence) no outcome of `mapped` shows."""
    before = mapped(payload)
    seen: dict[str, bool] = {}
    for steps in leaves(payload):
        name = path(steps)
        if not seen.get(name, False):
            changes = (_changed(payload, steps), _without(payload, steps))
            seen[name] = any(mapped(change) != before for change in changes)
    return {name for name, used in seen.items() if not used}


def _changed(payload: Any, steps: Steps) -> Any:
    changed = copy.deepcopy(payload)
    place = _parent(changed, steps)
    value = place[steps[-1]]
    place[steps[-1]] = (
        not value
        if isinstance(value, bool)
        else value + 1
        if isinstance(value, int)
        else f"{value}7"
        if isinstance(value, str)
        else "7"
    )
    return changed


def _without(payload: Any, steps: Steps) -> Any:
    changed = copy.deepcopy(payload)
    del _parent(changed, steps)[steps[-1]]
    return changed


def _parent(payload: Any, steps: Steps) -> Any:
    for step in steps[:-1]:
        payload = payload[step]
    return payload
