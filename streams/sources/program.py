"""Posts from any program's output: Vigie's posts, mapped objects, or messages of Singer and Airbyte.

`exec:COMMAND` runs the command without a shell. A STATE message becomes a checkpoint, and the last one is
given back on the next start: in the environment as VIGIE_CURSOR, and as a file whose path takes the place
of `{state}` in the command (what taps and connectors expect after --state).
"""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from schemas.codec import decode_post
from schemas.post import Source
from schemas.reject import Invalid
from streams.sources.contract import Checkpoint, Event, SourceError, dropped
from streams.sources.fields import FieldMap, map_row
from streams.sources.lines import Line, LineSplitter
from streams.sources.mapping import announced, decoded

_CHUNK = 1 << 16
_PATIENCE = 5.0  # seconds that a program has to end when told to


class ProgramSource:
    """Runs `command` once and reads it to its end."""

    def __init__(self, command: str, fields: FieldMap | None = None) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise SourceError(f"exec:{command}: {error}") from None
        if not self._words:
            raise SourceError("write exec:COMMAND")
        told = sha256("\0".join(self._words).encode("utf-8", "replace")).hexdigest()[:8]
        self.name = f"exec:{Path(self._words[0]).name}-{told}"
        self._topic = self.name
        self._fields = fields or FieldMap()

    async def events(self, cursor: str | None) -> AsyncGenerator[Event, None]:
        """What the program says. Raises `SourceError` where it cannot be run or fails."""
        # from one state a program says the same again: its dead letters are those of before; from another, others
        self._topic = f"{self.name}@{sha256((cursor or '').encode()).hexdigest()[:8]}"
        with tempfile.TemporaryDirectory(prefix="vigie-") as folder:
            state = Path(folder) / "state.json"
            state.write_text(cursor or "{}", "utf-8")
            words = [word.replace("{state}", str(state)) for word in self._words]
            try:
                process = await asyncio.create_subprocess_exec(
                    *words,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    env={**os.environ, "VIGIE_CURSOR": cursor or ""},
                )
            except OSError as error:
                raise SourceError(f"{self._words[0]}: {error.strerror}") from None
            try:
                async for event in self._read(process):
                    yield event
                if status := await process.wait():
                    raise SourceError(f"{self.name} ended with status {status}")
            finally:
                await _ended(process)

    async def _read(self, process: asyncio.subprocess.Process) -> AsyncGenerator[Event, None]:
        output = process.stdout
        splitter = LineSplitter()
        while output is not None and (chunk := await output.read(_CHUNK)):
            for line in splitter.feed(chunk):
                for event in self._events(line):
                    yield event
        for line in splitter.flush():
            for event in self._events(line):
                yield event

    def _events(self, line: Line) -> list[Event]:
        now = time.time_ns() // 1_000_000
        if line.digest is not None:
            wrong = Invalid("too-large", f"{line.size} bytes in one line")
            return [
                dropped(self._topic, line.number, wrong, line.raw, now, size=line.size, digest=line.digest)
            ]
        if not line.raw.strip():
            return []
        try:
            message = orjson.loads(line.raw)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict):
            outcome = decode_post(line.raw)  # says why it is none
            return [announced(outcome, line.raw, topic=self._topic, offset=line.number, now=now)]
        return self._message(message, line, now)

    def _message(self, message: dict[str, Any], line: Line, now: int) -> list[Event]:
        """A post, or one message of Singer or Airbyte; schemas, logs and metrics say nothing of posts."""
        kind = message.get("type")
        record: Any = message
        if kind == "STATE":
            state = message.get("value", message.get("state"))
            return [Checkpoint(orjson.dumps(state).decode())]
        if kind == "RECORD":
            record = message.get("record")
            if isinstance(record, dict) and isinstance(record.get("data"), dict):  # Airbyte wraps once more
                record = record["data"]
        elif isinstance(kind, str) and kind.isupper():
            return []
        if not isinstance(record, dict):
            wrong = Invalid("not-an-object", "a RECORD holds an object")
            return [dropped(self._topic, line.number, wrong, line.raw, now)]
        native = isinstance(record.get("source"), dict) or record.get("deleted") is True
        if native and self._fields == FieldMap():
            outcome = decoded(record)
        else:
            outcome = map_row(
                record, self._fields, Source("exec", Path(self._words[0]).name, str(line.number))
            )
        return [announced(outcome, line.raw, topic=self._topic, offset=line.number, now=now)]


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Leave no program behind."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
