"""How does each source fare? One small file a source, in the home of its feed: `vigie sources` and /metrics read it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Literal, get_args

import orjson

from streams.sources.contract import AuthorDelete, Delete, Dropped, Event, Gap, Trouble, Upsert

State = Literal["running", "waiting", "ended", "stopped", "failed", "lost"]
STATES: tuple[State, ...] = get_args(State)
EVERY = 1.0  # seconds between two writes
LOST = 15_000  # ms without a write after which a feed that should live counts as lost
KINDS = {Upsert: "posts", Delete: "deletions", AuthorDelete: "authors"}
_SECONDS = 60  # over which the rate is taken


@dataclass(slots=True)
class Health:
    """What a feed knows of its source; counts are since the source was first fed from this home.

    Times in epoch milliseconds. `heard` is the feed's last sign of life, `newest` the time of the newest post,
    `lag` (ms) what lay between the last post's creation and its arrival here, `per_minute` the posts of the last
    minute. "ended": at its end; "stopped": told to. "lost" is never written: a reader tells it from `heard`.
    """

    source: str
    state: State
    heard: int
    events: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS.values(), 0))
    dropped: dict[str, int] = field(default_factory=dict)  # by reason
    gaps: int = 0
    gap: str | None = None  # the last one
    lag: int | None = None
    newest: int | None = None
    per_minute: int = 0
    error: str | None = None  # the last one
    error_at: int | None = None
    retry_at: int | None = None

    @property
    def label(self) -> str:
        return label_of(self.source)


def label_of(source: str) -> str:
    """A source's name for metrics and files: its route and, where it has more to its name, a digest of it,
    for no address, page or path is to be a label."""
    route, _, rest = source.partition(":")
    return f"{route}-{blake2b(source.encode(), digest_size=4).hexdigest()}" if rest else route


def read_health(home: Path, now: int) -> list[Health]:
    """Every source ever fed from `home`, as of `now` (epoch milliseconds)."""
    found = []
    for path in sorted((home / "sources").glob("*.json")):
        with suppress(OSError, ValueError, TypeError):  # gone this instant, or of another version
            health = Health(**orjson.loads(path.read_bytes()))
            silent = health.state in {"running", "waiting"} and now - health.heard > LOST
            found.append(replace(health, state="lost") if silent else health)
    return found


class Pulse:
    """Takes note of every event of one source, and writes down how it fares."""

    def __init__(self, home: Path, source: str) -> None:
        self._path = home / "sources" / f"{label_of(source)}.json"
        known = next((one for one in read_health(home, 0) if one.source == source), None)
        self.health = known or Health(source, "running", 0)
        self._run()
        self._recent: deque[tuple[int, int]] = deque()  # (second, posts in it)

    def note(self, event: Event) -> None:
        """One event, as it is handed on."""
        health = self.health
        if isinstance(event, Trouble):
            health.state, health.retry_at = "waiting", _now() + int(event.retry_in * 1000)
            health.error, health.error_at = event.detail, _now()
            return
        if health.state != "running":
            self._run()
        if kind := KINDS.get(type(event)):
            health.events[kind] += 1
        if isinstance(event, Upsert):
            self._post(event.post.created_at)
        elif isinstance(event, Dropped):
            reason = event.reject.reason
            health.dropped[reason] = health.dropped.get(reason, 0) + 1
        elif isinstance(event, Gap):
            health.gaps, health.gap = health.gaps + 1, event.detail

    def keep(self) -> None:
        """Write it down."""
        self.health.heard = now = _now()
        while self._recent and self._recent[0][0] <= now // 1000 - _SECONDS:
            self._recent.popleft()
        self.health.per_minute = sum(posts for _, posts in self._recent)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(self.health))
        fresh.replace(self._path)

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Keep it up to date while the block runs, and how it ended."""
        self.keep()
        beat = asyncio.create_task(self._beat())
        health = self.health
        try:
            yield
            health.state = "ended"
        except asyncio.CancelledError:
            health.state = "stopped"
            raise
        except Exception as error:
            health.state, health.error, health.error_at = "failed", str(error) or type(error).__name__, _now()
            raise
        finally:
            health.retry_at = None
            beat.cancel()
            self.keep()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            self.keep()

    def _run(self) -> None:
        self.health.state, self.health.retry_at = "running", None

    def _post(self, created_at: int) -> None:
        now = _now()
        health = self.health
        health.newest, health.lag = max(created_at, health.newest or 0), max(0, now - created_at)
        second, posts = self._recent[-1] if self._recent else (0, 0)
        if second == now // 1000:
            self._recent[-1] = (second, posts + 1)
        else:
            self._recent.append((now // 1000, 1))


def _now() -> int:
    return time.time_ns() // 1_000_000
