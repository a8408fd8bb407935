"""The embedded broker, on real Kafka processes."""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from broker_fixtures import MakeBroker

from streams.broker.embedded import EmbeddedBroker
from streams.broker.error import BrokerError
from streams.broker.kraft import cluster_id
from streams.broker.ready import answering_cluster

pytestmark = pytest.mark.kafka

TOPIC = "letters.v1"


async def make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def send(bootstrap: str, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_kill_9_is_noticed_and_a_restart_has_the_same_address_and_the_same_records(
    make_broker: MakeBroker,
) -> None:
    broker = make_broker()
    await broker.start()
    address = broker.bootstrap
    await make_topic(address, TOPIC)
    letters = [f"lettre n° {n}".encode() for n in range(100)]
    await send(address, TOPIC, letters)
    death = asyncio.create_task(broker.wait())

    os.kill(broker.pid, signal.SIGKILL)

    assert await death == -signal.SIGKILL
    assert not broker.running
    await broker.start()
    assert broker.bootstrap == address
    assert await read(address, TOPIC, 100) == letters


async def test_a_stop_is_orderly_and_quick_and_keeps_cluster_and_ports(make_broker: MakeBroker) -> None:
    broker = make_broker()
    await broker.start()
    address, data = broker.bootstrap, broker.home / "kafka" / "data"
    cluster = cluster_id(data)
    asked = time.monotonic()

    await broker.stop(limit=30.0)

    assert time.monotonic() - asked < 10.0
    assert await broker.wait() == 128 + signal.SIGTERM  # the JVM's word for an orderly end by SIGTERM
    assert "shut down completed" in (broker.home / "logs" / "kafka.log").read_text()
    assert await answering_cluster(address) is None

    again = make_broker(broker.home)
    await again.start()
    assert again.bootstrap == address
    assert await answering_cluster(address) == cluster == cluster_id(data)


async def test_a_second_broker_over_a_living_home_is_refused(
    broker: EmbeddedBroker, make_broker: MakeBroker
) -> None:
    second = make_broker(broker.home)
    with pytest.raises(BrokerError, match=f"another vigie .process {os.getpid()}. runs a broker over"):
        await second.start()
    await second.stop()
    assert broker.running
    assert await answering_cluster(broker.bootstrap) is not None


async def test_two_homes_run_side_by_side_and_ports_taken_meanwhile_are_given_up(
    broker: EmbeddedBroker, make_broker: MakeBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    other = make_broker(tmp_path / "chez Hélène 🔭")
    await other.start()
    address = other.bootstrap
    await make_topic(address, TOPIC)
    await send(address, TOPIC, [b"one"])
    assert address != broker.bootstrap
    assert await answering_cluster(address) != await answering_cluster(broker.bootstrap)
    await other.stop()

    ports = [int(address.rpartition(":")[2]), controller_port(other)]
    with socket.create_server(("127.0.0.1", ports[0])), socket.create_server(("127.0.0.1", ports[1])):
        await other.start()
        assert other.bootstrap != address
        assert controller_port(other) not in ports
        assert await read(other.bootstrap, TOPIC, 1) == [b"one"]


def controller_port(broker: EmbeddedBroker) -> int:
    lines = (broker.home / "kafka" / "server.properties").read_text().splitlines()
    voters = next(line for line in lines if line.startswith("controller.quorum.voters="))
    return int(voters.rpartition(":")[2])


async def test_a_paused_broker_answers_nobody_and_still_stops(make_broker: MakeBroker) -> None:
    broker = make_broker()
    await broker.start()
    os.kill(broker.pid, signal.SIGSTOP)
    assert await answering_cluster(broker.bootstrap, limit=0.5) is None
    assert broker.running
    os.kill(broker.pid, signal.SIGCONT)
    assert await answering_cluster(broker.bootstrap, limit=10.0) is not None
    os.kill(broker.pid, signal.SIGSTOP)
    await broker.stop(limit=30.0)
    assert await broker.wait() == 128 + signal.SIGTERM


async def test_only_loopback_listens_and_a_terminal_s_ctrl_c_does_not_reach_it(
    broker: EmbeddedBroker,
) -> None:
    listening = {
        connection.laddr.ip.removeprefix("::ffff:")
        for connection in psutil.Process(broker.pid).net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}
    assert os.getsid(broker.pid) == broker.pid


async def test_a_topic_that_nobody_made_is_not_made_by_asking(broker: EmbeddedBroker) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.describe_topics(["mistyped.v1"])
        assert "mistyped.v1" not in await admin.list_topics()
    finally:
        await admin.close()


async def test_a_broker_that_cannot_start_says_why_and_what_to_do(make_broker: MakeBroker) -> None:
    broker = make_broker(extra={"authorizer.class.name": "no.such.Authorizer"})
    with pytest.raises(BrokerError, match=r"Kafka ended at its start(.|\n)*doctor(.|\n)*no.such.Authorizer"):
        await broker.start()
    assert not broker.running
    with pytest.raises(BrokerError, match="does not run"):
        _ = broker.pid


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the next start ends it (test_broker_record.py)"
)
async def test_it_dies_with_its_parent_and_the_home_is_free_again(
    tmp_path: Path, make_broker: MakeBroker
) -> None:
    program = (
        "import asyncio, sys, pathlib\n"
        "from streams.broker.embedded import EmbeddedBroker\n"
        "async def main():\n"
        "    broker = EmbeddedBroker(pathlib.Path(sys.argv[1]), heap='256m', say=lambda line: None)\n"
        "    await broker.start()\n"
        "    print(broker.pid, flush=True)\n"
        "    await broker.wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path / "home"), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = psutil.Process(int(await parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    await parent.wait()
    child.wait(10)
    heir = make_broker(tmp_path / "home")
    await heir.start()
    assert heir.running
