"""Which ports of the loopback interface a home's broker listens on."""

import json
import random
import socket
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from streams.broker.error import BrokerError

LOOPBACK = "127.0.0.1"

# Below the ports that operating systems hand to outgoing connections (Linux from 32768, others from 49152):
# while the broker is down, a client that keeps trying its port could otherwise be given that very port.
_RANGE = range(20_000, 32_000)


@dataclass(frozen=True, slots=True)
class Ports:
    broker: int
    controller: int


def kept_ports(path: Path) -> Ports:
    """The ports kept in `path`, or others for those that are taken now, kept there in their turn."""
    before = read_ports(path)
    broker = _free_port(before.broker if before else None, ())
    ports = Ports(broker, _free_port(before.controller if before else None, (broker,)))
    if ports != before:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(ports)), "utf-8")
        fresh.replace(path)
    return ports


def read_ports(path: Path) -> Ports | None:
    """The ports kept in `path`; None when there are none, or what is there is not readable as such."""
    try:
        fields = json.loads(path.read_text("utf-8"))
        return Ports(int(fields["broker"]), int(fields["controller"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Java does: connections of the last broker that wait to expire do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _free_port(wanted: int | None, taken: Collection[int]) -> int:
    if wanted is not None and wanted not in taken and is_free(wanted):
        return wanted
    for port in random.SystemRandom().sample(_RANGE, 200):
        if port not in taken and is_free(port):
            return port
    raise BrokerError(f"no free port between {_RANGE.start} and {_RANGE.stop} on {LOOPBACK}")
