"""`vigie source …`: what there is to read from, and whether a source keeps the contract."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import orjson

from schemas.instants import rfc3339
from streams.sources.catalogue import Entry, catalogue
from streams.sources.health import Health, read_health


@click.group()
def source() -> None:
    """What posts can come from."""


@source.command("list")
@click.option(
    "--home", type=click.Path(path_type=Path), default=Path(".vigie"), envvar="VIGIE_HOME",
    help="Data directory, for the cursors kept in it.",
)  # fmt: skip
def list_sources(home: Path) -> None:
    """List what --source knows, what each needs, and where the ones that were fed stand."""
    entries = catalogue()
    width = max(len(entry.form) for entry in entries)
    for entry in entries:
        missing = lacking(entry, os.environ)
        click.echo(f"{entry.form:{width}}  {entry.what}{f'  (set {missing})' if missing else ''}")
    kept = sorted((home / "cursors").glob("*.json")) if (home / "cursors").is_dir() else []
    for file in kept:
        age = max(0.0, time.time_ns() / 1e9 - file.stat().st_mtime)
        click.echo(f"fed: {file.stem}, cursor kept {age:,.0f} s ago")


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path), default=Path(".vigie"), envvar="VIGIE_HOME",
    help="Data directory of the feeds.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def sources(home: Path, *, as_json: bool) -> None:
    """How the sources fare that are, or were, fed from a data directory.

    The same is on /metrics as vigie_source_…, under the label in brackets. Exit status 1 where one waits, has
    failed or is lost.
    """
    now = time.time_ns() // 1_000_000
    found = read_health(home, now)
    for health in found:
        click.echo(orjson.dumps(health) if as_json else "\n".join(told(health, now)))
    if not found and not as_json:
        click.echo(f"nothing was fed from {home} yet: `vigie source list` tells what there is to feed")
    if any(health.state in {"waiting", "failed", "lost"} for health in found):
        sys.exit(1)


def told(health: Health, now: int) -> Iterator[str]:
    """One source for a person, as of `now` (epoch milliseconds)."""
    yield f"{health.source} [{health.label}]: {health.state}, heard of {age(now, health.heard)} ago"
    counts = ", ".join(f"{count:,} {kind}" for kind, count in health.events.items())
    yield f"  {counts}; {health.per_minute:,} posts in the last minute"
    if health.lag is not None and health.newest is not None:
        newest = rfc3339(health.newest)
        yield f"  lag {duration(health.lag)}: from the last post to here; the newest is of {newest}"
    if health.dropped:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(health.dropped.items()))
        yield f"  dropped: {reasons}"
    if health.gaps:
        yield f"  gaps: {health.gaps:,}, the last one: {health.gap}"
    if health.error is not None and health.error_at is not None:
        yield f"  last error, {age(now, health.error_at)} ago: {health.error}"
    if health.retry_at is not None:
        yield f"  tries again in {duration(max(0, health.retry_at - now))}"


def age(now: int, then: int) -> str:
    return duration(max(0, now - then))


def duration(milliseconds: int) -> str:
    """As "1.2 s", "34 s", "5 min", "3 h", "2 d": one unit, rounded down."""
    seconds = milliseconds // 1000
    for unit, word in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:,} {word}"
    return f"{seconds} s" if seconds >= 10 else f"{milliseconds / 1000:.1f} s"


def lacking(entry: Entry, environ: Mapping[str, str]) -> str:
    """The variables that are not set, as words; empty where none is lacking."""

    def given(name: str) -> bool:
        return bool(environ.get(name) or environ.get(f"{name}_FILE"))

    if entry.any_of and not any(map(given, entry.any_of)):
        return " or ".join(entry.any_of)
    return " and ".join(name for name in entry.needs if not given(name))


@source.command()
@click.argument("spec")
@click.option("--events", type=click.IntRange(1), default=2000, help="Events to read at most.")
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), default=30.0, help="Seconds to read at most."
)
def check(spec: str, events: int, seconds: float) -> None:
    """Read from SPEC, start again from a checkpoint, and tell what breaks the contract of a source.

    Nothing is sent anywhere. Exit status 1 where something is wrong.
    """
    from streams.sources import checking  # noqa: PLC0415 - aiohttp takes its time to import
    from streams.sources.opening import open_source  # noqa: PLC0415

    open_source(spec)
    problems = asyncio.run(checking.check(lambda: open_source(spec), events=events, seconds=seconds))
    for problem in problems:
        click.echo(f"{spec}: {problem}")
    if problems:
        sys.exit(1)
    click.echo(f"{spec}: keeps the contract")
