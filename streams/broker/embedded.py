"""The embedded broker: one real Kafka over one home directory."""

import asyncio
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from streams.broker.cache import cache_dir
from streams.broker.error import BrokerError
from streams.broker.jars import KAFKA_VERSION, Progress, fetch_jars
from streams.broker.java import find_java, java_environment
from streams.broker.kraft import cluster_id, format_storage, properties, write_properties
from streams.broker.last_words import last_words
from streams.broker.layout import Layout
from streams.broker.lock import FileLock
from streams.broker.ports import LOOPBACK, Ports, kept_ports
from streams.broker.process import BrokerProcess
from streams.broker.ready import answering_cluster
from streams.broker.record import Record, end_broker, find_broker

_ASK_EVERY = 0.05  # seconds


class EmbeddedBroker:
    """A Kafka over `home`: data, ports and cluster id in `<home>/kafka`, log in `<home>/logs/kafka.log`.

    start() may follow a stop() or a death of the broker: data stay, and so do the ports unless another
    program took one, so read `bootstrap` again after each start. Any event loop may call the methods, one at
    a time; on Linux the broker dies with the thread that called start().
    """

    def __init__(
        self,
        home: Path,
        *,
        heap: str = "512m",
        say: Callable[[str], None],
        progress: Progress | None = None,
        cache: Path | None = None,
        extra: Mapping[str, str] | None = None,
        start_limit: float = 60.0,
    ) -> None:
        """`heap` is the JVM's -Xmx, `extra` properties go over the broker's own, `start_limit` is seconds."""
        self.home = home.absolute()
        self.heap = heap
        self.say = say
        self.progress = progress
        self.cache = cache or cache_dir()
        self.extra = dict(extra or {})
        self.start_limit = start_limit
        self._layout = Layout(home)
        self.log = self._layout.log
        self._lock = FileLock(self._layout.lock)
        self._ports: Ports | None = None
        self._process: BrokerProcess | None = None
        self._log_start = 0

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:port` of the last start."""
        if self._ports is None:
            raise BrokerError("the broker has not been started: it has no address yet")
        return f"{LOOPBACK}:{self._ports.broker}"

    @property
    def pid(self) -> int:
        """The broker's process id; BrokerError when it does not run."""
        if not self.running or self._process is None:
            raise BrokerError("the broker does not run")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    async def start(self) -> None:
        """Fetch what is missing, format once, start, and return when the broker answers; else BrokerError."""
        if self.running:
            raise BrokerError(f"the broker over {self.home} runs already")
        for path, separator in ((self.home, ","), (self.cache, os.pathsep)):
            if separator in str(path):
                raise BrokerError(
                    f"{path} has a {separator!r}, at which Kafka would cut it: choose another place"
                )
        self._take_home()
        try:
            java = self._java_command(await self._fetch())
            self._ports = await asyncio.to_thread(self._prepare, java)
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            self.say(f"starting Apache Kafka {KAFKA_VERSION} on {self.bootstrap}")
            command = [*java, "kafka.Kafka", str(self._layout.properties)]
            self._process = BrokerProcess(command, self._layout.output, java_environment())
            Record(self._process.pid, self._process.started, os.getpid()).write(self._layout.record)
            await self._answer(self._process)
        except BaseException:
            await self.stop(limit=0.0)
            raise

    async def wait(self) -> int:
        """The exit code once the broker has ended (negative for a signal), at once if it has."""
        if self._process is None:
            raise BrokerError("the broker has not been started")
        return await self._process.wait()

    async def stop(self, limit: float = 6.0) -> None:
        """End the broker, by force after `limit` seconds, and let go of the home; twice does no harm."""
        if self._process is not None and self._process.running:
            await self._process.stop(limit)
        if self._lock.held:
            self._layout.record.unlink(missing_ok=True)
            self._lock.release()

    def _take_home(self) -> None:
        """Make this the home's only broker, and end one that a dead owner left behind."""
        record = Record.read(self._layout.record)
        if not self._lock.held and not self._lock.acquire(wait=False):
            owner = f" (process {record.owner})" if record else ""
            raise BrokerError(
                f"another vigie{owner} runs a broker over {self.home}: stop it, or choose another --home"
            )
        if record and (process := find_broker(record, self._layout.properties)):
            self.say(f"ending the broker that an earlier run left behind (process {record.pid})")
            end_broker(process)

    async def _fetch(self) -> list[Path]:
        cancelled = threading.Event()
        try:
            return await asyncio.to_thread(
                fetch_jars,
                self.cache,
                say=self.say,
                progress=self.progress,
                cancelled=cancelled,
                repository=os.environ.get("VIGIE_MAVEN_REPOSITORY"),
            )
        except asyncio.CancelledError:
            cancelled.set()  # else the thread would go on to the last file
            raise

    def _java_command(self, jars: list[Path]) -> list[str]:
        """The command up to the main class."""
        return [
            str(find_java()),
            f"-Xmx{self.heap}",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",  # no files in the system's temporary directory
            "-Djava.awt.headless=true",
            f"-Djava.io.tmpdir={self._layout.temporary}",
            f"-Dlog4j2.configurationFile={self._layout.log4j}",
            f"-Dvigie.log={self.log}",
            "-cp",
            os.pathsep.join(str(jar) for jar in jars),
        ]

    def _prepare(self, java: list[str]) -> Ports:
        """Everything that the broker reads: directories, properties, the formatted data directory."""
        layout = self._layout
        shutil.rmtree(layout.temporary, ignore_errors=True)  # native libraries that a killed broker left
        for directory in (layout.data, layout.temporary, self.log.parent):
            directory.mkdir(parents=True, exist_ok=True)
        ports = kept_ports(layout.ports)
        write_properties(layout.properties, properties(layout.data, ports) | self.extra)
        layout.log4j.write_bytes(files("streams.broker").joinpath("log4j2.properties").read_bytes())
        if cluster_id(layout.data) is None:
            self.say(f"formatting {layout.data}")
            format_storage(java, layout.properties)
        return ports

    async def _answer(self, process: BrokerProcess) -> None:
        """Return when this broker answers a metadata request; BrokerError when it dies or takes too long."""
        ours = cluster_id(self._layout.data)
        until = time.monotonic() + self.start_limit
        while await answering_cluster(self.bootstrap) != ours:
            if not process.running:
                raise BrokerError(
                    f"Kafka ended at its start (exit status {await process.wait()}). {self._advice()}"
                )
            if time.monotonic() > until:
                raise BrokerError(f"Kafka did not answer within {self.start_limit:.0f} s. {self._advice()}")
            await asyncio.sleep(_ASK_EVERY)

    def _advice(self) -> str:
        """Where to look, and what the broker left in its log since this start."""
        words = "\n  ".join(last_words(self.log, self._log_start, self._layout.output)) or "(none)"
        return (
            f"See {self.log}; `vigie doctor` checks memory, disk and ports; --broker HOST:PORT uses another "
            f"Kafka. Its last words:\n  {words}"
        )
