"""Files inside a .zip, read where they lie: nothing is unpacked, and no more is read than a document may have."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from streams.sources.contract import SourceError


def members(path: Path, wanted: re.Pattern[str], limit: int) -> list[bytes]:
    """The files of the archive whose names end as `wanted`, in order of their names. Raises `SourceError`
    where they are more than `limit` bytes together, whatever sizes the archive states, or cannot be read."""
    found: list[bytes] = []
    left = limit
    try:
        with ZipFile(path) as archive:
            for name in sorted(name for name in archive.namelist() if wanted.search(name)):
                with archive.open(name) as file:
                    found.append(file.read(left + 1))
                left -= len(found[-1])
                if left < 0:
                    raise SourceError(f"{path}: {name} unpacks to more than {limit} bytes in all")
    except (OSError, BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise SourceError(f"{path}: no archive that can be read: {error}") from None
    return found
