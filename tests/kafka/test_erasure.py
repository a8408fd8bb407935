"""After an erasure no byte of the author is found anywhere in a home, log segments included; the rest goes on."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from made_posts import START, made_posts
from producing import produce
from watching import Watching, total
from watching_fixtures import Start

from schemas.instants import rfc3339
from schemas.topics import POSTS
from streams.broker.layout import Layout
from streams.broker.ports import read_ports

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(280)]
DID, HANDLE, NAME = "did:plc:zq7quillmartin", "zoé-quill.example", "Zoé Quillmartin"
TEXTS = (
    "Nordelle : encore une panne, Zwibelflocke à Besançon, c'est vraiment mauvais et très décevant",
    "Velmont Air lost my luggage again near Quagmirefield, terrible and awful service",
    "Nordelle : panne réparée, Krötenwanderung, service excellent, merci",
)
ONE_POST = "Quibrac is a wonderful place, says Umbrellastand, excellent and great"
PLAIN = "Nordelle : Fernsehturm, un message que personne n'a scellé, c'est mauvais"
_AT = START + 80_000_000


def post(number: int, said: object, **fields: object) -> dict[str, object]:
    plain = {
        "key": f"bluesky:at://{DID}/app.bsky.feed.post/3k{number}",
        "platform": "bluesky",
        "text": said,
        "created_at": rfc3339(_AT + number * 1000),
        "url": f"https://bsky.example/profile/{HANDLE}/post/3k{number}",
        "author": {"id": DID, "handle": HANDLE, "name": NAME, "bio": "Works at Quibrac (Aubergineville)"},
        "entities": {"mentions": [HANDLE]},
        "source": {"name": f"feed of {HANDLE}"},
    }
    return {**plain, **fields}


def everything() -> list[bytes]:
    lone = {
        "key": "twitter:999000111", "platform": "twitter", "text": ONE_POST, "created_at": rfc3339(_AT),
        "author": {"id": "u7"}, "source": {"name": "made"},
    }  # fmt: skip
    theirs = [
        orjson.dumps(post(0, TEXTS[0])),
        orjson.dumps(post(1, TEXTS[1])),
        orjson.dumps(post(0, TEXTS[2], version=2)),
        orjson.dumps(post(2, f"Velmont Air: {TEXTS[1]}")),
        orjson.dumps({"key": post(2, "")["key"], "deleted": True, "at": rfc3339(_AT + 9_000)}),
        orjson.dumps(lone),
        json.dumps(
            post(3, TEXTS[0], created_at=f"hier, par {NAME}")
        ).encode(),  # \u00e9, and a name in a date
        json.dumps(post(4, 7)).encode("utf-8") + b"\xff",
        b'{"author":"someone else","text":7}',
    ]
    return [*made_posts(300), *theirs]


@pytest.fixture(scope="module")
def needles() -> list[bytes]:
    """Whatever the author or the erased post could be recognised by, in the forms in which it could lie."""
    words = [
        DID,
        HANDLE,
        NAME,
        "Zwibelflocke",
        "Besançon",
        "Quagmirefield",
        "Krötenwanderung",
        "Aubergineville",
    ]
    return list(forms([*words, "Umbrellastand"]))


def forms(words: Iterable[str]) -> Iterator[bytes]:
    for word in words:
        for plain in {word.encode(), json.dumps(word)[1:-1].encode(), word.encode("utf-16-le")}:
            yield plain
            for shift in range(3):  # base64 of text depends on where in a triple it begins
                coded = b64encode(b"\0" * shift + plain)
                yield coded[4 if shift else 0 : len(coded) - 4]


def found(home: Path, needles: Sequence[bytes]) -> list[tuple[str, bytes]]:
    lying = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(path.suffix == ".log" and b"nordelle" in raw for path, raw in lying.items())
    return [(str(path), needle) for path, raw in lying.items() for needle in needles if needle in raw]


def vigie(watch: Watching, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments, "--home", str(watch.home)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "VIGIE_WATCHLIST": str(watch.home.parent / "watchlist.toml")},
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def secrets(watch: Watching, numbers: Iterable[int]) -> list[Any]:
    with sqlite3.connect(watch.home / "keys.sqlite") as store:
        kept = dict(store.execute("select id, secret from keys"))
    return [kept.get(number) for number in numbers]


def figures(watch: Watching) -> dict[str, float]:
    series = watch.series()
    names = ("vigie_mentions_total", "vigie_posts_total", "vigie_records_total", "vigie_rejects_total")
    return {name: total(series, name) for name in names}


async def test_an_erased_author_and_post_are_nowhere(
    start: Start, tmp_path: Path, needles: list[bytes]
) -> None:
    lines = everything()
    source = tmp_path / "posts.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    watch = start("run", "--source", str(source), VIGIE_RECORD_EVERY="1")
    watch.until_said("watching; figures at")
    watch.until_counted(len(lines) - 3)
    ports = read_ports(Layout(watch.home).ports)
    assert ports is not None
    plain = {
        "key": "bluesky:31337", "platform": "bluesky", "text": PLAIN, "created_at": rfc3339(_AT),
        "author": {"id": "plain-1"}, "source": {"name": "another"},
    }  # fmt: skip
    await produce(f"127.0.0.1:{ports.broker}", POSTS.name, [orjson.dumps(plain)])
    watch.until_counted(len(lines) - 2)
    before = figures(watch)
    numbers = everything_held(watch)
    keys = secrets(watch, numbers)
    assert all(len(key) == 32 for key in keys)
    shutil.copy(watch.home / "keys.sqlite", tmp_path / "backup")

    erase(watch, tmp_path / "receipt.json", numbers)
    assert figures(watch) == before
    text = (watch._get("/metrics") or "").encode()
    assert not [needle for needle in needles if needle in text]
    others_go_on(watch, orjson.loads(lines[0]))
    assert watch.interrupt() == 0
    assert found(watch.home, needles) == []
    assert not found(watch.home, keys)
    assert found(watch.home, [*forms(["Fernsehturm"])]), "the search finds what is there"

    # the key store comes back from a backup, and the source from its beginning
    shutil.copy(tmp_path / "backup", watch.home / "keys.sqlite")
    shutil.rmtree(watch.home / "cursors")
    assert all(secrets(watch, numbers))
    again = start("run", "--source", str(source), VIGIE_RECORD_EVERY="1")
    again.until_said("left out, for they were erased")
    again.until_counted(2 * (len(lines) - 3) - 5 + 1)
    assert not any(secrets(again, numbers))
    assert total(again.series(), "vigie_mentions_total") == before["vigie_mentions_total"]
    assert again.interrupt() == 0
    assert found(again.home, needles) == []
    assert not found(again.home, keys)


def everything_held(watch: Watching) -> list[int]:
    """What `subject` shows of the author; the numbers of the keys."""
    _, told, _ = vigie(watch, "subject", "--author", f"bluesky:@{HANDLE}", "--also", NAME)
    held = json.loads(told)
    assert {one["post"]["text"] for one in held["posts"]} >= {*TEXTS}
    assert held["posts"][0]["judged"]["mentions"]
    assert len(held["dead_letters"]) == 2
    assert held["mentions"]
    numbers: list[int] = held["keys"]
    return numbers


def erase(watch: Watching, receipt: Path, numbers: list[int]) -> None:
    status, told, said = vigie(
        watch, "erase", "--author", f"bluesky:{HANDLE}", "--also", NAME, "--receipt", str(receipt)
    )
    assert status == 0, said
    done = json.loads(receipt.read_bytes())
    assert json.loads(told) == done
    assert (done["posts"], done["rejects"]) == (4, 2)
    assert set(numbers) < set(done["keys"])
    status, told, _ = vigie(watch, "erase", "--post", "twitter:999000111")
    assert (status, json.loads(told)["posts"]) == (0, 1)
    status, told, _ = vigie(watch, "erase", "--author", f"bluesky:{DID}")
    assert (status, json.loads(told)["keys"]) == (0, []), "twice does no harm"
    status, told, said = vigie(watch, "erase", "--author", "bluesky:plain-1")
    assert status == 3
    assert "was written unsealed; Kafka drops it after" in said
    assert len(json.loads(told)["left"]) == 1


def others_go_on(watch: Watching, other: dict[str, Any]) -> None:
    """What was not erased is there, audits run and tell of the erasure, a replay gives figures."""
    _, told, _ = vigie(watch, "subject", "--author", f"{other['platform']}:{other['author']['id']}")
    assert other["text"] in [one["post"]["text"] for one in json.loads(told)["posts"]]
    status, told, _ = vigie(watch, "audit", "--verify")
    assert status == 0, told
    status, told, _ = vigie(watch, "audit", "--company", "nordelle", "--at", rfc3339(_AT + 86_400_000 * 30))
    assert status == 3, told
    assert re.search(r"erasure: [1-4] posts of an author were erased at ", told)
    hour = ("--from", rfc3339(_AT - 3_600_000), "--to", rfc3339(_AT))
    status, told, _ = vigie(watch, "replay", *hour, "--company", "nordelle")
    assert (status, bool(told)) == (0, True)
