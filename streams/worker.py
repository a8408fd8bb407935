"""One worker: the app, its publisher and its exporter, from start to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import logging.handlers
import os
import secrets
import signal
import threading
import time
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaConnectionError

from agents.measure import MeasureSettings
from schemas.topics import MENTIONS, POSTS, REJECTS, REPUTATION, SEALS
from streams import crash_points
from streams.admin import require_topics
from streams.app import create_app
from streams.child import end_with_parent
from streams.clock import StreamClock
from streams.erasing.record import catch_up
from streams.exporting.exporter import serve
from streams.judges import load_judge, spare_collections
from streams.lease import end_unsent
from streams.pause import PauseGuard
from streams.publisher import Publisher
from streams.recorder import Recorder, tails_of
from streams.rules_history import rules_changed
from streams.sealing.vault import open_vault
from streams.settings import Settings, SettingsError
from streams.topology import Topology
from streams.transport import BatchingApp
from streams.versions import keep_versions
from streams.vital_signs import VitalSigns

log = logging.getLogger("vigie.worker")
LAST_FIGURES_WITHIN = 1.0  # seconds
NEEDED = (POSTS, MENTIONS, REPUTATION, REJECTS, SEALS)
LEAST_SECRET = 32  # bytes; less is what a full disk left of one


async def work(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT (0) or until the app fails (1); `settings.broker` must be set."""
    end_with_parent()
    log_to(settings.home / "logs" / "worker.log")
    judge = load_judge(settings)
    keep_versions(settings, judge)
    app = create_app(settings, settings.broker or "")
    app.reached = crash_points.chosen()
    # a session may have ended this long after the process was last seen, for a heartbeat may have been due
    guard = PauseGuard(app.conf.broker_session_timeout - app.conf.broker_heartbeat_interval - 1.0)
    topology = Topology(
        app,
        judge,
        MeasureSettings(),
        author_secret(settings.author_key or settings.home / "author.key"),
        guard.check,
        open_vault(settings),
    )
    recorder = Recorder(app, settings.partitions, tails_of(settings.broker or "", settings.security))
    changed = rules_changed(settings.home, judge.version, time.time())
    publisher = Publisher(app, topology, judge, StreamClock(), recorder, settings.record_every, changed)
    signs = VitalSigns(app, lambda: publisher.recording_since)
    server = serve(
        settings.metrics_host,
        settings.metrics_port,
        lambda: publisher.newest,
        lambda: signs.newest,
        settings.home,
    )
    threading.Thread(target=server.serve_forever, name="exporter", daemon=True).start()
    _follow_rebalances(app, topology, publisher, settings)
    app.timer(settings.publish_every)(publisher.publish)
    guard.start()
    spare_collections()
    looking = asyncio.create_task(signs.watch())
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await _run_until(stop, app, settings)
        if app.crash_reason is None:
            with contextlib.suppress(TimeoutError):  # a broker that is away must not hold up the end
                await asyncio.wait_for(publisher.close(), LAST_FIGURES_WITHIN)
    except KafkaConnectionError:
        log.critical("no Kafka answers at %s: check the address, or see `vigie doctor`", settings.broker)
        return 1
    finally:
        looking.cancel()
        if not app.lease.holds():
            end_unsent(_status(app))
        app.lease.release()
        with contextlib.suppress(asyncio.CancelledError):
            await app.stop()
        server.shutdown()
        server.server_close()
    return _status(app)


def _status(app: BatchingApp) -> int:
    """The exit status of an app that has ended; why it failed is logged."""
    if app.crash_reason is None:
        return 0
    log.error("the worker failed: %r", app.crash_reason)
    return 1


def author_secret(path: Path) -> bytes:
    """The key of author hashes: made once, whole or not at all, readable by its owner alone.

    Workers that share partitions need the same one, or an author would be another with each of them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):  # another worker was faster
            os.link(fresh, path)
        fresh.unlink()
    secret = path.read_bytes()
    if len(secret) < LEAST_SECRET or not any(secret):
        raise SettingsError(
            f"{path} has {len(secret)} bytes{'' if any(secret) else ', all zero'}: a key of author hashes like that is "
            "damaged, or hides nobody, and every author would be another than before. Put the old key back from a copy, "
            "or give one of 32 random bytes"
        )
    return secret


def log_to(path: Path) -> None:
    """A log: a file that rotates, and errors on standard error too; with VIGIE_LOG=screen, as in a container,
    standard error alone."""
    screen = logging.StreamHandler()
    logging.getLogger("kafka").setLevel(logging.WARNING)  # it tells every connection
    form = "%(asctime)s %(levelname)s %(name)s %(message)s"
    if os.environ.get("VIGIE_LOG") == "screen":
        logging.basicConfig(level=logging.INFO, handlers=[screen], format=form)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(path, maxBytes=10_000_000, backupCount=3, encoding="utf-8")
    screen.setLevel(logging.CRITICAL)
    logging.basicConfig(level=logging.INFO, handlers=[file, screen], format=form)


def _follow_rebalances(
    app: BatchingApp, topology: Topology, publisher: Publisher, settings: Settings
) -> None:
    held: set[Any] = set()
    moving = False
    moves = taken = 0  # `taken`: the states are those of that move
    erased_again = False  # what is on record as erased, in a key store that may come from a backup

    async def revoked(*_: Any, **__: Any) -> None:
        nonlocal moving, moves
        moving = True
        moves += 1
        publisher.mark_stale()
        topology.let_go()

    async def assigned(*given: Any, **__: Any) -> None:
        nonlocal moving, held
        moving = False
        _, partitions = given
        app.lease.renew()
        if held - partitions:
            publisher.show_nothing()
        held = set(partitions)

    async def recovered(*_: Any, **__: Any) -> None:
        nonlocal erased_again, taken
        before = moves
        topology.let_go()  # a state that was made before its table was read
        if not erased_again:
            await asyncio.to_thread(catch_up, settings)
            erased_again = True
        if moving:  # a recovery that the next rebalance overtook
            return
        await topology.take_assigned()
        if moves == before:  # it did not in its midst either
            taken = moves

    def settled() -> None:
        # not earlier: only the seek to what was committed, which follows the recovery, tells what a state has lost
        publisher.ready = bool(held) and not moving and taken == moves

    app.settled = settled
    app.on_partitions_revoked.connect(revoked, weak=False)
    app.on_partitions_assigned.connect(assigned, weak=False)
    app.on_rebalance_complete.connect(recovered, weak=False)


async def _run_until(stop: asyncio.Event, app: BatchingApp, settings: Settings) -> None:
    """Start the app and return when it ended, or was asked to at whatever point."""

    async def live() -> None:
        await require_topics(settings.broker or "", NEEDED, settings.security)
        await app.start()
        await app.wait_until_stopped()

    living, stopping = asyncio.create_task(live()), asyncio.create_task(stop.wait())
    await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if living.done():
        living.result()  # raises what the start raised
    living.cancel()
