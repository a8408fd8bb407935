"""The commands `vigie erase` and `vigie subject`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from streams.settings import Settings, SettingsError, read_settings

LEFT = 3  # exit status: records in the clear stay until Kafka drops them
_HOME = click.option("--home", type=click.Path(path_type=Path), help="Data directory [VIGIE_HOME; .vigie].")
_BROKER = click.option("--broker", help="host:port of a Kafka [VIGIE_BROKER; the home's own].")
_SHOWN = 10


@click.command()
@click.option("--author", help="platform:handle or platform:id.")
@click.option("--post", "key", help="Key of a post, platform:native_id.")
@click.option(
    "--also", multiple=True, help="Another form of the name to look for in dead letters; may be given again."
)
@click.option("--receipt", type=click.Path(path_type=Path), help="File for the receipt (JSON, names nobody).")
@_HOME
@_BROKER
def erase(
    author: str | None, key: str | None, also: tuple[str, ...], receipt: Path | None, **given: Any
) -> None:
    """Erase an author, or one post, for good: the keys under which the personal fields lie are destroyed,
    so that no copy of the log can be read any more.

    Figures stay as they were published; an audit names the erasure. What the author wrote up to now is not
    taken in again. Exit status 0: nothing is left; 3: posts that others wrote to posts.v1 unsealed are left,
    and are named with the day on which Kafka drops them.
    """
    from streams.erasing.consent import where_consented
    from streams.erasing.erase import author_of, post_of
    from streams.erasing.erase import erase as erased

    if (author is None) == (key is None):
        raise SettingsError("name --author or --post, one of them")
    whom = author_of(author, also) if author is not None else post_of(key or "", also)
    with _log(given) as settings, _reading("looking for unsealed posts", settings) as advance:
        done = erased(settings, whom, advance)
        consented = where_consented(settings, whom) if author is not None else []
    document = done.document()
    click.echo(document)
    if receipt is not None:
        receipt.write_bytes(document + b"\n")
    click.echo(
        f"{len(done.keys)} keys destroyed: {done.posts} of posts, {done.rejects} of dead letters", err=True
    )
    for trace in done.left[:_SHOWN]:
        place = f"{trace.topic}/{trace.partition}@{trace.offset}"
        click.echo(f"left: {place} was written unsealed; Kafka drops it after {trace.until}", err=True)
    if len(done.left) > _SHOWN:
        click.echo(f"left: {len(done.left) - _SHOWN} more, named in the receipt", err=True)
    for sentence in consented:
        click.echo(f"by consent: {sentence}", err=True)
    sys.exit(LEFT if done.left else 0)


@click.command()
@click.option("--author", required=True, help="platform:handle or platform:id.")
@click.option(
    "--also", multiple=True, help="Another form of the name to look for in dead letters; may be given again."
)
@_HOME
@_BROKER
def subject(author: str, also: tuple[str, ...], **given: Any) -> None:
    """Everything that is held on an author, as JSON: posts (opened), what was judged of them, the mentions that
    rest on them, dead letters that name them, and the numbers of their keys."""
    from streams.erasing.erase import author_of
    from streams.erasing.subject import held

    with _log(given) as settings, _reading("reading posts.v1", settings) as advance:
        click.echo(held(settings, author_of(author, also), advance))


@contextmanager
def _log(given: dict[str, Any]) -> Iterator[Settings]:
    from streams.home_broker import with_log

    with with_log(read_settings(**given)) as settings:
        yield settings


@contextmanager
def _reading(what: str, settings: Settings) -> Iterator[Any]:
    from streams.proving.progress import reading_progress
    from streams.proving.rejudging import records_in
    from streams.proving.replay import bounds

    with reading_progress(what, records_in(bounds(settings.broker or "", settings.security))) as advance:
        yield advance
