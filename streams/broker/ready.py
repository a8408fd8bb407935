"""Whether a broker answers."""

import asyncio
import contextlib

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.security import PLAINTEXT, Security

_TRY = 2.0  # seconds


async def answering_cluster(
    bootstrap: str, limit: float = _TRY, security: Security = PLAINTEXT
) -> str | None:
    """The id of the cluster whose live broker answers a metadata request at `host:port`; None if none does.

    Takes `limit` seconds at most (a paused broker accepts connections and never answers).
    """
    host, _, port = bootstrap.rpartition(":")
    try:
        async with asyncio.timeout(limit):
            # A closed port is the common case in a start: asked first, it logs nothing.
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            return await _ask(bootstrap, limit, security)
    except (OSError, KafkaError, TimeoutError):
        return None


async def _ask(bootstrap: str, limit: float, security: Security) -> str | None:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap,
        client_id="vigie-ready",
        request_timeout_ms=int(limit * 1000),
        **security.options(),
    )
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    finally:
        await admin.close()
    return str(cluster["cluster_id"]) if cluster["brokers"] else None
