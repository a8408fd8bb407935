"""The command `vigie`."""

from __future__ import annotations

import asyncio
import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from streams.erasing.commands import erase, subject
from streams.evidence.commands import corrections, evidence
from streams.judging_commands import explain, judge, schemas
from streams.proving.commands import audit, replay
from streams.proving.what_if_command import what_if
from streams.settings import VERSION, Settings, SettingsError, read_settings
from streams.source_commands import source, sources
from streams.watchlist.commands import watchlist


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="vigie")
def cli() -> None:
    """Vigie watches what is said of companies in public posts and turns it into rolling reputation
    figures, exported to Prometheus.

    Start with `vigie run`: it needs no Kafka, no Java and no configuration, and says where to look.
    """


def main() -> None:
    """Entry point: a refusal is one clear sentence and exit status 2, never a traceback."""
    from schemas.watchlist import WatchlistError
    from streams.broker.error import BrokerError
    from streams.sources.contract import SourceError

    try:
        cli(standalone_mode=True)
    except (SettingsError, WatchlistError, BrokerError, SourceError) as refusal:
        click.echo(f"vigie: {refusal}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        click.echo(f"vigie: {error}: free some space, then start it again; nothing is lost", err=True)
        sys.exit(1)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every long-running command shares."""
    options = (
        click.option("--home", type=click.Path(path_type=Path), help="Data directory [VIGIE_HOME; .vigie]."),
        click.option("--broker", help="host:port of an existing Kafka [VIGIE_BROKER; an embedded one]."),
        click.option(
            "--metrics", help="host:port to serve /metrics on [VIGIE_METRICS_ADDRESS; 127.0.0.1:9612]."
        ),
        click.option(
            "--credibility",
            type=click.Path(path_type=Path),
            help="TOML table of how far to believe a source [VIGIE_CREDIBILITY; the shipped one].",
        ),
        click.option(
            "--watchlist",
            "watchlists",
            type=click.Path(path_type=Path),
            multiple=True,
            help="TOML file of the companies to watch; may be given again [VIGIE_WATCHLIST; the shipped ones].",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def with_source(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is fed."""
    options = (
        click.option(
            "--source",
            help="File of posts, JSONL or CSV, .gz too; - is standard input; or NAME:PATH for a platform's own "
            "file and NAME: for a live route (`vigie source list`) [the sample corpus].",
        ),
        click.option(
            "--map", "fields", multiple=True, help="Field map: POST_FIELD=COLUMN, or POST_FIELD==CONSTANT."
        ),
        click.option(
            "--speed", help="Event seconds for each second, or max [60 for the sample, max for files]."
        ),
        click.option("--follow", is_flag=True, help="Wait for more at the file's end."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def say(message: str) -> None:
    """A line for the person at the terminal."""
    click.echo(message, err=True)


@cli.command()
@with_settings
@with_source
@click.option("--no-feed", is_flag=True, help="Feed nothing: others produce to posts.v1.")
def run(
    *,
    source: str | None,
    fields: tuple[str, ...],
    speed: str | None,
    follow: bool,
    no_feed: bool,
    **given: Any,
) -> None:
    """Start the whole watch: Kafka, worker, feed and /metrics.

    Without --broker a real Kafka is fetched once, started as a child and kept under the data
    directory. Without --source the sample corpus is fed. Ctrl-C stops everything in order; the next
    run goes on from there. Exit status 0 after Ctrl-C, 1 when a part could not be kept alive, 2 for
    a refused setting.
    """
    from streams.broker.embedded import EmbeddedBroker
    from streams.judges import load_credibility
    from streams.progress import download_progress
    from streams.run import run as run_watch
    from streams.watchlist.reading import load_watchlists

    settings = read_settings(**given)
    load_watchlists(settings.watchlists)  # a wrong file is refused before anything starts
    load_credibility(settings)
    feed = None if no_feed else _feed_arguments(source, fields, speed, follow=follow)
    broker = (
        EmbeddedBroker(settings.home, say=say, progress=download_progress("fetching Apache Kafka"))
        if settings.embedded()
        else None
    )
    sys.exit(asyncio.run(run_watch(settings, feed, say, broker)))


@cli.command()
@with_settings
def worker(**given: Any) -> None:
    """Run one worker: judge, measure and serve /metrics. Start more of them, each with a --home and a
    --metrics of its own, to share the partitions."""
    from streams.worker import work

    sys.exit(asyncio.run(work(_with_broker(read_settings(**given)))))


@cli.command()
@with_settings
@with_source
def feed(
    *, source: str | None, fields: tuple[str, ...], speed: str | None, follow: bool, **given: Any
) -> None:
    """Feed one source into posts.v1, from where it was left, to its end.

    With --metrics it tells Prometheus how the source fares; a worker with the same --home does so by itself.
    """
    from streams.exporting.source_metrics import serve_sources
    from streams.feeding import feed_source

    settings = _with_broker(read_settings(**given))
    if given["metrics"]:  # not from the environment, where it is the worker's
        serve_sources(settings)
    asyncio.run(feed_source(settings, source, fields, speed, follow=follow, say=say))


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--posts", is_flag=True, help="FILE holds posts (JSONL or CSV), not records of reputation.v1.")
@click.option(
    "--map", "fields", multiple=True, help="With --posts: POST_FIELD=COLUMN or POST_FIELD==CONSTANT."
)
@click.option(
    "--every",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="With --posts: minutes between evaluations.",
)
@click.option("--since", help="Start of the range, RFC 3339 [the first evaluation].")
@click.option("--until", help="End of the range, RFC 3339 [the last evaluation].")
@with_settings
def backtest(
    *,
    file: Path,
    posts: bool,
    fields: tuple[str, ...],
    every: int,
    since: str | None,
    until: str | None,
    **given: Any,
) -> None:
    """Run the alert logic over the past and say when each alert would have fired.

    FILE holds values of reputation.v1, one a line in order; or with --posts, posts that are judged and
    measured anew in order of event time, under the watchlist and the rules of this installation.
    """
    from schemas.reputation import MINUTE
    from streams.backtest import NEVER, from_posts, instant_of, measured, published, report

    settings = read_settings(**given)
    start, end = instant_of(since, 0), instant_of(until, NEVER)
    if posts:
        mentions = from_posts(settings, str(file), fields, say)
        report(measured(mentions, every * MINUTE, start, end), click.echo)
        return
    with file.open("rb") as lines:
        report(published(lines, start, end), click.echo)


@cli.command()
@with_settings
def doctor(**given: Any) -> None:
    """Check Python, Java, Kafka, topics, ports and disk, and say what to do about what fails."""
    from streams.doctoring import report

    sys.exit(report(read_settings(**given), click.echo))


def _feed_arguments(
    source: str | None, fields: tuple[str, ...], speed: str | None, *, follow: bool
) -> list[str]:
    from streams.sources.opening import absolute

    arguments: list[str] = []
    if source is not None:
        arguments += ["--source", absolute(source)]
    for field in fields:
        arguments += ["--map", field]
    if speed is not None:
        arguments += ["--speed", speed]
    return [*arguments, "--follow"] if follow else arguments


def _with_broker(settings: Settings) -> Settings:
    if settings.broker is None:
        raise SettingsError("no Kafka named: give --broker host:port (or VIGIE_BROKER), or use `vigie run`")
    return settings


cli.add_command(judge)
cli.add_command(explain)
cli.add_command(schemas)
cli.add_command(watchlist)
cli.add_command(source)
cli.add_command(sources)
cli.add_command(audit)
cli.add_command(corrections)
cli.add_command(evidence)
cli.add_command(replay)
cli.add_command(what_if)
cli.add_command(erase)
cli.add_command(subject)

if __name__ == "__main__":
    main()
