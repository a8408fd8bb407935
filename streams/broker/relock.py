"""Write jars.lock anew for the versions in jars.py: `python -m streams.broker.relock` (needs the network).

jgo resolves what the versions ask for, downloads it and checks it against the repository's SHA-1; the sizes
and SHA-256 sums written are what every later fetch must match. Read the difference before committing it.
"""

import hashlib
import logging
import tempfile
from pathlib import Path

from jgo.maven import MavenContext
from jgo.parse import Endpoint

from streams.broker.jars import ENDPOINT


def resolve(endpoint: str, directory: Path) -> list[str]:
    """The lines of jars.lock for `endpoint`, in order; its jars are downloaded into `directory`."""
    context = MavenContext(repo_cache=directory)
    asked = [context.create_dependency(coordinate) for coordinate in Endpoint.parse(endpoint).coordinates]
    inputs, transitive = context.resolver.resolve(asked)
    wanted = [*inputs, *(one for one in transitive if one.scope in {"compile", "runtime"})]
    lines = []
    for artifact in (one.artifact for one in wanted):
        content = artifact.resolve().read_bytes()
        coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
        lines.append(f"{coordinate} {len(content)} {hashlib.sha256(content).hexdigest()}")
    return sorted(lines)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)  # jgo only warns of a SHA-1 that does not match
    with tempfile.TemporaryDirectory() as repository:
        found = resolve(ENDPOINT, Path(repository))
    (Path(__file__).parent / "jars.lock").write_text("".join(f"{line}\n" for line in found), "utf-8")
