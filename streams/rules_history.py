"""When did other versions take over? One small file in the home, read and renewed at a worker's start."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

import orjson

log = logging.getLogger("vigie.rules_history")


class _Kept(NamedTuple):
    version: str
    changed: float | None  # epoch seconds


def rules_changed(home: Path, version: str, now: float) -> float | None:
    """Epoch seconds at which a version other than the one before took over; None where none ever did.

    `version` is what judges now; if it is another than was kept, `now` is kept as the time of change.
    """
    path = home / "rules.json"
    kept = _read(path, now) if path.exists() else _Kept(version, None)
    if kept.version != version:
        kept = _Kept(version, now)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(kept._asdict()))
    fresh.replace(path)
    return kept.changed


def _read(path: Path, now: float) -> _Kept:
    """What was kept. Where that is damaged, `now` counts as a change, for nobody knows that there was none."""
    try:
        fields = orjson.loads(path.read_bytes())
        version, changed = str(fields["version"]), fields["changed"]
        return _Kept(version, None if changed is None else float(changed))
    except (ValueError, KeyError, TypeError):
        log.warning("%s is damaged: what judged before is not known, so the rules count as changed now", path)
        return _Kept("", now)
