"""`vigie evidence`: the follower and the server, from start to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from aiohttp import web

from streams.child import end_with_parent
from streams.evidence.correcting import Corrections, Send, sender
from streams.evidence.following import Follower
from streams.evidence.index import open_index, open_reader
from streams.evidence.originals import Originals
from streams.evidence.server import Pages
from streams.evidence.session import Desk, token_of
from streams.evidence.views import Watched
from streams.settings import Settings, SettingsError, address
from streams.watchlist.reading import load_watchlists
from streams.worker import log_to

log = logging.getLogger("vigie.evidence")
USUAL = "127.0.0.1:9613"
Say = Callable[[str], None]


async def serve(settings: Settings, asked: str | None, hosts: tuple[str, ...], say: Say) -> int:
    """Serve until SIGTERM or SIGINT (0); `settings.broker` must be set. `asked`: the address to listen on, None for the
    usual one or, where another watch has that, one of the home's own."""
    end_with_parent()
    log_to(settings.home / "logs" / "evidence.log")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # who read what is nobody's business
    desk = Desk(token_of())
    watched = Watched.of(load_watchlists(settings.watchlists))
    listening = listen(asked, settings.home / "evidence.address")
    index = open_index(settings.home)
    originals = Originals(settings)
    follower = Follower(settings, index)
    follower.start()
    reader = open_reader(settings.home)
    pages = Pages(reader, originals, watched, follower.caught_up.is_set)
    application = site(pages, hosts, desk, sender(settings))
    runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=1.0)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        say(f"the posts behind the figures: {url_of(listening)}")
        await stop.wait()
    finally:
        await runner.cleanup()
        follower.stop()
        originals.close()
        reader.close()
        index.close()
    return 0


def site(pages: Pages, hosts: tuple[str, ...], desk: Desk, send: Send) -> web.Application:
    """The whole site: pages to read, and where there is a token, the desk at which people correct."""
    corrections = Corrections(pages, desk, send)
    pages.person, pages.desk_open = corrections.person, desk.open
    application = pages.application(hosts)
    corrections.add_to(application)
    return application


def listen(asked: str | None, kept: Path) -> socket.socket:
    """A socket that listens; raises SettingsError where the address that was asked for is taken."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    for text in _candidates(asked, kept):
        host, port = address(text) if not text.endswith(":0") else (text[:-2], 0)
        with contextlib.suppress(OSError):
            found = socket.create_server(
                (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
            if asked is None:
                fresh = kept.with_suffix(f".{os.getpid()}")
                fresh.write_text(f"127.0.0.1:{found.getsockname()[1]}\n", "utf-8")
                fresh.replace(kept)
            return found
    raise SettingsError(
        f"{asked} cannot be listened on: name another address by --address or VIGIE_EVIDENCE_ADDRESS"
    )


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 - shown only
    return f"http://{shown}:{port}/"


def _candidates(asked: str | None, kept: Path) -> Iterator[str]:
    if asked is not None:
        yield asked
        return
    with contextlib.suppress(OSError, SettingsError):
        text = kept.read_text("utf-8").strip()
        address(text)
        yield text
    yield USUAL
    yield "127.0.0.1:0"
