"""/metrics of the newest snapshot, and the probes, each request in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, generate_latest

from streams.exporting.exposition import CONTENT_TYPE, companies_exposition
from streams.exporting.snapshot import Snapshot
from streams.exporting.source_metrics import SourceCollector
from streams.exporting.vitals import Vitals
from streams.exporting.worker_metrics import worker_registry
from streams.pause import boot_time
from streams.settings import SettingsError

_TEXT = "text/plain; charset=utf-8"
_YES, _NO = "200 OK", "503 Service Unavailable"


def serve(
    host: str,
    port: int,
    newest: Callable[[], Snapshot],
    vitals: Callable[[], Vitals],
    home: Path | None = None,
) -> WSGIServer:
    """A server of /metrics, /-/healthy and /-/ready, not yet serving; with `home`, of the sources fed from
    there too. Raises SettingsError where the address cannot be had."""

    def shown() -> Snapshot:
        snapshot = newest()
        return snapshot if vitals().in_touch(boot_time()) else snapshot.without_figures()

    asked = threading.local()  # one picture a request: its companies' series and the worker's belong together
    registry = worker_registry(lambda: asked.snapshot, vitals)
    if home is not None:
        registry.register(SourceCollector(home))

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.snapshot = shown()
        status, kind, body = _answer(environ.get("PATH_INFO", ""), asked.snapshot, vitals(), registry)
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    try:
        return make_server(host, port, answer, server_class=_Server, handler_class=_Quiet)
    except OSError as error:
        raise SettingsError(
            f"cannot serve metrics on {host}:{port} ({error.strerror}): "
            "another `vigie run`? Give --metrics host:port or VIGIE_METRICS_ADDRESS"
        ) from error


def _answer(
    path: str, snapshot: Snapshot, vitals: Vitals, registry: CollectorRegistry
) -> tuple[str, str, bytes]:
    """Status line, content type and body."""
    if path == "/metrics":
        return _YES, CONTENT_TYPE, companies_exposition(snapshot) + generate_latest(registry)
    now = boot_time()
    if path == "/-/healthy":
        return (_YES, _TEXT, b"alive\n") if vitals.alive(now) else (_NO, _TEXT, b"the event loop hangs\n")
    if path == "/-/ready":
        why = _why_not_ready(snapshot, vitals, now)
        return (_NO, _TEXT, f"{why}\n".encode()) if why else (_YES, _TEXT, b"ready\n")
    return "404 Not Found", _TEXT, b"try /metrics, /-/ready or /-/healthy\n"


def _why_not_ready(snapshot: Snapshot, vitals: Vitals, now: float) -> str | None:
    if not vitals.in_touch(now):
        return "out of touch with Kafka, or not known to it yet: no figures are shown"
    if not snapshot.ready:
        return f"recovering ({vitals.recovering} records left), or without partitions"
    if not snapshot.current(now):
        return f"the figures are {now - snapshot.taken:.0f} s old"
    return None


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request, so that a client that does not speak holds nobody up; an address family of
    its own, for ::1 is loopback too."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], *args: Any, **kwargs: Any) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, *args, **kwargs)

    def server_bind(self) -> None:
        """As HTTPServer's, without its reverse lookup of the host's name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    timeout = 10.0  # seconds for a client that does not speak

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Scrapes are no news."""
