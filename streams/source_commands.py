"""`vigie source …`: what there is to read from, and whether a source keeps the contract."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from streams.sources.catalogue import Entry, catalogue


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
