"""One worker: the app, its publisher and its exporter, from start to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import logging.handlers
import secrets
import signal
import threading
from pathlib import Path
from typing import Any

from agents.measure import MeasureSettings
from streams.app import create_app
from streams.child import end_with_parent
from streams.clock import StreamClock
from streams.exporter import serve
from streams.judges import load_judge
from streams.publisher import Publisher
from streams.settings import Settings
from streams.topology import Topology
from streams.transport import BatchingApp

log = logging.getLogger("vigie.worker")


async def work(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT (0) or until the app fails (1); `settings.broker` must be set."""
    end_with_parent()
    log_to(settings.home / "logs" / "worker.log")
    judge = load_judge(settings)
    app = create_app(settings, settings.broker or "")
    topology = Topology(app, judge, MeasureSettings(), author_secret(settings.home))
    publisher = Publisher(app, topology, judge, StreamClock())
    server = serve(settings.metrics_host, settings.metrics_port, lambda: publisher.newest)
    threading.Thread(target=server.serve_forever, name="exporter", daemon=True).start()
    _follow_rebalances(app, topology, publisher)
    app.timer(settings.publish_every)(publisher.publish)
    gc.freeze()  # models and watchlist stay: no collection need walk them again
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await app.start()
        await _until(stop, app)
        if app.crash_reason is None:
            await publisher.publish()
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await app.stop()
        server.shutdown()
        server.server_close()
    if app.crash_reason is not None:
        log.error("the worker failed: %r", app.crash_reason)
        return 1
    return 0


def author_secret(home: Path) -> bytes:
    """The key of this home's author hashes: made once, readable by its owner alone."""
    path = home / "author.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), path.open("xb") as fresh:
        path.chmod(0o600)
        fresh.write(secrets.token_bytes(32))
    return path.read_bytes()


def log_to(path: Path) -> None:
    """The worker's log: a file that rotates, and errors on standard error too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(path, maxBytes=10_000_000, backupCount=3, encoding="utf-8")
    screen = logging.StreamHandler()
    screen.setLevel(logging.CRITICAL)
    logging.basicConfig(
        level=logging.INFO, handlers=[file, screen], format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def _follow_rebalances(app: BatchingApp, topology: Topology, publisher: Publisher) -> None:
    async def moving(*_: Any, **__: Any) -> None:
        publisher.mark_stale()

    async def settled(*_: Any, **__: Any) -> None:
        topology.keep_assigned()
        publisher.ready = True
        await publisher.publish()

    app.on_partitions_revoked.connect(moving, weak=False)
    app.on_rebalance_complete.connect(settled, weak=False)


async def _until(stop: asyncio.Event, app: BatchingApp) -> None:
    waits = {asyncio.create_task(stop.wait()), asyncio.create_task(app.wait_until_stopped())}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
