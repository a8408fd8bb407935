"""The exporter's HTTP side: probes tell the truth, nobody holds others up, a taken address is said."""

import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from streams.exporting.exporter import serve
from streams.exporting.snapshot import Snapshot
from streams.settings import SettingsError


class Exporter:
    def __init__(self, host: str = "127.0.0.1") -> None:
        self.snapshot = Snapshot()
        self.host = host
        self.server = serve(host, 0, lambda: self.snapshot)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def get(self, path: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type") or "", answer.read().decode()
        finally:
            connection.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    one = Exporter()
    yield one
    one.close()


def test_readiness_follows_the_snapshot_and_liveness_does_not(exporter: Exporter) -> None:
    assert exporter.get("/-/ready")[0] == 503
    assert exporter.get("/-/healthy")[0] == 200
    exporter.snapshot = replace(exporter.snapshot, ready=True)
    assert exporter.get("/-/ready")[0] == 200
    exporter.snapshot = replace(exporter.snapshot, ready=False)
    assert exporter.get("/-/ready")[0] == 503


def test_metrics_are_served_in_the_text_format(exporter: Exporter) -> None:
    status, kind, text = exporter.get("/metrics")
    assert status == 200
    assert kind.startswith("text/plain; version=0.0.4")
    assert "vigie_ready 0.0\n" in text


def test_other_paths_say_where_to_look(exporter: Exporter) -> None:
    assert exporter.get("/table/ledger")[:1] == (404,)
    assert "/metrics" in exporter.get("/")[2]


def test_a_client_that_does_not_speak_holds_nobody_up(exporter: Exporter) -> None:
    with (
        socket.create_connection(("127.0.0.1", exporter.port)),
        socket.create_connection(("127.0.0.1", exporter.port)) as second,
    ):
        second.sendall(b"GET /metr")
        assert exporter.get("/metrics")[0] == 200  # get() gives up after 5 s, the silent ones are kept 10


def test_ipv6_loopback() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")
    exporter = Exporter("::1")
    try:
        assert exporter.get("/-/healthy")[0] == 200
    finally:
        exporter.close()


def test_a_taken_address_is_a_refusal_that_says_what_to_do(exporter: Exporter) -> None:
    with pytest.raises(SettingsError, match=r"--metrics host:port or VIGIE_METRICS_ADDRESS"):
        serve("127.0.0.1", exporter.port, Snapshot)
