"""Whether a broker answers."""

import asyncio
import contextlib

from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from streams.security import PLAINTEXT, Security

_TRY = 2.0  # seconds
_CLOSING = 0.5  # seconds; TLS says good-bye, and a silent broker does not answer


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
    # no client: one that is cancelled while a broker is silent leaves its first connection open
    host, _, port = bootstrap.rpartition(":")
    connection = AIOKafkaConnection(
        host,
        int(port),
        client_id="vigie-ready",
        request_timeout_ms=int(limit * 1000),
        **security.options(),
    )
    try:
        await connection.connect()
        answer = (await connection.send(MetadataRequest([]))).to_object()
    finally:
        await asyncio.wait([connection.close()], timeout=_CLOSING)
    return str(answer["cluster_id"]) if answer["brokers"] else None
