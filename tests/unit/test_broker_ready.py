"""Is a broker there? Asked of one that says which requests it knows, and then nothing any more."""

from __future__ import annotations

import asyncio
import gc
import struct

from streams.broker.ready import answering_cluster

METADATA = 3  # number of Kafka's request, of which this one claims to know the versions 0 and 1


async def test_who_stops_answering_in_the_middle_leaves_no_connection_open() -> None:
    """As a broker that is paused in this very moment does."""
    asked: list[int] = []
    open_ones: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.append(writer)
        while size := await reader.read(4):
            request = await reader.readexactly(*struct.unpack(">i", size))
            number, _, correlation = struct.unpack_from(">hhi", request)
            asked.append(number)
            if number != METADATA:
                answer = struct.pack(">ihihhh", correlation, 0, 1, METADATA, 0, 1)
                writer.write(struct.pack(">i", len(answer)) + answer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await answering_cluster(f"127.0.0.1:{port}", limit=0.5) is None
    assert METADATA in asked
    gc.collect()  # a connection that was forgotten says so here
    for writer in open_ones:
        writer.close()
    server.close()
