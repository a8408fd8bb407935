"""Where a home keeps what belongs to its broker."""

from pathlib import Path


class Layout:
    """The broker's paths under `home`; nothing is made."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.directory = self.home / "kafka"
        self.data = self.directory / "data"
        self.temporary = self.directory / "tmp"
        self.properties = self.directory / "server.properties"
        self.log4j = self.directory / "log4j2.properties"
        self.ports = self.directory / "ports.json"
        self.record = self.directory / "broker.json"
        self.lock = self.directory / "lock"
        self.log = self.home / "logs" / "kafka.log"
        self.output = self.home / "logs" / "kafka.out"
