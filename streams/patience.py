"""A client that waits a moment before it asks again where a topic's leaders are.

aiokafka asks anew as soon as it was refused, thousands of times a second while Kafka is away: each a line in the log
and, with the broker beside it, a core that the broker lacks to come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

PAUSE = 0.1  # seconds


def patient(client: Any) -> None:
    """Have `client` (an AIOKafkaClient) rest after an update that failed."""
    update: Callable[[Any, Any], Awaitable[bool]] = client._metadata_update  # noqa: SLF001 - set nowhere else

    async def rested(cluster: Any, topics: Any) -> bool:
        updated = await update(cluster, topics)
        if not updated:
            await asyncio.sleep(PAUSE)
        return updated

    client._metadata_update = rested  # noqa: SLF001
