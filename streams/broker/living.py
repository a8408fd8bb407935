"""Where a home's broker can be reached, for one who did not start it."""

from pathlib import Path

from streams.broker.layout import Layout
from streams.broker.ports import LOOPBACK, read_ports
from streams.broker.record import Record, find_broker


def living_broker(home: Path) -> str | None:
    """`127.0.0.1:port` of the broker that runs over `home` now; None when none does."""
    layout = Layout(home)
    record, ports = Record.read(layout.record), read_ports(layout.ports)
    if record is None or ports is None or find_broker(record, layout.properties) is None:
        return None
    return f"{LOOPBACK}:{ports.broker}"
