"""The command `vigie evidence`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from streams.settings import read_settings


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="Data directory [VIGIE_HOME; .vigie].")
@click.option("--broker", help="host:port of a Kafka [VIGIE_BROKER; the home's own].")
@click.option(
    "--address",
    help="host:port to serve the page on [VIGIE_EVIDENCE_ADDRESS; 127.0.0.1:9613, or another port of loopback "
    "where a watch beside this one has that].",
)
@click.option(
    "--watchlist",
    "watchlists",
    type=click.Path(path_type=Path),
    multiple=True,
    help="TOML file of companies, for their names; may be given again [VIGIE_WATCHLIST].",
)
def evidence(address: str | None, **given: Any) -> None:
    """Serve the page that shows which posts stand behind a figure. `vigie run` starts it by itself.

    It reads the topics beside the live watch into an index in the home (evidence.sqlite3; it may be deleted), and the
    posts' own texts only when they are looked at. Reached under another name than localhost, that name must
    stand in VIGIE_EVIDENCE_HOSTS (names with commas between).
    """
    from streams.evidence.serving import serve
    from streams.home_broker import with_log

    asked = address or os.environ.get("VIGIE_EVIDENCE_ADDRESS") or None
    hosts = tuple(
        name.strip() for name in os.environ.get("VIGIE_EVIDENCE_HOSTS", "").split(",") if name.strip()
    )
    with with_log(read_settings(**given)) as settings:
        sys.exit(asyncio.run(serve(settings, asked, hosts, lambda line: click.echo(line, err=True))))
