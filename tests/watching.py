"""A real `vigie` as a process, and what its exposition says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
from prometheus_client.parser import text_string_to_metric_families

from streams.broker.ports import kept_ports

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def free_address(directory: Path, name: str) -> str:
    """A loopback address for an exposition."""
    return f"127.0.0.1:{kept_ports(directory / f'{name}-port.json').broker}"


def total(series: Series, name: str, **labels: str) -> float:
    """The sum of a metric's series that carry these labels."""
    wanted = labels.items()
    return sum(value for (found, has), value in series.items() if found == name and wanted <= set(has))


def companies_of(series: Series) -> set[str]:
    """The companies that an exposition has series of."""
    return {company for _, labels in series if (company := dict(labels).get("company")) is not None}


class Watching:
    """`vigie <command>` over `home`, serving its exposition at `address`."""

    def __init__(
        self, arguments: list[str], home: Path, address: str, told: Path | None = None, **environment: str
    ) -> None:
        """What it says goes to a file in `told`, beside the home unless given."""
        self.home = home
        self.address = address
        self.told = (told or home.parent) / f"{home.name}-{time.monotonic_ns()}.log"
        command, *rest = arguments
        places = ["--home", str(home), "--metrics", address]
        with self.told.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", command, *places, *rest],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **environment},
            )

    def output(self) -> str:
        """Everything that it said so far."""
        return self.told.read_text()

    def until(self, what: str, true: Callable[[], bool], limit: float = 60.0) -> None:
        """Poll until `true`; AssertionError with everything that was said when it does not become so."""
        end = time.monotonic() + limit
        while not true():
            if self.process.poll() is not None and not true():
                raise AssertionError(
                    f"{what}: the process ended ({self.process.returncode})\n{self.output()}"
                )
            if time.monotonic() > end:
                counts = {name: value for name, value in self.series().items() if "reputation" not in name[0]}
                raise AssertionError(
                    f"{what}: not within {limit:.0f} s\n{counts}\n{self.output()}\n{self.log()}"
                )
            time.sleep(0.05)

    def until_said(self, words: str, limit: float = 90.0) -> None:
        self.until(f"says {words!r}", lambda: words in self.output(), limit)

    def until_ready(self, limit: float = 60.0) -> None:
        self.until("is ready", self.ready, limit)

    def ready(self) -> bool:
        return self._get("/-/ready") is not None

    def series(self) -> Series:
        """The exposition; empty while nobody answers."""
        text = self._get("/metrics") or ""
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def shown_until_it_ends(self, limit: float) -> list[Series]:
        """Every exposition that it gave before it ended by itself."""
        found, end = [], time.monotonic() + limit
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end within {limit:.0f} s\n{self.output()}"
            found.append(self.series())
            time.sleep(0.02)
        return [series for series in found if series]

    def settled(self) -> bool:
        """Ready, and every record in every topic worked on and committed."""
        found = self.series()
        lags = [value for (name, _), value in found.items() if name == "vigie_lag_records"]
        return bool(lags) and not any(lags) and total(found, "vigie_ready") == 1

    def until_counted(self, records: int, limit: float = 90.0) -> Series:
        """The exposition once the records of posts.v1 that it has counted are `records` and nothing is
        under way."""
        self.until(
            f"has counted {records} records",
            lambda: total(self.series(), "vigie_records_total") >= records and self.settled(),
            limit,
        )
        # what was sent last may not have been fetched when settled() saw nothing left: a fetch is answered
        # within a second and a half
        last = self.series()
        self.until("stays so for two seconds", lambda: self._older(last, 2.0) and self.settled(), 15.0)
        return self.series()

    def _older(self, last: Series, seconds: float) -> bool:
        name = "vigie_stream_clock_timestamp_seconds"
        return total(self.series(), name) >= total(last, name) + seconds

    def _get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            return None

    def child(self, *words: str) -> psutil.Process:
        """The child process whose command line holds all these words."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            if set(words) <= set(process.cmdline()):
                return process
        raise AssertionError(f"no child with {words}\n{self.output()}")

    def log(self, most: int = 2_000) -> str:
        path = self.home / "logs" / "worker.log"
        return path.read_text(errors="replace")[-most:] if path.exists() else ""

    def interrupt(self, limit: float = 10.0) -> int:
        """Ctrl-C; the exit status. AssertionError when it takes longer than `limit`, or leaves anything."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"does not end within {limit} s\n{self.output()}\n{self.log()}") from error
        _, alive = psutil.wait_procs(family, timeout=1.0)
        assert not alive, alive
        return code

    def close(self) -> None:
        """Whatever state it is in, nothing of it is left."""
        if self.process.poll() is None:
            family = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            self.process.wait()
            for process in family:
                if process.is_running():
                    process.kill()
            psutil.wait_procs(family, timeout=10)
