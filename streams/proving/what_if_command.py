"""The command `vigie what-if`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from streams.settings import SettingsError, read_settings


@click.command("what-if")
@click.option("--from", "start", required=True, help="First instant: 2026-11-01T00:00:00Z, or a date (UTC).")
@click.option("--to", "end", required=True, help="Last instant; a date means its end.")
@click.option("--every", default="1h", show_default=True, help="Time between instants, such as 5m, 1h, 1d.")
@click.option("--company", help="Only this company (id in the watchlist).")
@click.option(
    "--watchlist",
    "watchlists",
    type=click.Path(path_type=Path),
    multiple=True,
    help="What if these were watched? May be given again.",
)
@click.option("--credibility", type=click.Path(path_type=Path), help="What if this table weighed sources?")
@click.option(
    "--version", default="", help="Compare with this kept version (<home>/versions) [what the settings name]."
)
@click.option("--posts", "most", default=200, show_default=True, help="Judgements that differ to show.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="That judge.")
@click.option("--home", type=click.Path(path_type=Path), help="Data directory [VIGIE_HOME; .vigie].")
@click.option("--broker", help="host:port of a Kafka [VIGIE_BROKER; the home's own].")
def what_if(
    start: str,
    end: str,
    every: str,
    company: str | None,
    watchlists: tuple[Path, ...],
    credibility: Path | None,
    version: str,
    most: int,
    form: str,
    processes: int,
    home: Path | None,
    broker: str | None,
) -> None:
    """What would other rules have made of the same posts? Both judge posts.v1 side by side; told are the
    figures that differ and the posts whose judgement does, with their coordinates. The live watch is not
    touched.

    With --version and no other rules: what would today's rules change against those of then?
    """
    from streams.home_broker import with_log
    from streams.instants import instant_of, length_of
    from streams.proving.progress import reading_progress
    from streams.proving.rejudging import records_in
    from streams.proving.replay import Range, bounds
    from streams.proving.what_if import what_if as compared
    from streams.proving.what_if_text import what_if_json, what_if_text

    if not (watchlists or credibility or version):
        raise SettingsError("name what would be otherwise: --watchlist, --credibility or --version")
    when = Range(instant_of(start), instant_of(end, end=True), length_of(every))
    if when.end < when.start:
        raise SettingsError(f"--to {end} lies before --from {start}: turn them round")
    with with_log(read_settings(home=home, broker=broker)) as settings:
        other = replace(
            settings,
            watchlists=watchlists or settings.watchlists,
            credibility=credibility or settings.credibility,
        )
        reaches = bounds(settings.broker or "", settings.security)
        with reading_progress("judging posts.v1 twice", records_in(reaches)) as advance:
            found = compared(
                replace(settings, partitions=len(reaches)),
                other,
                reaches,
                when,
                company,
                advance=advance,
                processes=processes,
                version=version,
                most=most,
            )
    if form == "json":
        click.echo(what_if_json(found))
    else:
        for line in what_if_text(found):
            click.echo(line)
