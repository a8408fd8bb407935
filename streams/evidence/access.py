"""Who may read the page, and what a browser may do with it."""

from __future__ import annotations

from collections.abc import Collection

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
HEADERS = {
    # no script at all, nothing from elsewhere, framed by nobody; a link to an original does not say where it was
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def guard(hosts: Collection[str]) -> Middleware:
    """A middleware: `hosts` are the names under which the page is reached. A request by any other name comes from a
    site that had its own name point here, to read the page with its visitor's browser (DNS rebinding)."""
    known = LOOPBACK.union(name.lower() for name in hosts)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.host.lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name not in known:
            raise web.HTTPMisdirectedRequest(
                text=f"this page is not called {name[:80]}: name it in VIGIE_EVIDENCE_HOSTS\n",
                headers=HEADERS,
            )
        answer = await handler(request)
        answer.headers.update(HEADERS)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return guarded
