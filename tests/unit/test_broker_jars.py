"""Fetching jars from a repository on this machine that can be slow, wrong, broken off or gone."""

import gc
import hashlib
import http.server
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from streams.broker.error import BrokerError
from streams.broker.jars import (
    KAFKA_VERSION,
    LOG4J_VERSION,
    FetchCancelledError,
    Jar,
    fetch_jars,
    jar_dir,
    locked_jars,
    missing_jars,
)

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

CONTENTS = {f"org.example:part-{n}:1.{n}": bytes([n]) * (50_000 + n) for n in range(9)}
JARS = tuple(Jar(name, len(body), hashlib.sha256(body).hexdigest()) for name, body in CONTENTS.items())


class Repository(http.server.ThreadingHTTPServer):
    """A Maven repository of CONTENTS, which counts what it is asked for.

    Jars in `broken` are broken off once, those in `wrong` come with other bytes.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.broken: set[str] = set()
        self.wrong: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}/maven/"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        *group, artifact, version, filename = self.path.removeprefix("/maven/").split("/")
        name = f"{'.'.join(group)}:{artifact}:{version}"
        if not filename.endswith(".jar") or name not in CONTENTS:
            self.send_error(404)
            return
        self.server.asked[name] += 1
        body = CONTENTS[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if name in self.server.broken:
            self.server.broken.remove(name)
            body = body[: len(body) // 2]
        if name in self.server.wrong:
            body = body[::-1][1:] + b"!"
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Repository() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            gc.collect()  # jgo leaves a broken-off response to the collector: not in another test


def fetch(cache: Path, repository: Repository, said: list[str] | None = None) -> list[Path]:
    say = (said if said is not None else []).append
    return fetch_jars(cache, jars=JARS, say=say, repository=repository.url)


def entries(cache: Path) -> set[str]:
    return {path.name for path in jar_dir(cache).iterdir()}


def test_a_fetch_gives_the_class_path_in_order_and_reports_every_byte(
    tmp_path: Path, repository: Repository
) -> None:
    said: list[str] = []
    reports: list[tuple[int, int]] = []

    def progress(done: int, size: int) -> None:
        reports.append((done, size))

    paths = fetch_jars(tmp_path, jars=JARS, say=said.append, progress=progress, repository=repository.url)

    assert [path.read_bytes() for path in paths] == list(CONTENTS.values())
    size = sum(map(len, CONTENTS.values()))
    assert reports[-1] == (size, size)
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)
    assert said == [f"fetching Apache Kafka {KAFKA_VERSION}: 9 files, 0 MB"]


def test_a_whole_cache_asks_nobody(tmp_path: Path, repository: Repository) -> None:
    fetch(tmp_path, repository)
    repository.asked.clear()
    said: list[str] = []
    fetch(tmp_path, repository, said)
    assert not repository.asked
    assert not said


def test_only_what_is_missing_or_damaged_is_fetched_again(tmp_path: Path, repository: Repository) -> None:
    damaged, missing, cut = fetch(tmp_path, repository)[2:5]
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    missing.unlink()
    cut.write_bytes(cut.read_bytes()[:100])
    assert missing_jars(tmp_path, JARS) == list(JARS[2:5])
    repository.asked.clear()
    fetch(tmp_path, repository)
    assert set(repository.asked) == {jar.coordinate for jar in JARS[2:5]}
    assert not missing_jars(tmp_path, JARS)


def test_a_transfer_broken_off_is_done_again(tmp_path: Path, repository: Repository) -> None:
    repository.broken = {JARS[3].coordinate, JARS[7].coordinate}
    reports: list[int] = []
    fetch_jars(
        tmp_path,
        jars=JARS,
        say=print,
        progress=lambda done, _: reports.append(done),
        repository=repository.url,
    )
    assert not repository.broken
    assert not missing_jars(tmp_path, JARS)
    assert reports[-1] == sum(jar.size for jar in JARS)


def test_what_does_not_match_its_sum_never_enters_the_cache(tmp_path: Path, repository: Repository) -> None:
    repository.wrong = {JARS[8].coordinate}
    with pytest.raises(BrokerError, match=r"part-8-1.8.jar: what came .* HTTPS_PROXY.* --broker"):
        fetch(tmp_path, repository)
    assert repository.asked[JARS[8].coordinate] == 3
    kept = entries(tmp_path)
    assert JARS[8].filename not in kept
    assert not any(name.startswith("partial") for name in kept)
    assert all(jar.whole_in(jar_dir(tmp_path)) for jar in JARS if jar.filename in kept)


def test_a_jar_that_the_repository_lacks_is_named(tmp_path: Path, repository: Repository) -> None:
    strange = replace(JARS[0], coordinate="org.example:strange:0")
    with pytest.raises(BrokerError, match=r"cannot download strange-0\.jar"):
        fetch_jars(tmp_path, jars=[strange], say=print, repository=repository.url)


def test_without_network_an_empty_cache_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(BrokerError, match=r"cannot download .*HTTPS_PROXY.*VIGIE_MAVEN_REPOSITORY.*--broker"):
        fetch_jars(tmp_path, jars=JARS, say=print, repository="http://127.0.0.1:1/maven")


def test_two_first_runs_at_once_download_everything_once(tmp_path: Path, repository: Repository) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: fetch(tmp_path, repository), range(2))
    assert first == second
    assert not missing_jars(tmp_path, JARS)
    assert repository.asked == dict.fromkeys(CONTENTS, 1)


def test_a_fetch_called_off_leaves_only_whole_jars_and_the_next_takes_the_rest(
    tmp_path: Path, repository: Repository
) -> None:
    cancelled = threading.Event()

    def after_half(done: int, size: int) -> None:
        if done > size // 2:
            cancelled.set()

    with pytest.raises(FetchCancelledError):
        fetch_jars(
            tmp_path,
            jars=JARS,
            say=print,
            progress=after_half,
            cancelled=cancelled,
            repository=repository.url,
        )
    missing = missing_jars(tmp_path, JARS)
    assert entries(tmp_path) == {jar.filename for jar in JARS if jar not in missing}
    assert 0 < len(missing) < len(JARS)
    repository.asked.clear()
    fetch(tmp_path, repository)
    assert set(repository.asked) == {jar.coordinate for jar in missing}


def test_what_a_killed_fetch_left_behind_is_cleared(tmp_path: Path, repository: Repository) -> None:
    left_over = jar_dir(tmp_path) / "partial-x"
    left_over.mkdir(parents=True)
    (left_over / "half.jar").write_bytes(b"half")
    fetch(tmp_path, repository)
    assert entries(tmp_path) == {jar.filename for jar in JARS}


def test_the_lock_file_names_one_kafka_throughout() -> None:
    jars = locked_jars()
    versions = {tuple(jar.coordinate.split(":")[1:]) for jar in jars}
    assert len({artifact for artifact, _ in versions}) == len(jars)
    assert ("kafka_2.13", KAFKA_VERSION) in versions
    # log4j's dependency management would bring an older kafka-clients
    assert {version for artifact, version in versions if artifact.startswith("kafka-")} == {KAFKA_VERSION}
    assert {version for artifact, version in versions if artifact.startswith("log4j-")} == {LOG4J_VERSION}
    assert all(jar.size > 1000 and len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
