"""The commands that need no Kafka: `vigie judge`, `vigie explain`, `vigie schemas`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from streams.settings import SettingsError, read_settings


def of_posts(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the options of a command that reads a file of posts."""
    for option in (
        click.option(
            "--map", "fields", multiple=True, help="Field map: POST_FIELD=COLUMN, or POST_FIELD==CONSTANT."
        ),
        click.option(
            "--watchlist",
            "watchlists",
            type=click.Path(path_type=Path),
            multiple=True,
            help="TOML file of companies.",
        ),
        click.argument("file", default="-"),
    ):
        command = option(command)
    return command


@click.command()
@of_posts
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "as2"]),
    default="jsonl",
    show_default=True,
    help="Judged records, or posts as Activity Streams 2.0 with the judgement in them.",
)
def judge(file: str, watchlists: tuple[Path, ...], fields: tuple[str, ...], form: str) -> None:
    """Judge posts without Kafka: JSONL of posts from FILE (- is standard input), judged records as
    JSONL to standard output. A line that is no post goes to standard error with its number and the
    reason, and makes the exit status 2; the rest goes on."""
    from streams.judging import FORMS, judge_file

    settings = read_settings(watchlists=watchlists)
    sys.exit(judge_file(settings, file, fields, sys.stdout.buffer, sys.stderr.buffer, FORMS[form]))


@click.command()
@of_posts
@click.option("--key", help="Only the post with this key.")
def explain(file: str, key: str | None, watchlists: tuple[Path, ...], fields: tuple[str, ...]) -> None:
    """Say why posts are judged as they are: spans, the rules and weights that fired, the evidence that
    was lacking, for each post of FILE (- is standard input)."""
    from streams.explaining import explain_file

    sys.exit(explain_file(read_settings(watchlists=watchlists), file, fields, key, click.echo))


@click.command()
@click.argument("record", required=False)
def schemas(record: str | None) -> None:
    """Print the JSON Schema of RECORD: a topic, or `judged`, which is what `vigie judge` prints. Of all of
    them, as one object by name, where none is given."""
    import orjson

    from schemas.json_schema import json_schemas

    found = json_schemas()
    if record is not None and record not in found:
        raise SettingsError(f"no record {record!r}; there are {', '.join(found)}")
    click.echo(orjson.dumps(found if record is None else found[record], option=orjson.OPT_INDENT_2))
