"""One bounded request over HTTP, and what its answer means for whoever asked.

Nothing here trusts the server: bodies are bounded after decompression, every wait has an end, and a
redirect is followed only to a public address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import aiohttp
from yarl import URL

from streams.sources.contract import SourceError

BODY = 8 * 1024 * 1024  # bytes
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10, sock_read=20)
_HOPS = 3
_LONGEST = 3600.0  # seconds that a server may ask us to wait
AGENT = "vigie/0.1"


class Busy(Exception):  # noqa: N818 - an answer, not a fault
    """The server asks for patience; `wait` is the least number of seconds."""

    def __init__(self, wait: float, detail: str) -> None:
        super().__init__(detail)
        self.wait = wait


class Answer(NamedTuple):
    """A body within bounds; empty with status 304."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def session(*, token: str | None = None) -> aiohttp.ClientSession:
    """A client that honours the environment's proxies; `token` goes with every request and into no log."""
    headers = {"User-Agent": AGENT} | ({"Authorization": f"Bearer {token}"} if token else {})
    return aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT, trust_env=True)


async def fetch(
    client: aiohttp.ClientSession,
    url: str | URL,
    *,
    headers: Mapping[str, str] | None = None,
    limit: int = BODY,
) -> Answer:
    """GET `url`. Raises `Busy`, `SourceError` where asking again is of no use, and `aiohttp.ClientError`."""
    target = URL(url)
    for _ in range(_HOPS + 1):
        async with client.get(target, headers=headers, allow_redirects=False) as response:
            if response.status in {301, 302, 303, 307, 308}:
                target = await _redirected(target, response.headers.get("Location", ""))
                continue
            check(response.status, response.headers, target)
            return Answer(response.status, response.headers, await _body(response, limit))
    raise SourceError(f"{target.host}: more than {_HOPS} redirects")


def check(status: int, headers: Mapping[str, str], url: URL) -> None:
    """Pass 200 and 304. Raises `Busy` for 429 and 5xx and `SourceError` for the rest.

    Neither says more of the address than its host: some carry a token in it.
    """
    if status in {200, 304}:
        return
    if status == 429 or status >= 500:
        raise Busy(retry_after(headers, time.time_ns() / 1e9), f"{url.host} answers {status}")
    raise SourceError(f"{url.host} answers {status}: check address, token and rights")


def trouble(error: BaseException) -> str:
    """What a failed connection says of itself, without the address, which may carry a token."""
    if isinstance(error, Busy):
        return str(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect to {error.host}: {error.os_error.strerror or type(error.os_error).__name__}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"the connection broke: {type(error).__name__}"


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Seconds that the server asks to wait: Retry-After (seconds or date), or X's reset time."""
    asked = headers.get("Retry-After", "")
    reset = headers.get("x-rate-limit-reset", "")
    wait = 0.0
    if asked.isascii() and asked.isdigit():
        wait = float(asked[:9])
    elif asked:
        try:
            wait = parsedate_to_datetime(asked).timestamp() - now
        except (ValueError, OverflowError):
            wait = 0.0
    elif reset.isascii() and reset.isdigit():
        wait = float(reset[:12]) - now
    return min(max(0.0, wait), _LONGEST)


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(1 << 16):
        size += len(piece)
        if size > limit:
            raise SourceError(f"{response.url.host}: the answer is larger than {limit} bytes")
        pieces.append(piece)
    return b"".join(pieces)


async def _redirected(source: URL, location: str) -> URL:
    """The target, unless it leads from a public host to a private one, or away from HTTP."""
    target = source.join(URL(location))
    if target.scheme not in {"http", "https"} or target.host is None:
        raise SourceError(f"{source.host} redirects to {target.scheme}:")
    if target.host != source.host and await _private(target.host):
        raise SourceError(f"{source.host} redirects to the private address of {target.host}")
    return target


async def _private(host: str) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except OSError:
        return False  # the request will fail by itself
    return any(not ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)
