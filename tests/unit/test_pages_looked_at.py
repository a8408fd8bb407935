"""The evidence page and the audit report in a real browser: drawn whole, usable without sight or mouse, asking nobody."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from audited_world import audited
from browser import Tab, browsing
from evidence_world import filled_index

from streams.evidence.index import open_index, open_reader
from streams.evidence.server import Pages
from streams.evidence.views import Watched
from streams.proving.report import report_html
from streams.settings import read_settings
from streams.watchlist.reading import load_watchlists

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]
AXE = "axe-core-4.14.1"
DIP = "/company/telvane?from=2026-11-02T13:00Z&to=2026-11-02T14:30Z"
HOSTILE = "/company/telvane?from=2026-11-02T15:54Z&to=2026-11-02T15:57Z"
LOOKS = {  # name -> path, width, dark, language
    "wide": ("/", 1280, False, "en"), "narrow": ("/", 360, False, "fr"), "dip": (DIP, 1280, True, "fr"),
    "dip-narrow": (DIP, 360, False, "en"), "hostile": (HOSTILE, 900, False, "en"),
    "filtered-out": (f"{DIP}&role=nobody", 900, True, "en"), "nothing": ("/company/orange", 900, False, "fr"),
    "unknown": ("/company/nobody", 900, False, "en"),
}  # fmt: skip


@functools.cache
def axe() -> str:
    """axe-core, fetched by npm into a cache outside the repository; skips the test where it can't be had."""
    cache = Path(os.environ.get("VIGIE_CACHE") or Path.home() / ".cache" / "vigie") / "axe"
    cache.mkdir(parents=True, exist_ok=True)
    packed = cache / f"{AXE}.tgz"
    if not packed.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("no npm on the PATH: axe-core cannot be fetched")
        name = AXE.replace("core-", "core@")
        fetched = subprocess.run(
            [npm, "pack", name, "--silent"],
            cwd=cache,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        if fetched.returncode:
            pytest.skip(f"axe-core cannot be fetched: {fetched.stderr[-200:]}")
    with tarfile.open(packed) as archive:
        source = archive.extractfile("package/axe.min.js")
        assert source is not None
        return source.read().decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tab]:
    async with browsing(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sites(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """A full page and an empty one."""
    watched = Watched.of(load_watchlists(read_settings({}).watchlists))
    servers = {}
    for name in ("full", "empty"):
        home = tmp_path_factory.mktemp(name)
        if name == "empty":
            open_index(home)
        _, kept = filled_index(home if name == "full" else tmp_path_factory.mktemp("aside"))
        pages = Pages(open_reader(home), kept, watched, lambda: True)
        servers[name] = TestServer(pages.application(()), host="127.0.0.1")
        await servers[name].start_server()
    yield {name: str(server.make_url("/")).rstrip("/") for name, server in servers.items()}
    for server in servers.values():
        await server.close()


async def sound(tab: Tab, width: int) -> None:
    """What holds for every page at whatever width."""
    found: dict[str, Any] = await tab.value(f"{axe()}; axe.run(document, {{resultTypes: ['violations']}})")
    serious = {
        one["id"]: [node["html"][:160] for node in one["nodes"][:3]]
        for one in found["violations"]
        if one["impact"] in {"serious", "critical", "moderate"}
    }
    assert not serious
    assert len(found["passes"]) > 15, "axe looked at the page"
    assert await tab.value("document.documentElement.scrollWidth") <= width, "nothing sticks out sideways"
    assert await tab.value("document.scripts.length + document.images.length") == 0


@pytest.mark.parametrize("name", LOOKS)
async def test_a_page_is_sound(name: str, tab: Tab, sites: dict[str, str], tmp_path: Path) -> None:
    path, width, dark, language = LOOKS[name]
    tab.requested.clear()
    await tab.look(width, dark=dark)
    await tab.go(f"{sites['full']}{path}", **{"Accept-Language": language})
    assert [url for url in tab.requested if not url.startswith((sites["full"], "data:"))] == []
    await sound(tab, width)
    await tab.picture(tmp_path / f"{name}.png")
    assert (tmp_path / f"{name}.png").stat().st_size > 10_000


async def test_an_empty_page_is_sound(tab: Tab, sites: dict[str, str]) -> None:
    await tab.look(1280)
    await tab.go(f"{sites['empty']}/")
    await sound(tab, 1280)


async def test_a_hostile_post_runs_nothing_and_draws_nothing_of_its_own(
    tab: Tab, sites: dict[str, str]
) -> None:
    await tab.go(f"{sites['full']}{HOSTILE}")
    shown = await tab.value("document.querySelector('ol.posts').innerText")
    assert '<script>alert("Telvane")</script>' in shown
    assert (
        await tab.value(
            "document.querySelectorAll('blockquote style, blockquote script, article img').length"
        )
        == 0
    )
    assert await tab.value("getComputedStyle(document.querySelector('h1')).display") != "none"


async def test_it_is_used_by_keyboard_alone(tab: Tab, sites: dict[str, str]) -> None:
    await tab.look(1280)
    await tab.go(f"{sites['full']}{DIP}", **{"Accept-Language": "en"})
    reached = []
    for _ in range(14):
        for kind in ("rawKeyDown", "keyUp"):
            await tab.call(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        what = "(document.activeElement.innerText || document.activeElement.id || '').split('\\n')[0]"
        reached.append(await tab.value(what))
        ring = "getComputedStyle(document.activeElement).outlineStyle"
        assert await tab.value(ring) != "none", f"{reached[-1]} shows that it has the focus"
    assert reached[0] == "Skip to the content"
    assert {"Vigie", "Français", "← All companies", "1 hour", "28 days", "The same as a table"} <= set(
        reached
    )


@pytest.mark.parametrize(("language", "dark", "altered"), [("en", False, False), ("fr", True, True)])
async def test_a_report_opens_offline_and_prints(
    language: str,
    dark: bool,  # noqa: FBT001 - a table
    altered: bool,  # noqa: FBT001
    tab: Tab,
    tmp_path: Path,
) -> None:
    file = tmp_path / "audit.html"
    file.write_text(report_html(audited(altered=altered), "fr" if language == "fr" else "en"), "utf-8")
    tab.requested.clear()
    for width in (1100, 360):
        await tab.look(width, dark=dark)
        await tab.go(file.as_uri())
        await sound(tab, width)
    assert {url.partition(":")[0] for url in tab.requested} <= {"file", "data"}
    await tab.printed(tmp_path / "audit.pdf")
    assert (tmp_path / "audit.pdf").read_bytes().startswith(b"%PDF")
