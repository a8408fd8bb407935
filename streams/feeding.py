"""`vigie feed`: one source, its cursor and a producer, from where it was left to its end."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaProducer

from streams.child import end_with_parent
from streams.erasing.record import catch_up
from streams.feed import Cursor, feed
from streams.patience import patient
from streams.sealing.vault import open_vault
from streams.settings import Settings, SettingsError, shipped
from streams.sources.fields import FieldMap
from streams.sources.health import Pulse
from streams.sources.opening import open_source

SAMPLE_SPEED = 60.0  # event seconds for each second: an hour in a minute


async def feed_source(
    settings: Settings,
    source: str | None,
    fields: Sequence[str],
    speed: str | None,
    *,
    follow: bool,
    say: Callable[[str], None],
) -> None:
    """Feed `source` (None: the sample corpus) into the Kafka at `settings.broker`."""
    end_with_parent()
    path = source or str(shipped("corpus.jsonl")[0])
    pace = read_speed(speed, SAMPLE_SPEED if source is None else None)
    files = open_source(path, FieldMap.parse(fields), speed=pace, follow=follow)
    rate = "as fast as can be" if pace is None else f"at {pace:g} event seconds a second"
    say(f"feeding {source or 'the sample corpus'} {rate}")
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.broker,
        enable_idempotence=True,
        linger_ms=20,
        client_id="vigie-feed",
        **settings.security.options(),
    )
    await producer.start()
    patient(producer.client)
    last = 0.0
    loop = asyncio.get_running_loop()

    def progress(words: str) -> None:
        nonlocal last
        if loop.time() - last > 10:  # a line each ten seconds
            last = loop.time()
            say(words)

    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for mypy: we run in one
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    vault = open_vault(settings)
    pulse = Pulse(settings.home, files.name)
    try:
        async with pulse.beating():
            await asyncio.to_thread(catch_up, settings)
            cursor = Cursor(settings.home / "cursors", files.name)
            fed = await feed(files, producer, cursor, progress, pulse.note, vault)
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)
    finally:
        await producer.stop()
    say(f"{fed.words()}; the source is at its end, waiting for more posts in posts.v1")


def read_speed(text: str | None, default: float | None) -> float | None:
    """Event seconds a wall second; None is "max". Raises SettingsError."""
    if text is None:
        return default
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise SettingsError(f"--speed {text!r}: give event seconds for each second, such as 60, or max")
    return speed
