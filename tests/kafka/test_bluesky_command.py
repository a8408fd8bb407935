"""Bluesky from a websocket to /metrics by one command, the one that a user types, but for the server's address.

The synthetic events are always played, and the recorded ones of ../shared where they are at hand.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web
from loopback import serving
from watching import total
from watching_fixtures import Start

ROOT = Path(__file__).parents[2]
SYNTHETIC = ROOT / "tests" / "fixtures" / "bluesky" / "events.jsonl"
SHARED = Path(os.environ.get("VIGIE_SHARED") or ROOT.parent / "shared") / "fixtures" / "bluesky"
RECORDED = SHARED / "jetstream_v1_recorded_2026-07-04.jsonl"

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]


def praise(after: str) -> str:
    """An event about a company of the watchlist, a second after `after`."""
    when = json.loads(after)["time_us"] + 1_000_000
    record = {"text": "Service excellent chez Nordelle, merci", "langs": ["fr"]}
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3kz", "record": record}
    return json.dumps({"did": "did:plc:sample9", "time_us": when, "kind": "commit", "commit": commit})


def outcomes(lines: list[str]) -> Counter[str]:
    """What the events are, read off them without Vigie."""
    found: Counter[str] = Counter()
    for line in lines:
        event = json.loads(line)
        commit, account = event.get("commit", {}), event.get("account", {})
        if commit.get("collection") in {"app.bsky.feed.post", "app.bsky.feed.repost"}:
            found["deletion" if commit["operation"] == "delete" else "post"] += 1
        elif account.get("active") is False and account.get("status") in {"deleted", "takendown"}:
            found["author-deletion"] += 1
    return found


@pytest.mark.parametrize("events", [SYNTHETIC, RECORDED], ids=["synthetic", "recorded"])
def test_events_flow_to_figures_by_the_command_that_a_user_types(start: Start, events: Path) -> None:
    if not events.exists():
        pytest.skip(f"{events.name} is not at hand in ../shared/fixtures")
    lines = events.read_text("utf-8").splitlines()
    lines.append(praise(lines[-1]))
    expected = outcomes(lines)

    async def subscribe(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for line in lines:
            await socket.send_str(line)
        await socket.receive()  # live: there is no end
        return socket

    app = web.Application()
    app.router.add_get("/subscribe", subscribe)
    with serving(app) as port:
        watch = start("run", "--source", f"bluesky:ws://127.0.0.1:{port}/subscribe")
        found = watch.until_counted(expected.total())
        assert watch.interrupt() == 0
    assert total(found, "vigie_posts_total", platform="bluesky") == expected["post"] > 4
    for name in ("deletion", "author-deletion"):
        assert total(found, "vigie_records_total", outcome=name) == expected[name]
    assert total(found, "vigie_records_total") == expected.total()
    assert total(found, "vigie_rejects_total") == 0
    assert total(found, "vigie_mentions_total", company="nordelle", sentiment="positive") == 1
    assert total(found, "vigie_source_events_total", source="bluesky", kind="posts") == expected["post"]
    assert total(found, "vigie_source_state", source="bluesky", state="running") == 1
