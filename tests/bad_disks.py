"""Disks that are full, or slow, for tests that run as root on Linux; elsewhere they are skipped, saying so."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

THROTTLE = Path("/sys/fs/cgroup/blkio")


def ran(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def fill(place: Path) -> Path:
    """Leave no byte free; the file that fills it."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(place).free < 4096
    return filler


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str, int], Path]]:
    """Mounts file systems of so many megabytes."""
    mounted: list[Path] = []

    def mount(name: str, megabytes: int) -> Path:
        place = tmp_path / name
        place.mkdir()
        given = ("-t", "tmpfs", "-o", f"size={megabytes}m", "vigie-test")
        if sys.platform != "linux" or not ran("mount", *given, str(place)):
            pytest.skip(
                "a small file system cannot be mounted here (that takes root): no full disk was tried"
            )
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        ran("umount", "--lazy", str(place))


class SlowDisk:
    """A file system of its own on a loop device, of which the kernel lets one process write so often a second."""

    def __init__(self, directory: Path) -> None:
        image, self.place = directory / "disk.img", directory / "slow"
        self._group = THROTTLE / f"vigie-{os.getpid()}"
        self.place.mkdir()
        with image.open("wb") as file:
            file.truncate(400 << 20)
        self.made = (
            sys.platform == "linux"
            and (THROTTLE / "blkio.throttle.io_serviced").exists()
            and ran("mkfs.ext4", "-q", str(image))
            and ran("mount", "-o", "loop", str(image), str(self.place))
        )
        if self.made:
            self._group.mkdir()
            device = self.place.stat().st_dev
            self._device = f"{os.major(device)}:{os.minor(device)}"

    def slow_down(self, pid: int, per_second: int) -> None:
        (self._group / "blkio.throttle.write_iops_device").write_text(f"{self._device} {per_second}")
        (self._group / "cgroup.procs").write_text(str(pid))

    def writes(self) -> int:
        """How often the device has been written to."""
        return int((Path("/sys/dev/block") / self._device / "stat").read_text().split()[4])

    def speed_up(self) -> None:
        (self._group / "blkio.throttle.write_iops_device").write_text(f"{self._device} 0")

    def close(self) -> None:
        if not self.made:
            return
        self.speed_up()
        for pid in (self._group / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                (THROTTLE / "cgroup.procs").write_text(pid)
        self._group.rmdir()
        ran("umount", "--lazy", str(self.place))


@pytest.fixture
def slow_disk(tmp_path: Path) -> Iterator[Callable[[], SlowDisk]]:
    made: list[SlowDisk] = []

    def make() -> SlowDisk:
        made.append(SlowDisk(tmp_path))
        if not made[-1].made:
            pytest.skip(
                "writes cannot be throttled here (root, loop devices, cgroup v1): no slow disk was tried"
            )
        return made[-1]

    yield make
    for one in made:
        one.close()
