"""What plain Faust peers are made of: the app, the topics of posts and results, and how it is run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import faust
from clock import OUT, PARTITIONS


def peer_app(name: str, bootstrap: str) -> faust.App:
    return faust.App(
        name, broker=f"kafka://{bootstrap}", datadir=tempfile.mkdtemp(), web_enabled=False,
        topic_partitions=PARTITIONS, topic_disable_leader=True, consumer_auto_offset_reset="earliest",
    )  # fmt: skip


def posts_of(app: faust.App, topic: str) -> Any:
    return app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def closing(app: faust.App) -> Callable[[tuple[str, Any], float], None]:
    """What happens as a window closes, which a run of seconds seldom sees: what the other peers write then."""
    out = app.topic(OUT, value_serializer="json", partitions=PARTITIONS)

    def closed(key: tuple[str, Any], value: float) -> None:
        out.send_soon(key=key[0].encode(), value=[*key, value])

    return closed


def run(app: faust.App) -> None:
    app.worker_init()
    # what is printed would else be taken for a log line of level INFO, and dropped: the reading with it
    faust.Worker(app, loglevel="error", redirect_stdouts=False).execute_from_commandline()
