"""When did other versions take over? One small file in the home, read and renewed at a worker's start."""

from __future__ import annotations

from pathlib import Path

import orjson


def rules_changed(home: Path, version: str, now: float) -> float | None:
    """Epoch seconds at which a version other than the one before took over; None where none ever did.

    `version` is what judges now; if it is another than was kept, `now` is kept as the time of change.
    """
    path = home / "rules.json"
    kept = orjson.loads(path.read_bytes()) if path.exists() else {"version": version, "changed": None}
    if kept["version"] != version:
        kept = {"version": version, "changed": now}
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(kept))
    fresh.replace(path)
    changed = kept["changed"]
    return None if changed is None else float(changed)
