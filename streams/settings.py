"""Every setting, read once: command line over environment over default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from streams.security import PLAINTEXT, Security, read_security
from streams.settings_error import SettingsError as SettingsError  # noqa: PLC0414 - where all look for it

VERSION = version("vigie")

BATCH = 500  # twice as many are no faster, and keep the loop for 0.2 s


@dataclass(frozen=True, slots=True)
class Settings:
    """`broker` is host:port[,host:port…], or None for the embedded Kafka."""

    home: Path = Path(".vigie")
    broker: str | None = None
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 9612
    watchlists: tuple[Path, ...] = ()
    credibility: Path = Path("credibility.toml")
    author_key: Path | None = None  # the key of author hashes, one for all workers; None: the home's own
    keys: Path | None = None  # the key store, one for all feeds and workers; None: the home's own
    seal: bool = True  # whether a feed seals what is personal
    partitions: int = 4
    batch: int = BATCH  # records judged or folded at a time: a table write and a yield to the loop each
    publish_every: float = 0.5  # seconds of wall time between publications, where they cost little
    record_every: float = 30.0  # seconds of wall time between two rounds of records in reputation.v1
    micro_batches: bool = True
    security: Security = PLAINTEXT  # of every connection to `broker`
    replication: int = 1  # copies of each topic that is made

    def embedded(self) -> bool:
        """Whether the home's own Kafka is meant; raises SettingsError where it cannot be."""
        if self.broker is None and self.security.tls:
            raise SettingsError(
                "VIGIE_SECURITY is for a Kafka of your own: name it (--broker or VIGIE_BROKER)"
            )
        return self.broker is None

    @property
    def metrics_address(self) -> str:
        """As `address` reads it."""
        host = f"[{self.metrics_host}]" if ":" in self.metrics_host else self.metrics_host
        return f"{host}:{self.metrics_port}"

    @property
    def metrics_url(self) -> str:
        return f"http://{self.metrics_address}/metrics"


def read_settings(
    environment: Mapping[str, str] = os.environ,
    *,
    home: Path | None = None,
    broker: str | None = None,
    metrics: str | None = None,
    watchlists: tuple[Path, ...] = (),
    credibility: Path | None = None,
) -> Settings:
    """Settings from arguments (which win) and VIGIE_… variables; raises SettingsError."""
    host, port = address(metrics or environment.get("VIGIE_METRICS_ADDRESS") or "127.0.0.1:9612")
    if not watchlists and (named := environment.get("VIGIE_WATCHLIST")):
        watchlists = tuple(Path(part) for part in named.split(os.pathsep) if part)
    return Settings(
        home=(home or Path(environment.get("VIGIE_HOME") or ".vigie")).absolute(),
        broker=broker or environment.get("VIGIE_BROKER") or None,
        metrics_host=host,
        metrics_port=port,
        watchlists=watchlists or shipped("watchlist.toml", "corpus-watchlist.toml"),
        credibility=credibility
        or Path(environment.get("VIGIE_CREDIBILITY") or shipped("credibility.toml")[0]),
        author_key=Path(named) if (named := environment.get("VIGIE_AUTHOR_KEY")) else None,
        keys=Path(named) if (named := environment.get("VIGIE_KEYS")) else None,
        seal=environment.get("VIGIE_SEAL", "1") != "0",
        partitions=_whole(environment, "VIGIE_PARTITIONS", 4),
        batch=_whole(environment, "VIGIE_BATCH", BATCH, most=2_000),
        record_every=float(_whole(environment, "VIGIE_RECORD_EVERY", 30)),
        micro_batches=environment.get("VIGIE_MICRO_BATCHES", "1") != "0",
        security=read_security(environment),
        replication=_whole(environment, "VIGIE_REPLICATION", 1, most=100),
    )


def address(text: str) -> tuple[str, int]:
    """ "host:port" or "[IPv6]:port" -> (host, port); a bare port means loopback. Raises SettingsError."""
    host, _, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    whole = port.isdigit() and port.isascii() and 0 < int(port) < 65_536
    if not whole or (":" in host and not bracketed):
        raise SettingsError(
            f"{text!r} is no address: write host:port, for example 127.0.0.1:9612 or [::1]:9612"
        )
    return (host[1:-1] if bracketed else host) or "127.0.0.1", int(port)


def shipped(*names: str) -> tuple[Path, ...]:
    """Files that Vigie ships: beside the package when installed, in deploy/ of a checkout."""
    here = Path(__file__).parent
    places = (here / "shipped", here.parent / "deploy")
    return tuple(
        next((place / name for place in places if (place / name).exists()), places[-1] / name)
        for name in names
    )


def _whole(environment: Mapping[str, str], name: str, default: int, most: int = 10_000) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise SettingsError(f"{name} is {text!r}: give a whole number from 1 to {most:,}")
    return int(text)
