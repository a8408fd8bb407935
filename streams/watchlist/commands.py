"""`vigie watchlist check` and `vigie watchlist import`."""

from __future__ import annotations

from pathlib import Path

import click

from schemas.watchlist import WatchlistError
from streams.watchlist.candidates import ImportFailedError, brands, stocks
from streams.watchlist.check import check
from streams.watchlist.combine import combine
from streams.watchlist.reading import load_watchlist
from streams.watchlist.toml import watchlist_toml

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("watchlist")
def watchlist() -> None:
    """Check a watchlist, or build one from open data."""


@watchlist.command("check")
@click.argument("file", type=_FILE, required=False)
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything is doubtful.")
def check_command(file: Path | None, *, strict: bool) -> None:
    """Tell what is wrong or doubtful in FILE (the shipped watchlist without it).

    Mistakes go to standard error, as file:line: what to do, with exit status 2; what is only doubtful (an
    everyday word not marked as ambiguous, a form too short, …) to standard output.
    """
    try:
        found = load_watchlist(file)
    except WatchlistError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    cautions = check(found)
    for caution in cautions:
        click.echo(str(caution))
    count = len(found.companies)
    click.echo(f"{count} companies, version {found.version}: {len(cautions)} doubtful", err=True)
    raise SystemExit(1 if strict and cautions else 0)


@watchlist.command("import")
@click.option(
    "--nsi",
    type=click.Path(exists=True, path_type=Path),
    help="`npm pack name-suggestion-index`'s .tgz, or unpacked.",
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    default=("001", "fr"),
    show_default=True,
    help="Where a brand must be; 001 is the world.",
)
@click.option("--index", "indices", multiple=True, help="A stock index of pytickersymbols, such as CAC_40.")
@click.option(
    "--overrides",
    type=_FILE,
    help="A watchlist whose entries replace, key by key, the imported ones of their id.",
)
@click.option("--without", multiple=True, help="The id of an imported company to leave out.")
@click.option("--output", type=_FILE, help="Where to write; standard output without it.")
def import_command(
    nsi: Path | None,
    countries: tuple[str, ...],
    indices: tuple[str, ...],
    overrides: Path | None,
    without: tuple[str, ...],
    output: Path | None,
) -> None:
    """Write a watchlist from the brands of name-suggestion-index, from stock indices, or both."""
    if nsi is None and not indices:
        raise click.UsageError("give --nsi, --index, or both")
    try:
        imported = [company for index in indices for company in stocks(index)]
        imported += brands(nsi, countries) if nsi else []
        changes = overrides.read_text(encoding="utf-8") if overrides else ""
        result = combine(imported, changes, str(overrides or "import"), without)
    except (ImportFailedError, WatchlistError, OSError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    text = watchlist_toml(result.companies, result.persons)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    doubtful = len(check(result))
    click.echo(f"{len(result.companies)} companies, version {result.version}: {doubtful} doubtful", err=True)
