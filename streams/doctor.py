"""What `vigie doctor` looks at: whether each thing that a run needs is there, and what to do where not."""

import asyncio
import errno
import http.client
import platform
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from streams.admin import partition_counts
from streams.broker.cache import cache_dir
from streams.broker.error import BrokerError
from streams.broker.jars import KAFKA_VERSION, locked_jars, missing_jars
from streams.broker.java import find_java, java_version
from streams.broker.living import living_broker
from streams.broker.ready import answering_cluster
from streams.security import PLAINTEXT, Security

MIN_PYTHON = (3, 11)
ENOUGH_DISK, LEAST_DISK = 2_000_000_000, 300_000_000  # bytes
ENOUGH_MEMORY, LEAST_MEMORY = (
    1_500_000_000,
    700_000_000,
)  # bytes: broker 0.4 GB, a worker and its sentiment tables
_ANSWER = 5.0  # seconds


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what to do about it ("" when nothing needs doing)."""

    check: str
    verdict: Verdict
    found: str
    advice: str = ""


async def diagnose(
    home: Path,
    *,
    broker: str | None,
    topics: Mapping[str, int],
    metrics: tuple[str, int],
    cache: Path | None = None,
    security: Security = PLAINTEXT,
) -> list[Finding]:
    """Look at everything that `vigie run` needs, changing nothing; the findings in the order of a run.

    `broker` is host:port of a Kafka of one's own, None for the embedded one; `topics` the partition count
    expected of each topic; `metrics` the host and port that the exposition listens on.
    """
    findings = [check_python(sys.version_info[:2])]
    if broker is None:
        findings.append(await asyncio.to_thread(check_java))
        findings.append(await asyncio.to_thread(check_jars, cache or cache_dir()))
    findings += [check_disk(home), check_memory(psutil.virtual_memory().available)]
    address = broker or living_broker(home)
    if address is None:
        findings.append(
            Finding("broker", Verdict.OK, "the embedded Kafka does not run; `vigie run` starts it")
        )
    else:
        findings.append(answered := await check_broker(address, security))
        if answered.verdict is Verdict.OK:
            findings += await check_topics(address, topics, security)
    findings.append(await asyncio.to_thread(check_metrics, *metrics))
    return findings


def check_python(version: tuple[int, int]) -> Finding:
    found = f"Python {version[0]}.{version[1]} ({platform.python_implementation()})"
    if version >= MIN_PYTHON:
        return Finding("python", Verdict.OK, found)
    return Finding("python", Verdict.FAIL, found, "install Python 3.11 or newer and run `make setup` again")


def check_java() -> Finding:
    try:
        return Finding("java", Verdict.OK, java_version(find_java()))
    except BrokerError as error:
        return Finding("java", Verdict.FAIL, str(error), "run `make setup` again, or use --broker HOST:PORT")


def check_jars(cache: Path) -> Finding:
    jars = locked_jars()
    missing = missing_jars(cache, jars)
    found = f"Apache Kafka {KAFKA_VERSION}: {len(jars) - len(missing)} of {len(jars)} files in {cache}"
    if not missing:
        return Finding("kafka", Verdict.OK, found)
    size = sum(jar.size for jar in missing) / 1e6
    return Finding(
        "kafka",
        Verdict.WARN,
        found,
        f"`vigie run` fetches the {size:.0f} MB that are missing; without a network, copy the directory from "
        "a machine that has them, or use --broker HOST:PORT",
    )


def check_disk(home: Path) -> Finding:
    """Free space where the home is, or will be made."""
    there = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:.1f} GB free for {home}"
    return _by_amount(
        "disk", free, ENOUGH_DISK, LEAST_DISK, found, "free some space, or choose another --home"
    )


def check_memory(available: int) -> Finding:
    """`available` is in bytes."""
    advice = "close other programs, or use a Kafka on another machine: --broker HOST:PORT"
    found = f"{available / 1e9:.1f} GB available"
    return _by_amount("memory", available, ENOUGH_MEMORY, LEAST_MEMORY, found, advice)


def _by_amount(check: str, amount: int, enough: int, least: int, found: str, advice: str) -> Finding:
    if amount >= enough:
        return Finding(check, Verdict.OK, found)
    return Finding(check, Verdict.WARN if amount >= least else Verdict.FAIL, found, advice)


async def check_broker(address: str, security: Security = PLAINTEXT) -> Finding:
    """`address` is host:port, or several with commas between them, of which one is enough."""
    for one in address.split(","):
        cluster = await answering_cluster(one, limit=_ANSWER, security=security)
        if cluster is not None:
            return Finding("broker", Verdict.OK, f"{one} answers (cluster {cluster})")
    return Finding(
        "broker",
        Verdict.FAIL,
        f"no Kafka answers at {address}",
        "check the address (--broker, VIGIE_BROKER), the network and that broker's log; without --broker "
        "`vigie run` starts its own",
    )


async def check_topics(
    address: str, expected: Mapping[str, int], security: Security = PLAINTEXT
) -> list[Finding]:
    """One finding for each topic of `expected`, in its order."""
    try:
        actual = await asyncio.to_thread(_partition_counts, address, list(expected), security)
    except (OSError, KafkaError) as error:
        return [Finding("topics", Verdict.FAIL, f"{address} does not list its topics: {error}", "try again")]
    return [check_topic(topic, count, actual.get(topic)) for topic, count in expected.items()]


def check_topic(topic: str, expected: int, actual: int | None) -> Finding:
    """`actual` is the topic's partition count, None when the broker does not have it."""
    if actual is None:
        return Finding(f"topic {topic}", Verdict.WARN, "not there yet", "`vigie run` makes it")
    if actual == expected:
        return Finding(f"topic {topic}", Verdict.OK, f"{actual} partitions")
    return Finding(
        f"topic {topic}",
        Verdict.FAIL,
        f"{actual} partitions, {expected} expected",
        f"a topic keeps its partition count: set VIGIE_PARTITIONS={actual}, or begin anew with another "
        "--home or broker",
    )


def _partition_counts(address: str, topics: list[str], security: Security) -> dict[str, int]:
    limit = int(_ANSWER * 1000)
    admin = KafkaAdminClient(
        bootstrap_servers=address.split(","),
        client_id="vigie-doctor",
        bootstrap_timeout_ms=limit,
        request_timeout_ms=limit,
        **security.options(),
    )
    try:
        return partition_counts(admin, topics)
    finally:
        admin.close()


def check_metrics(host: str, port: int) -> Finding:
    """Whether the exposition may listen there: nobody does, or a vigie that runs already."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _is_vigie(host, port):
            return Finding("metrics", Verdict.OK, f"a vigie serves http://{host}:{port}/metrics")
        advice = "choose another --metrics HOST:PORT, or end what listens there"
        return Finding("metrics", Verdict.FAIL, f"cannot listen on {host}:{port}: {error.strerror}", advice)
    return Finding("metrics", Verdict.OK, f"{host}:{port} is free")


def _is_vigie(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER)
    try:
        connection.request("GET", "/metrics")
        return b"vigie_" in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
