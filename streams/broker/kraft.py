"""The broker's properties, and the formatting of its data directory: KRaft, one node, loopback only."""

import base64
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from streams.broker.error import BrokerError
from streams.broker.java import java_environment
from streams.broker.ports import LOOPBACK, Ports

_NODE = 1
_FORMAT_LIMIT = 60.0  # seconds


def properties(data: Path, ports: Ports) -> dict[str, str]:
    """What server.properties holds for one node that is broker and controller over the directory `data`."""
    return {
        "process.roles": "broker,controller",
        "node.id": str(_NODE),
        "controller.quorum.voters": f"{_NODE}@{LOOPBACK}:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{ports.broker},CONTROLLER://{LOOPBACK}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{ports.broker}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(data),
        # Topics are made with the partitions and the retention that they say, never by a typing mistake.
        "auto.create.topics.enable": "false",
        "log.retention.ms": "-1",
        # There is one copy of everything.
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # Few partitions for its own topics: a start and a stop touch each of them.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "1",
        # A run taken up again months later goes on from its offsets.
        "offsets.retention.minutes": str(366 * 24 * 60),
        # No wait for further members: a group of few workers starts at once.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # A killed broker is refused by its own controller until its old session ends: 4 s, not 12.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "num.network.threads": "2",
        "num.io.threads": "4",
        # The cleaner takes this from the heap as it starts; 128 MB otherwise.
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }


def write_properties(path: Path, values: Mapping[str, str]) -> None:
    """Write a Java properties file: Latin-1 to its reader, so that all but ASCII is escaped."""
    path.write_text("".join(f"{key}={_escape(value)}\n" for key, value in values.items()), "ascii")


def _escape(value: str) -> str:
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return "".join(chr(code) if 32 <= code < 127 else f"\\u{code:04x}" for code in codes)


def cluster_id(data: Path) -> str | None:
    """The cluster id that the directory was formatted with; None if it was not."""
    try:
        lines = (data / "meta.properties").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    return next((line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id=")), None)


def new_cluster_id() -> str:
    """A random id as Kafka writes them: 16 bytes, URL-safe base64 without padding, no leading dash."""
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    return "A" + text[1:] if text.startswith("-") else text


def format_storage(java: list[str], properties_file: Path) -> None:
    """Format the data directory by Kafka's own StorageTool.

    `java` is the command up to the main class. BrokerError with the tool's words when it fails.
    """
    command = [
        *java,
        "kafka.tools.StorageTool",
        "format",
        "--cluster-id",
        new_cluster_id(),
        "--config",
        str(properties_file),
        "--ignore-formatted",
    ]
    try:
        done = subprocess.run(  # noqa: S603  our own executable
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_FORMAT_LIMIT,
            check=False,
            start_new_session=True,
            env=java_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokerError(f"cannot format Kafka's data directory: {error}") from error
    if done.returncode != 0:
        raise BrokerError(f"cannot format Kafka's data directory: {(done.stderr or done.stdout).strip()}")
