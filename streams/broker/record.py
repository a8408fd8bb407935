"""The record of a home's broker process, by which others find it, and the next start one left behind."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

# psutil derives start times from the boot time, which clock corrections move a little.
_SAME_START = 2.0  # seconds
_ORDERLY_STOP = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Record:
    """A started broker: its process id and start time (Unix seconds), and the process id of its starter."""

    pid: int
    started: float
    owner: int

    @classmethod
    def read(cls, path: Path) -> "Record | None":
        """What `path` tells; None when there is no record or it is not readable as one."""
        try:
            fields = json.loads(path.read_text("utf-8"))
            return cls(int(fields["pid"]), float(fields["started"]), int(fields["owner"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)), "utf-8")
        fresh.replace(path)


def find_broker(record: Record, properties_file: Path) -> psutil.Process | None:
    """The recorded process if it still lives and is provably that broker: same start, same properties."""
    try:
        process = psutil.Process(record.pid)
        if abs(process.create_time() - record.started) > _SAME_START:
            return None
        return process if str(properties_file) in process.cmdline() else None
    except psutil.Error:
        return None


def end_broker(process: psutil.Process) -> None:
    """End it in order, or by force after ten seconds."""
    try:
        process.terminate()
        try:
            process.wait(_ORDERLY_STOP)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_ORDERLY_STOP)
    except psutil.NoSuchProcess:
        return
