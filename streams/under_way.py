"""A batch whose writes are under way, while its agent works on the next one.

Kafka takes some milliseconds to acknowledge what a batch led to; an agent that waited for it would do nothing
meanwhile. So it goes on: it works the next batch out, and hands over what that leads to once the one before has
landed. At most one batch of an agent is under way, so writes of two batches never overtake each other, and each is
acknowledged to Faust only when all of it has landed.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger("vigie.under_way")
EXIT_STATUS = 70


class UnderWay:
    """What one agent has under way. A batch that cannot land ends the process, and is read again."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._landing: asyncio.Task[None] | None = None

    async def landed(self) -> None:
        """Return once nothing is under way."""
        if self._landing is not None:
            await self._landing
            self._landing = None

    def follow(self, landing: Coroutine[Any, Any, None]) -> None:
        """Have `landing` wait for Kafka, and acknowledge the batch then; only where nothing is under way."""
        if self._landing is not None:
            landing.close()
            raise RuntimeError(f"two batches of {self._agent} under way: the second could pass the first")
        self._landing = asyncio.create_task(self._follow(landing))

    async def _follow(self, landing: Coroutine[Any, Any, None]) -> None:
        try:
            await landing
        except Exception as fault:  # noqa: BLE001 - whatever it was, the batch is not done
            end_process(self._agent, fault)


def held(stream: Any) -> Callable[[], object]:
    """Keep Faust from acknowledging the batch that `stream` gave last; what is returned acknowledges it.

    To Faust a message is through when nobody refers to it any more; a stream lets go of it when its agent asks for
    the next one. This is one more who refers to it: a rebalance waits for it, and no commit passes it."""
    event = getattr(stream, "current_event", None)
    if event is None:  # a test's own batches
        return _nothing
    event.message.incref()
    acknowledge: Callable[[], object] = event.ack
    return acknowledge


def _nothing() -> None:
    """Where there is no Faust to acknowledge anything."""


def end_process(agent: str, fault: Exception) -> None:
    """An agent failed: Faust would acknowledge its batch and go on."""
    log.critical("the agent %s failed; ending so that its batch is read again", agent, exc_info=fault)
    logging.shutdown()
    os._exit(EXIT_STATUS)
