"""How a worker ends that has not come to work yet: asked to in mid-start, or without any Kafka."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from streams.broker.ports import kept_ports


def worker(home: Path, broker: int, metrics: int) -> subprocess.Popen[str]:
    arguments = ["worker", "--home", str(home), "--broker", f"127.0.0.1:{broker}"]
    return subprocess.Popen(
        [sys.executable, "-m", "streams.cli", *arguments, "--metrics", f"127.0.0.1:{metrics}"],
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_mid_start_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    metrics = kept_ports(tmp_path / "ports.json").broker
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the connection and never answers
        mute.settimeout(30)
        with worker(tmp_path / "home", mute.getsockname()[1], metrics) as started:
            try:
                connection, _ = mute.accept()
                with connection:
                    started.send_signal(number)
                    _, told = started.communicate(timeout=10)
            finally:
                started.kill()
    assert (started.returncode, told) == (0, "")


def test_without_kafka_it_ends_with_one_sentence_and_status_1(tmp_path: Path) -> None:
    ports = kept_ports(tmp_path / "ports.json")
    with worker(tmp_path / "home", ports.broker, ports.controller) as started:
        _, told = started.communicate(timeout=30)
    assert started.returncode == 1
    assert f"no Kafka answers at 127.0.0.1:{ports.broker}" in told
    assert len(told.splitlines()) == 1
