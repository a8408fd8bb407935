"""The commands `vigie replay` and `vigie audit`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as with_fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from streams.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from agents.proving.comparison import Finding
    from streams.proving.shelf import Published, Shelf
    from streams.proving.witnesses import Witness


def _with_log_options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--home", type=click.Path(path_type=Path), help="Data directory [VIGIE_HOME; .vigie]."),
        click.option("--broker", help="host:port of a Kafka [VIGIE_BROKER; the home's own]."),
        click.option(
            "--credibility", type=click.Path(path_type=Path), help="TOML table [VIGIE_CREDIBILITY]."
        ),
        click.option(
            "--watchlist",
            "watchlists",
            type=click.Path(path_type=Path),
            multiple=True,
            help="TOML file of companies; may be given again [VIGIE_WATCHLIST].",
        ),
        click.option(
            "--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="That judge."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.option("--from", "start", required=True, help="First instant: 2026-11-01T00:00:00Z, or a date (UTC).")
@click.option("--to", "end", required=True, help="Last instant; a date means its end.")
@click.option("--every", default="1h", show_default=True, help="Time between instants, such as 5m, 1h, 1d.")
@click.option("--company", help="Only this company (id in the watchlist).")
@click.option("--out", default="-", show_default=True, help="File for JSON lines; - is standard output.")
@click.option("--topic", help="Write to this topic instead; never one of the live watch.")
@click.option(
    "--table", type=click.Path(path_type=Path), help="Write the table `reputation` of a new SQLite file."
)
@click.option("--version", "rules", default="", help="Judge with this kept version (<home>/versions).")
@click.option("--uncorrected", is_flag=True, help="Leave out what people corrected on the evidence page.")
@_with_log_options
def replay(
    start: str,
    end: str,
    every: str,
    company: str | None,
    out: str,
    topic: str | None,
    table: Path | None,
    rules: str,
    processes: int,
    *,
    uncorrected: bool,
    **given: Any,
) -> None:
    """Rebuild figures of a time that has passed from posts.v1 alone, with the live watch's own steps.

    All of posts.v1 is read, up to where it ends at the start or until its clock has passed --to. The live
    watch is not touched. Twice the same call over the same log gives the same bytes. Corrections of corrections.v1 are
    applied, and the figures' versions say up to which offsets.
    """
    from streams.proving.correcting import read_corrections
    from streams.proving.progress import reading_progress
    from streams.proving.rejudging import records_in
    from streams.proving.replay import bounds
    from streams.proving.replay import replay as replayed
    from streams.proving.side_topic import write_to_topic
    from streams.proving.table import write_to_table

    when = _range(start, end, every)
    with _log(given) as settings:
        reaches = bounds(settings.broker or "", settings.security)
        with reading_progress("replaying posts.v1", records_in(reaches)) as advance:
            said = None if uncorrected else read_corrections(settings)
            found = replayed(
                settings,
                reaches,
                when,
                company,
                advance=advance,
                processes=processes,
                version=rules,
                said=said,
            )
            if topic is not None:
                written = write_to_topic(settings, topic, found)
            else:
                written = write_to_table(table, found) if table is not None else _write_lines(out, found)
    scanned = ", ".join(f"{reach.partition}: {reach.start}-{reach.end}" for reach in reaches)
    click.echo(f"{written} records; posts.v1 stood at (partition: offsets) {scanned}", err=True)


@click.command()
@click.option("--company", help="Company (id in the watchlist).")
@click.option("--person", help="Opted-in person within the company, instead of the company itself.")
@click.option("--at", help="Audit the record in force at this instant.")
@click.option("--from", "start", help="Audit every record from here …")
@click.option("--to", "end", help="… to here.")
@click.option("--verify", is_flag=True, help="Check the chain, the seals of posts.v1 and the kept versions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a report for people here."
)
@click.option(
    "--json", "as_json", type=click.Path(dir_okay=False, path_type=Path), help="And one for programs here."
)
@click.option(
    "--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the report."
)
@_with_log_options
def audit(
    company: str | None,
    person: str | None,
    at: str | None,
    start: str | None,
    end: str | None,
    form: str,
    html: Path | None,
    as_json: Path | None,
    lang: Literal["en", "fr"],
    processes: int,
    *,
    verify: bool,
    **given: Any,
) -> None:
    """Work out again what was published, from posts.v1 alone, and compare it with reputation.v1.

    Exit status 0: identical (or nothing altered, with --verify); 3: it differs and the cause is told;
    4: nothing honest explains it. With --verify nothing is judged: links, seals and hashes are checked.
    --html writes one file that opens offline and prints; it shows the last record of the range in full.
    """
    if verify:
        sys.exit(_verify(form, given))
    if company is None or (at is None) == (start is None or end is None):
        raise SettingsError("name --company, and either --at or both --from and --to; or --verify")
    from streams.instants import instant_of

    first = instant_of(at or start or "")
    last = first if at else instant_of(end or "", end=True)
    reports = _Reports(html, as_json, lang)
    sys.exit(_audit(company, person, (first, last), form, reports, processes, given))


class _Reports(NamedTuple):
    """Files to be written beside what is printed."""

    html: Path | None
    json: Path | None
    language: Literal["en", "fr"]


def _audit(
    company: str,
    person: str | None,
    when: tuple[int, int],
    form: str,
    reports: _Reports,
    processes: int,
    given: dict[str, Any],
) -> int:
    from streams.proving.audit import audit as audited
    from streams.proving.audit import offsets_to_read
    from streams.proving.progress import reading_progress
    from streams.proving.shelf import shelf_of
    from streams.proving.text import findings_json, findings_text, status_of
    from streams.proving.witnesses import Witnesses

    with _log(given) as settings:
        shelf = shelf_of(company, settings.broker or "", settings.security)
        chosen = shelf.in_force(*when, person)
        if not chosen:
            raise SettingsError(
                f"nothing was published on {company} by then: name another company or instant"
            )
        witnesses = Witnesses(chosen)
        with reading_progress("auditing", offsets_to_read(chosen)) as advance:
            found = audited(
                settings, shelf, chosen, advance=advance, processes=processes, witnesses=witnesses
            )
            findings = list(found)
        if reports.html or reports.json:
            _write_reports(
                settings, shelf, chosen, findings, witnesses.of.get(chosen[-1].offset, ()), reports
            )
    if form == "json":
        click.echo(findings_json(findings, shelf.breaks))
    else:
        for line in findings_text(findings, shelf.breaks):
            click.echo(line)
    return status_of(findings, shelf.breaks)


def _write_reports(
    settings: Settings,
    shelf: Shelf,
    chosen: Sequence[Published],
    findings: Sequence[Finding],
    witnesses: Sequence[Witness],
    reports: _Reports,
) -> None:
    import time

    from streams.evidence.originals import Originals
    from streams.evidence.views import Watched
    from streams.proving.report import Audited, places_of, report_html, report_json
    from streams.watchlist.reading import load_watchlists

    watched = Watched.of(load_watchlists(settings.watchlists))
    company = chosen[-1].reputation.company
    originals = Originals(settings)
    try:
        posts = originals.posts(places_of(witnesses))
    finally:
        originals.close()
    made = int(time.time() * 1000)
    name = watched.names.get(company, company)
    whole = Audited(name, shelf, chosen, findings, witnesses, posts, watched.accounts, made)
    if reports.html:
        reports.html.write_text(report_html(whole, reports.language), "utf-8")
    if reports.json:
        reports.json.write_text(report_json(whole), "utf-8")


def _verify(form: str, given: dict[str, Any]) -> int:
    from streams.proving.progress import reading_progress
    from streams.proving.text import verified_json, verified_status, verified_text
    from streams.proving.verification import records_to_verify, verify

    with _log(given) as settings, reading_progress("verifying", records_to_verify(settings)) as advance:
        verified = list(verify(settings, advance))
    if form == "json":
        click.echo(verified_json(verified))
    else:
        for line in verified_text(verified):
            click.echo(line)
    return verified_status(verified)


@contextmanager
def _log(given: dict[str, Any]) -> Iterator[Settings]:
    """Settings with a broker, and the number of partitions that its topics have."""
    from schemas.topics import REPUTATION
    from streams.home_broker import with_log
    from streams.log_reader import log_reader

    with with_log(read_settings(**given)) as settings:
        with log_reader(settings.broker or "", settings.security) as reader:
            partitions = len(reader.reaches(REPUTATION.name))
        yield with_fields(settings, partitions=partitions)


def _range(start: str, end: str, every: str) -> Any:
    from streams.instants import instant_of, length_of
    from streams.proving.replay import Range

    when = Range(instant_of(start), instant_of(end, end=True), length_of(every))
    if when.end < when.start:
        raise SettingsError(f"--to {end} lies before --from {start}: turn them round")
    return when


def _write_lines(out: str, found: Iterator[Any]) -> int:
    from schemas.reputation import encode

    written = 0
    with click.open_file(out, "wb", atomic=out != "-") as lines:
        for reputation in found:
            lines.write(encode(reputation) + b"\n")
            written += 1
    return written
