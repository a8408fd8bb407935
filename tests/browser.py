"""A headless Chromium driven by its own protocol (CDP over a WebSocket), for tests that look at pages."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

WITHIN = 30.0  # seconds for one command
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("no chromium on the PATH: pages are not looked at")


class Tab:
    """One page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.requested: list[str] = []  # addresses that the page asked for

    async def call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        return await asyncio.wait_for(self._until(lambda told: told.get("id") == self._number), WITHIN)

    async def _until(self, wanted: Any) -> Any:
        while True:
            told = await self._socket.receive_json()
            if told.get("method") == "Network.requestWillBeSent":
                self.requested.append(told["params"]["request"]["url"])
            if wanted(told):
                assert "error" not in told, told
                return told.get("result", told)

    async def look(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """How wide the window is, and what its reader prefers."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", media="", features=[scheme])

    async def go(self, url: str, **headers: str) -> None:
        await self.call("Network.setExtraHTTPHeaders", headers=headers)
        await self.call("Page.navigate", url=url)
        await asyncio.wait_for(self._until(lambda told: told.get("method") == "Page.loadEventFired"), WITHIN)

    async def value(self, script: str) -> Any:
        """What `script` comes to; run by the debugger, whatever the page's own policy."""
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def picture(self, path: Path) -> None:
        """The whole page, however long."""
        size = (await self.call("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8_000), "scale": 1}
        shot = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    async def printed(self, path: Path) -> None:
        shot = await self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(shot["data"]))


@contextlib.asynccontextmanager
async def browsing(home: Path) -> AsyncIterator[Tab]:
    """A tab of a browser that ends with the context; `home` holds its profile."""
    command = [
        chromium(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
    ]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += ["--remote-debugging-port=0", f"--user-data-dir={home / 'profile'}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        address = await asyncio.wait_for(_address(home / "profile" / "DevToolsActivePort"), WITHIN)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{address}/json/list") as answer:
                target = next(found for found in await answer.json() if found["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                for domain in ("Page", "Network", "Runtime"):
                    await tab.call(f"{domain}.enable")
                yield tab
    finally:
        process.terminate()
        process.wait(10)


async def _address(path: Path) -> str:
    while True:
        with contextlib.suppress(FileNotFoundError, IndexError):
            return f"http://127.0.0.1:{path.read_text().splitlines()[0]}"
        await asyncio.sleep(0.05)
