"""The whole watch over TLS with SCRAM-SHA-512: every client logs in, and no password is left anywhere."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from broker_fixtures import MakeBroker
from comparing import assert_equal_to_the_recomputation
from made_posts import made_posts
from secured_broker import PASSWORD, USER, let_in, make_certificates, secured
from watching_fixtures import Start

from streams.broker.ready import answering_cluster
from streams.security import Security

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.timeout(240),
    pytest.mark.skipif(
        shutil.which("openssl") is None, reason="openssl makes the certificates, and is not here"
    ),
]


def test_everything_works_over_tls_with_a_login(
    make_broker: MakeBroker, start: Start, tmp_path: Path, watchlist: Path
) -> None:
    authority, server = make_certificates(tmp_path / "certificates")
    extra, address = secured(tmp_path / "broker", server)
    broker = make_broker(tmp_path / "broker", extra=extra)
    asyncio.run(broker.start())
    let_in(broker.bootstrap)
    refuses_others(address, authority)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    environment = {
        "VIGIE_SECURITY": "sasl-tls",
        "VIGIE_TLS_CA": str(authority),
        "VIGIE_SASL_USERNAME": USER,
        "VIGIE_SASL_PASSWORD_FILE": str(tmp_path / "password"),
        "VIGIE_RECORD_EVERY": "1",
    }
    lines = made_posts(600)
    source = tmp_path / "posts.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")

    watch = start("run", "--broker", address, "--source", str(source), **environment)
    watch.until_said("watching; figures at")
    found = watch.until_counted(len(lines))
    assert_equal_to_the_recomputation(found, lines, watchlist, watch.home)
    assert reaches_only(watch.process.pid, address)
    assert watch.interrupt() == 0
    assert "Traceback" not in watch.output()

    told = watch.output() + commands(address, watch.home, environment)
    logs = [path.read_text("utf-8", "replace") for path in (tmp_path / "home").rglob("*") if path.is_file()]
    kafka = broker.log.read_text("utf-8", "replace")
    assert not any(PASSWORD in text for text in (told, kafka, *logs))


def refuses_others(address: str, authority: Path) -> None:
    """Nobody is let in without TLS, with a wrong password, or where the certificate is not trusted."""
    right = Security(tls=True, ca=authority, username=USER, password=PASSWORD)
    wrong = Security(tls=True, ca=authority, username=USER, password="another")  # noqa: S106
    distrusting = Security(tls=True, username=USER, password=PASSWORD)
    answered = [
        asyncio.run(answering_cluster(address, 5.0, one)) for one in (right, wrong, distrusting, Security())
    ]
    assert [cluster is not None for cluster in answered] == [True, False, False, False]


def reaches_only(pid: int, address: str) -> bool:
    """The watch and its children have connections to this listener, and to no other port of a broker."""
    port = int(address.rpartition(":")[2])
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    reached = {
        one.raddr.port
        for process in family
        for one in process.net_connections("tcp")
        if one.status == "ESTABLISHED" and one.raddr
    }
    return port in reached and all(PASSWORD not in " ".join(process.cmdline()) for process in family)


def commands(address: str, home: Path, environment: dict[str, str]) -> str:
    """What the commands that read the log say, each of which must succeed."""
    asked = [
        ("doctor",),
        ("replay", "--from", "2026-05-29", "--to", "2026-05-29", "--topic", "replay.secured.v1"),
    ]
    said = ""
    for command, *rest in asked:
        places = ["--home", str(home), "--broker", address]
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", command, *places, *rest],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        said += done.stdout + done.stderr
        assert done.returncode == 0, said
        assert "FAIL" not in done.stdout
    return said
