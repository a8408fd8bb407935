"""The application that quixstreams peers run in."""

from __future__ import annotations

import os
import tempfile

from quixstreams import Application


def peer_app(name: str, bootstrap: str) -> Application:
    return Application(
        broker_address=bootstrap, consumer_group=f"{name}-{os.getpid()}", auto_offset_reset="earliest",
        state_dir=tempfile.mkdtemp(), loglevel="ERROR",
    )  # fmt: skip
