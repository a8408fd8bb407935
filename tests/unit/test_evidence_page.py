"""The evidence page as a browser gets it: what it shows, what it refuses, what it hides."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from evidence_world import HOSTILE, Kept, filled_index

from schemas.post import Post
from streams.evidence.index import open_index, open_reader
from streams.evidence.server import Pages
from streams.evidence.serving import listen
from streams.evidence.views import Watched
from streams.settings import SettingsError, read_settings
from streams.watchlist.reading import load_watchlists

Client = TestClient[web.Request, web.Application]
WATCHED = Watched.of(load_watchlists(read_settings({}).watchlists))
DIP = "/company/telvane?from=2026-11-02T13:00Z&to=2026-11-02T14:30Z"


async def client_of(home: Path, kept: Kept, *, ready: bool = True) -> Client:
    pages = Pages(open_reader(home), kept, WATCHED, lambda: ready)
    client = TestClient(TestServer(pages.application(("watch.example",)), host="127.0.0.1"))
    await client.start_server()
    return client


@pytest_asyncio.fixture
async def page(tmp_path: Path) -> AsyncIterator[Client]:
    _, kept = filled_index(tmp_path)
    client = await client_of(tmp_path, kept)
    yield client
    await client.close()


async def text(client: Client, path: str, **headers: str) -> str:
    async with client.get(path, headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_companies_with_score_interval_and_course(page: Client) -> None:
    found = await text(page, "/")
    rows = re.findall(r'<h2><a href="/company/([a-z-]+)">([^<]+)</a></h2>', found)
    assert rows[0] == ("telvane", "Telvane"), "the largest fall comes first"
    assert len(rows) == 6
    assert found.count('class="spark"') == 6
    assert 'aria-label="Score over the last days: from ' in found
    by_name = await text(page, "/?sort=name")
    names = re.findall(r'<a href="/company/[a-z-]+">([^<]+)</a>', by_name)
    assert names == sorted(names)


async def test_the_posts_of_a_dip_with_marks_and_points(page: Client) -> None:
    found = await text(page, f"{DIP}&kind=working-conditions")
    assert "pulls the score down by" in found
    assert re.search(
        r'<mark class="explicit ">[^<]+<span class="tag">working conditions, said outright</span></mark>',
        found,
    )
    found = await text(page, DIP)
    assert found.count("<article") == 20
    assert "pseudonym " in found
    assert re.search(r"<code>posts\.v1/0@\d+</code>", found)
    following = re.search(r'<a href="([^"]+)">Next posts', found)
    assert following
    later = await text(page, following[1].replace("&amp;", "&"))
    assert not set(re.findall(r"posts\.v1/0@\d+", found)) & set(re.findall(r"posts\.v1/0@\d+", later))


async def test_in_french_when_the_reader_prefers_it_or_says_so(page: Client) -> None:
    assert '<html lang="fr">' in await text(page, "/", **{"Accept-Language": "fr"})
    assert "fait baisser le score de" in await text(page, f"{DIP}&lang=fr")
    assert '<html lang="fr">' in await text(page, "/"), "the choice is remembered"
    assert '<html lang="en">' in await text(page, "/?lang=en")


async def test_a_hostile_post_stays_text(page: Client) -> None:
    found = await text(page, "/company/telvane?from=2026-11-02T15:54Z&to=2026-11-02T15:57Z")
    assert "&lt;script&gt;alert(&#34;Telvane&#34;)&lt;/script&gt;" in found
    assert "&lt;img src=x" in found, "its platform's name too"
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|49 honteux", found)
    for forbidden in (
        "<script",
        "<img",
        "<style",
        "javascript:",
        " onerror=alert",
        'style="',
        "jeanne",
        "Dupont",
        "06 12",
    ):
        assert forbidden not in found.replace("&lt;img src=x onerror=alert", ""), forbidden
    assert "https://reseau.example/…" in re.sub(r"<[^>]+>", "", found)


@pytest.mark.parametrize("path", ["/", DIP, "/company/nobody", "/nothing", "/-/healthy"])
async def test_every_answer_forbids_scripts_frames_and_strangers(page: Client, path: str) -> None:
    async with page.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        told = await answer.text()
        assert not re.search(r'(?:src|href)="(?:https?:)?//(?!exemple)', re.sub(r"<a [^>]*>", "", told))
    async with page.get(path, headers={"Host": "evil.example:80"}) as answer:
        assert answer.status == 421, "another site's name that points here"
    async with page.get(path, headers={"Host": "watch.example"}) as answer:
        assert answer.status != 421


async def test_the_style_is_ours_and_may_be_kept(page: Client) -> None:
    link = re.search(r'<link rel="stylesheet" href="([^"]+)">', await text(page, "/"))
    assert link
    async with page.get(link[1]) as answer:
        assert answer.content_type == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "url(" not in await answer.text()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/company/orange", "no post of the last 60 days names it"),
        ("/company/telvane?from=2026-11-02T03:00Z&to=2026-11-02T04:00Z", "Nobody spoke of the company"),
        ("/company/telvane?from=2026-01-02&to=2026-01-01", "This period cannot be read"),
        ("/company/telvane?over=1y", "This period cannot be read"),
        ("/company/telvane?role=nobody", "No post of this period passes the filters"),
        ("/company/telvane?from=2020-01-01T00:00Z&to=2020-01-02T00:00Z", "judgements are kept for 60 days"),
        ("/company/telvane?to=1793629800&over=1h", "2 Nov 2026, 13:35 UTC to 2 Nov 2026, 14:35 UTC"),
    ],
)
async def test_what_is_empty_says_why(page: Client, path: str, says: str) -> None:
    assert says in (await text(page, path)).replace(" ", " ")


async def test_before_anything_was_published_and_while_topics_are_read(tmp_path: Path) -> None:
    open_index(tmp_path)
    client = await client_of(tmp_path, Kept({}), ready=False)
    found = await text(client, "/")
    assert "No figures yet" in found
    assert "still reading its topics" in found
    async with client.get("/company/unheard-of") as answer:
        assert answer.status == 404
        assert "No company “unheard-of” is on the watchlist" in await answer.text()
    await client.close()


async def test_a_text_that_is_gone_leaves_its_judgement(tmp_path: Path) -> None:
    filled_index(tmp_path)
    client = await client_of(tmp_path, Kept({}))
    found = await text(client, DIP)
    assert found.count("it was erased, or posts.v1 no longer holds it") == 20
    await client.close()


class Failing(Kept):
    def posts(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Post]:
        raise ZeroDivisionError(f"secret detail of {places}")


async def test_a_fault_of_ours_tells_nothing_of_the_inside(tmp_path: Path) -> None:
    filled_index(tmp_path)
    client = await client_of(tmp_path, Failing({}))
    async with client.get(DIP) as answer:
        assert answer.status == 500
        told = await answer.text()
        assert "Something failed" in told
        assert "secret" not in told
    await client.close()


async def test_two_watches_side_by_side_have_a_page_each(tmp_path: Path) -> None:
    first, second = (listen(None, tmp_path / name / "evidence.address") for name in ("a", "b"))
    assert first.getsockname()[1] != second.getsockname()[1]
    second.close()
    again = listen(None, tmp_path / "b" / "evidence.address")
    assert again.getsockname() == second_address(tmp_path / "b")
    with pytest.raises(SettingsError, match="cannot be listened on"):
        listen(f"127.0.0.1:{first.getsockname()[1]}", tmp_path / "c" / "evidence.address")
    first.close()
    again.close()


def second_address(home: Path) -> tuple[str, int]:
    host, _, port = (home / "evidence.address").read_text().strip().rpartition(":")
    return host, int(port)


def test_the_hostile_post_is_hostile() -> None:
    assert "<script>" in str(HOSTILE["text"])
