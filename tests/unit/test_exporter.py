"""The exporter's HTTP side: probes tell the truth, nobody holds others up, a taken address is said."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from streams.exporting.exporter import serve
from streams.exporting.snapshot import CURRENT_WITHIN, Snapshot
from streams.exporting.vitals import ALIVE_WITHIN, IN_TOUCH_WITHIN, Vitals
from streams.pause import boot_time
from streams.settings import SettingsError


class Exporter:
    def __init__(self, host: str = "127.0.0.1") -> None:
        self.snapshot = Snapshot()
        self.host = host
        self.vitals = Vitals(beat=boot_time(), heard=boot_time())
        self.server = serve(host, 0, lambda: self.snapshot, lambda: self.vitals)
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
    exporter.snapshot = replace(exporter.snapshot, ready=True, taken=boot_time())
    assert exporter.get("/-/ready")[0] == 200
    exporter.snapshot = replace(exporter.snapshot, ready=False)
    assert exporter.get("/-/ready")[0] == 503


def test_a_worker_that_its_group_does_not_answer_is_not_ready(exporter: Exporter) -> None:
    exporter.snapshot = replace(exporter.snapshot, ready=True, taken=boot_time())
    now = boot_time()
    for heard in (None, now - IN_TOUCH_WITHIN - 1):
        exporter.vitals = Vitals(beat=now, heard=heard)
        assert exporter.get("/-/ready")[0] == 503
        assert "\nvigie_ready 0.0\n" in exporter.get("/metrics")[2]
        assert exporter.get("/-/healthy")[0] == 200
    exporter.vitals = Vitals(beat=now, heard=now - 1)
    assert exporter.get("/-/ready")[0] == 200
    assert "\nvigie_ready 1.0\n" in exporter.get("/metrics")[2]


def test_figures_that_stand_still_are_not_ready(exporter: Exporter) -> None:
    exporter.snapshot = replace(exporter.snapshot, ready=True, taken=boot_time() - CURRENT_WITHIN - 1)
    status, _, said = exporter.get("/-/ready")
    assert status == 503
    assert re.fullmatch(r"the figures are 2\d s old\n", said)
    assert "\nvigie_ready 0.0\n" in exporter.get("/metrics")[2]


def test_a_worker_that_may_have_lost_its_partitions_shows_no_figures(exporter: Exporter) -> None:
    """Another one shows them by now: a sum must not have them twice, nor a comparison two of one company."""
    now = boot_time()
    exporter.snapshot = Snapshot(
        ready=True, taken=now, at=1, newest={"orange": 7}, posts={"twitter": 5}, lag={("posts.v1", 0): 3}
    )
    exporter.vitals = Vitals(beat=now, heard=now)
    assert 'company="orange"' in exporter.get("/metrics")[2]
    exporter.vitals = Vitals(beat=now, heard=now - IN_TOUCH_WITHIN - 1, waiting={"posts.v1": now - 60})
    text = exporter.get("/metrics")[2]
    assert "orange" not in text
    assert "vigie_posts_total{" not in text
    assert 'vigie_commit_age_seconds{topic="posts.v1"} 6' in text, "what tells that it is stuck stays"


def test_one_answer_shows_one_picture() -> None:
    """Whatever snapshot comes while it is written."""
    vitals = Vitals(beat=boot_time(), heard=boot_time())
    before, after = Snapshot(), Snapshot(ready=True, taken=boot_time(), newest={"orange": 7}, at=7)
    coming = iter([before, after, before, after])
    server = serve("127.0.0.1", 0, lambda: next(coming), lambda: vitals)
    try:
        bodies = []
        for _ in range(2):
            environ = {"PATH_INFO": "/metrics"}
            (body,) = server.get_app()(environ, lambda *_: None)  # type: ignore[misc]
            bodies.append(body.decode())
    finally:
        server.server_close()
    assert ["\nvigie_ready 1.0\n" in body for body in bodies] == [False, True]
    assert ['company="orange"' in body for body in bodies] == [False, True]


def test_a_loop_that_hangs_is_neither_ready_nor_alive(exporter: Exporter) -> None:
    exporter.snapshot = replace(exporter.snapshot, ready=True, taken=boot_time())
    now = boot_time()
    exporter.vitals = Vitals(beat=now - ALIVE_WITHIN - 1, heard=now)
    assert exporter.get("/-/ready")[0] == 503
    status, _, said = exporter.get("/-/healthy")
    assert (status, said) == (503, "the event loop hangs\n")


def test_the_signs_are_metrics(exporter: Exporter) -> None:
    now = boot_time()
    exporter.snapshot = replace(exporter.snapshot, lag={("posts.v1", 0): 7, ("mentions.v1", 0): 0})
    exporter.vitals = Vitals(beat=now, heard=now, recovering=3, buffered=9, waiting={"posts.v1": now - 100})
    text = exporter.get("/metrics")[2]
    ages = dict(re.findall(r'vigie_commit_age_seconds\{topic="(.*?)"\} (.*)', text))
    assert float(ages["mentions.v1"]) == 0.0
    assert 100 <= float(ages["posts.v1"]) < 110
    assert "\nvigie_recovery_left_records 3.0\n" in text
    assert "\nvigie_producer_buffer_records 9.0\n" in text
    assert "3 records left" in exporter.get("/-/ready")[2]


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
        serve("127.0.0.1", exporter.port, Snapshot, lambda: exporter.vitals)
