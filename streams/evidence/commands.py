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


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="Data directory [VIGIE_HOME; .vigie].")
@click.option("--broker", help="host:port of a Kafka [VIGIE_BROKER; the home's own].")
@click.option("--out", default="-", show_default=True, help="File for JSON lines; - is standard output.")
def corrections(out: str, **given: Any) -> None:
    """Export what people said of judgements on the evidence page, each with its post.

    `make evaluate CORRECTIONS=FILE` counts how often the judge agrees with them. The posts are personal data: keep
    the file as you keep them. Posts that were edited, deleted or erased since are left out.
    """
    from streams.evidence.index import open_index
    from streams.evidence.originals import Originals
    from streams.home_broker import with_log
    from streams.proving.correcting import exported, read_corrections

    with with_log(read_settings(**given)) as settings, click.open_file(out, "wb") as file:
        originals = Originals(settings)
        said = read_corrections(settings)
        written = 0
        for line in exported(said.standing, open_index(settings.home), originals):
            file.write(line + b"\n")
            written += 1
        originals.close()
    click.echo(f"{written} of {len(said.standing)} corrections, up to {said.version or 'nothing'}", err=True)
