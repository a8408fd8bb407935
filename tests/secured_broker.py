"""A real Kafka that lets in only who comes over TLS with a name and a password (SCRAM-SHA-512), and trusts
certificates made a moment ago."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kafka.admin import KafkaAdminClient, ScramMechanism, UserScramCredentialUpsertion

from streams.broker.layout import Layout
from streams.broker.ports import LOOPBACK, kept_ports

USER, PASSWORD = "vigie", "a long password, made up"


def make_certificates(directory: Path) -> tuple[Path, Path]:
    """(the authority's certificate, the broker's key and certificate in one PEM), by openssl."""
    directory.mkdir()
    authority, server = directory / "ca.pem", directory / "server.pem"

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)

    def extensions(name: str, text: str) -> str:
        (directory / name).write_text(text)
        return name

    key = ("-newkey", "rsa:2048", "-nodes")
    openssl(
        "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority",
        "-addext", "keyUsage=critical,keyCertSign", "-addext", "basicConstraints=critical,CA:TRUE",
    )  # fmt: skip
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=broker")
    names = extensions("names", f"subjectAltName=IP:{LOOPBACK},DNS:localhost\n")
    openssl(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
        "server.crt", "-days", "2", "-extfile", names,
    )  # fmt: skip
    server.write_bytes((directory / "server.key").read_bytes() + (directory / "server.crt").read_bytes())
    return authority, server


def secured(home: Path, server: Path) -> tuple[dict[str, str], str]:
    """(properties over the embedded broker's own, the address of its SASL_SSL listener). The plain listener
    stays: the embedded broker is asked there whether it is up, and there the first user is made."""
    layout = Layout(home)
    layout.directory.mkdir(parents=True)
    ports = kept_ports(layout.ports)
    other = kept_ports(home / "secured.json")
    free = other.controller if other.broker in {ports.broker, ports.controller} else other.broker
    address = f"{LOOPBACK}:{free}"
    plain = f"PLAINTEXT://{LOOPBACK}:{ports.broker}"
    return {
        "listeners": f"{plain},CONTROLLER://{LOOPBACK}:{ports.controller},SASL_SSL://{address}",
        "advertised.listeners": f"{plain},SASL_SSL://{address}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(server),
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
    }, address


def let_in(bootstrap: str) -> None:
    """Make the user, over the plain listener at `bootstrap`."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        wanted = UserScramCredentialUpsertion(USER, ScramMechanism.SCRAM_SHA_512, PASSWORD, iterations=4096)
        failures = admin.alter_user_scram_credentials([wanted])
        assert not any(failures.values()), failures
    finally:
        admin.close()
