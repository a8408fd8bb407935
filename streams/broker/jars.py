"""Kafka's jars: pinned by jars.lock, fetched by jgo, checked by SHA-256, cached for all homes."""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from streams.broker.error import BrokerError
from streams.broker.lock import FileLock

KAFKA_VERSION = "4.4.0"
LOG4J_VERSION = "2.26.1"
# "!" keeps log4j's own dependency management, which names an old kafka-clients, out of the resolution.
ENDPOINT = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J_VERSION}!"
)

Progress = Callable[[int, int], None]
"""Called with the bytes fetched so far and the bytes to fetch, from several threads but one at a time."""

_AT_ONCE = 4
_TRIES = 3
_SILENCE = 5  # seconds without a byte; a Ctrl-C may have to wait for them


class FetchCancelledError(Exception):
    """The fetch was called off by whoever asked for it."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of jars.lock: `group:artifact:version size sha256`, size in bytes."""

    coordinate: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    def whole_in(self, directory: Path) -> bool:
        """Whether `directory` holds this jar, byte for byte."""
        path = directory / self.filename
        try:
            if path.stat().st_size != self.size:
                return False
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def locked_jars() -> tuple[Jar, ...]:
    """Every jar that the broker's class path has, in the order of jars.lock."""
    lines = files("streams.broker").joinpath("jars.lock").read_text("utf-8").splitlines()
    fields = (line.split() for line in lines)
    return tuple(Jar(coordinate, int(size), sha256) for coordinate, size, sha256 in fields)


def jar_dir(cache: Path) -> Path:
    return cache / f"kafka-{KAFKA_VERSION}"


def missing_jars(cache: Path, jars: Sequence[Jar]) -> list[Jar]:
    """Those of `jars` that the cache lacks or holds damaged."""
    return [jar for jar in jars if not jar.whole_in(jar_dir(cache))]


def fetch_jars(
    cache: Path,
    *,
    jars: Sequence[Jar] | None = None,
    say: Callable[[str], None],
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
    repository: str | None = None,
) -> list[Path]:
    """Make the cache whole and give the class path.

    A jar enters the cache by a rename of a checked file, so a fetch broken off at any point, or two at once,
    leaves only whole jars, and the next fetch takes those that are left. `repository` is the URL of a Maven
    mirror to use instead of jgo's own default. BrokerError when a jar cannot be had.
    """
    jars = locked_jars() if jars is None else jars
    directory = jar_dir(cache)
    if missing_jars(cache, jars):
        with FileLock(cache / "fetch.lock"):
            # Asked again: another process may have fetched them while this one waited for the lock.
            if missing := missing_jars(cache, jars):
                directory.mkdir(parents=True, exist_ok=True)
                size = sum(jar.size for jar in missing)
                say(f"fetching Apache Kafka {KAFKA_VERSION}: {len(missing)} files, {size / 1e6:.0f} MB")
                _Fetch(directory, size, progress, cancelled, repository).run(missing)
    return [directory / jar.filename for jar in jars]


class _Fetch:
    """One download of several jars into `directory`, under the cache's lock."""

    def __init__(
        self,
        directory: Path,
        size: int,
        progress: Progress | None,
        cancelled: threading.Event | None,
        repository: str | None,
    ) -> None:
        self.directory = directory
        self.size = size
        self.done = 0
        self.progress = progress
        self.cancelled = cancelled or threading.Event()
        self.repository = repository
        self.lock = threading.Lock()

    def run(self, jars: Sequence[Jar]) -> None:
        for left_over in self.directory.glob("partial-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as pool:
            waiting = [pool.submit(self.fetch, jar) for jar in jars]
            try:
                for one in waiting:
                    one.result()
            except BaseException:
                self.cancelled.set()
                pool.shutdown(cancel_futures=True)
                raise

    def fetch(self, jar: Jar) -> None:
        """Download one jar, again if it broke off, and move it into place."""
        failure: Exception | None = None
        for _ in range(_TRIES):
            counted: list[int] = []
            with tempfile.TemporaryDirectory(prefix="partial-", dir=self.directory) as partial:
                try:
                    path = self.download(jar, Path(partial), counted)
                except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
                    failure = error
                else:
                    if jar.whole_in(path.parent):
                        path.replace(self.directory / jar.filename)
                        return
                    failure = ValueError("what came is not what jars.lock says (size or SHA-256)")
            self.advance(-sum(counted))
        raise BrokerError(
            f"cannot download {jar.filename}: {failure}. Check the connection; behind a proxy set "
            "HTTPS_PROXY, with a Maven mirror set VIGIE_MAVEN_REPOSITORY to its URL, or use a Kafka that "
            "runs elsewhere: --broker HOST:PORT. What is already there is kept."
        ) from failure

    def download(self, jar: Jar, partial: Path, counted: list[int]) -> Path:
        # jgo.build() would fetch a whole JDK 11 to classify jars by module: only its Maven layer is used.
        # Imported here because it takes long, and a whole cache does not need it.
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

        @contextmanager
        def count(_filename: str, _size: int) -> Iterator[Callable[[int], None]]:
            def add(size: int) -> None:
                counted.append(size)
                self.advance(size)

            yield add

        mirror = {"mirror": self.repository.rstrip("/")} if self.repository else None
        context = MavenContext(
            resolver=PythonResolver(progress_callback=count),
            repo_cache=partial,
            remote_repos=mirror,
            timeout=_SILENCE,
        )
        path: Path = context.create_dependency(jar.coordinate).artifact.resolve()
        return path

    def advance(self, size: int) -> None:
        if self.cancelled.is_set():
            raise FetchCancelledError
        with self.lock:
            self.done += size
            if self.progress is not None:
                self.progress(self.done, self.size)
