"""What a broker's log tells of its end."""

from collections.abc import Sequence
from pathlib import Path

_TOLD = 12
_TELLING = (" ERROR ", " FATAL ", "Exception: ", "Error: ", "Caused by: ")


def last_words(log: Path, since: int, output: Path) -> Sequence[str]:
    """The lines that explain a failure, else the last ones, of a log from byte `since` and of the output.

    A log that is shorter than `since` was rotated meanwhile and is read whole.
    """
    lines: list[str] = []
    for path, start in ((log, since), (output, 0)):
        if path.exists():
            with path.open("rb") as file:
                file.seek(start if start <= path.stat().st_size else 0)
                lines += file.read().decode("utf-8", "replace").splitlines()
    lines = [line for line in lines if not line.startswith("\tat ")]
    telling = [line for line in lines if any(word in line for word in _TELLING)]
    return (telling or lines)[-_TOLD:]
