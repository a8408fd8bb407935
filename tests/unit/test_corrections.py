"""Correcting a judgement: who may, what is recorded, what a replay makes of it, how agreement is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from evaluation.evaluate_corrections import agreement
from evidence_world import RECEIVED, filled_index, judged_corpus
from kafka.errors import KafkaError
from worlds import START, mention

from agents.proving.corrections import corrected, standing_of
from agents.proving.recount import Rejudged
from schemas.codec import decode_post
from schemas.correction import Correction, decode_correction, encode_correction
from schemas.judged import LABELS
from schemas.mention import Coordinates, MentionDisclosure, Retraction
from schemas.topics import CORRECTIONS
from streams.evidence.asking import correction, voice
from streams.evidence.index import open_index, open_reader, take
from streams.evidence.server import Pages
from streams.evidence.serving import site
from streams.evidence.session import LASTS, Desk, token_of
from streams.evidence.views import Watched
from streams.judges import load_judge
from streams.log_reader import LogRecord
from streams.proving.correcting import Corrected
from streams.settings import SettingsError, read_settings
from streams.watchlist.reading import load_watchlists

TOKEN = "a token that is long enough"  # noqa: S105 - of the tests
Client = TestClient[web.Request, web.Application]
SAID = Correction("twitter:1", 1, "orange", "orange", "negative", ("missions",), "C. Roux", START)


@pytest.fixture
def sent() -> list[Correction]:
    return []


@pytest_asyncio.fixture
async def page(tmp_path: Path, sent: list[Correction]) -> AsyncIterator[Client]:
    _, kept = filled_index(tmp_path)
    watched = Watched.of(load_watchlists(read_settings({}).watchlists))
    pages = Pages(open_reader(tmp_path), kept, watched, lambda: True)
    client = TestClient(TestServer(site(pages, (), Desk(TOKEN), sent.append), host="127.0.0.1"))
    await client.start_server()
    yield client
    await client.close()


async def signed_in(page: Client) -> None:
    answer = await page.post("/sign-in", data={"name": "  C.  Roux ", "token": TOKEN, "back": "/"})
    assert answer.status == 200
    assert "Signed in as C. Roux" in await answer.text()


async def the_form(page: Client) -> tuple[str, dict[str, str]]:
    listed = await (await page.get("/company/telvane?label=negative")).text()
    link = re.search(r'<a href="(/correct\?[^"]+)">Correct or confirm', listed)
    assert link
    shown = await (await page.get(link[1].replace("&amp;", "&"))).text()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
    return shown, fields


async def test_a_person_with_the_token_corrects_and_the_record_says_who_and_what(
    page: Client, sent: list[Correction]
) -> None:
    await signed_in(page)
    shown, fields = await the_form(page)
    assert 'value="negative" required checked' in shown
    given = {**fields, "label": "neutral", "about": "telvane", "discloses-missions": "on", "note": " a joke "}
    answer = await page.post("/correct", data=given, headers={"Origin": str(page.make_url("/")).rstrip("/")})
    assert "Recorded. It counts from the next replay on." in await answer.text()
    (one,) = sent
    assert (one.post, one.company, one.about, one.label) == (fields["post"], "telvane", "telvane", "neutral")
    assert (one.disclosures, one.by, one.note) == (("missions",), "C. Roux", "a joke")
    assert decode_correction(encode_correction(one)) == one


async def test_without_the_token_one_only_reads(page: Client, sent: list[Correction]) -> None:
    assert "Correct or confirm" not in await (await page.get("/company/telvane")).text()
    wrong = await page.post("/sign-in", data={"name": "x", "token": "another", "back": "/"})
    assert wrong.status == 403
    nameless = await page.post("/sign-in", data={"name": " ", "token": TOKEN, "back": "/"})
    assert nameless.status == 403
    form = await page.get("/correct?company=telvane&post=x", allow_redirects=False)
    assert form.headers["Location"].startswith("/sign-in?back=")
    refused = await page.post("/correct", data={"company": "telvane", "post": "x", "label": "neutral"})
    assert refused.status == 403
    assert sent == []


async def test_a_form_of_another_site_or_session_is_refused(page: Client, sent: list[Correction]) -> None:
    await signed_in(page)
    _, fields = await the_form(page)
    given = {**fields, "label": "neutral", "about": ""}
    elsewhere = await page.post("/correct", data=given, headers={"Origin": "https://evil.example"})
    assert elsewhere.status == 403
    forged = await page.post("/correct", data={**given, "form": "0" * 64})
    assert forged.status == 403
    unread = await page.post("/correct", data={**given, "label": "furious"})
    assert unread.status == 400
    unknown = await page.post("/correct", data={**given, "about": "nobody-watches-it"})
    assert unknown.status == 400
    missing = await page.post("/correct", data={**given, "post": "twitter:none"})
    assert missing.status == 404
    assert sent == []
    cookie = next(iter(page.session.cookie_jar))
    assert cookie["samesite"] == "Strict"
    assert cookie["httponly"]
    await page.post("/sign-out")
    assert "Signed in" not in await (await page.get("/")).text()


async def test_going_back_leads_to_this_site_alone(page: Client) -> None:
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", ""):
        given = {"name": "x", "token": TOKEN, "back": back}
        answer = await page.post("/sign-in", data=given, allow_redirects=False)
        assert answer.headers["Location"] == "/"


async def test_a_kafka_that_is_away_is_said(tmp_path: Path) -> None:
    def refuse(one: Correction) -> None:
        raise KafkaError(one)

    _, kept = filled_index(tmp_path)
    pages = Pages(open_reader(tmp_path), kept, Watched({"telvane": "Telvane"}, ()), lambda: True)
    client = TestClient(TestServer(site(pages, (), Desk(TOKEN), refuse), host="127.0.0.1"))
    await client.start_server()
    await signed_in(client)
    _, fields = await the_form(client)
    answer = await client.post("/correct", data={**fields, "label": "neutral", "about": "telvane"})
    assert answer.status == 503
    await client.close()


def test_a_desk_knows_its_own_cookies_for_some_hours() -> None:
    desk, other, closed = Desk(TOKEN), Desk(TOKEN), Desk(None)
    cookie = desk.sign_in("Zoë «Q»", TOKEN, 1000.0)
    person = desk.person(cookie, 1000.0 + LASTS - 1)
    assert person is not None
    assert person.name == "Zoë «Q»"
    assert desk.person(cookie, 1000.0 + LASTS + 1) is None
    assert other.person(cookie, 1000.0) is None
    assert closed.sign_in("x", TOKEN, 0) is None
    for forged in (None, "", "a.b.c.d", f"{cookie}0", "é.é", ".", f"Zg==.9999999999.0.{'0' * 64}"):
        assert desk.person(forged, 1000.0) is None
    with pytest.raises(SettingsError, match="too short"):
        Desk("short")


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert token_of({"VIGIE_EVIDENCE_TOKEN_FILE": str(tmp_path / "token")}) == TOKEN
    assert token_of({"VIGIE_EVIDENCE_TOKEN": TOKEN}) == TOKEN
    assert token_of({}) is None
    with pytest.raises(SettingsError, match="cannot be read"):
        token_of({"VIGIE_EVIDENCE_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b"{", b"null", encode_correction(replace(SAID, by="x" * 81)),
            encode_correction(SAID).replace(b'"negative"', b'"furious"'),
            encode_correction(SAID).replace(b'"missions"', b'"secrets"')],
)  # fmt: skip
def test_what_is_no_correction_is_refused(raw: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode_correction(raw)


def test_a_replay_puts_what_people_said_in_place_of_what_was_judged() -> None:
    judged = mention(
        "twitter:1", "orange", disclosures=(MentionDisclosure("employer", explicit=True, span=(0, 4)),)
    )
    standing = standing_of([replace(SAID, label="neutral"), SAID])
    (found,) = corrected([judged], standing)
    assert (found.label, found.score) == ("negative", -5_000)  # type: ignore[union-attr]
    assert [one.kind for one in found.disclosures] == ["missions"]  # type: ignore[union-attr]
    confirmed = standing_of([replace(SAID, label="positive", disclosures=("employer",))])
    assert corrected([judged], confirmed) == (judged,)
    assert corrected([judged], standing_of([replace(SAID, about=None)])) == ()
    (moved,) = corrected([judged], standing_of([replace(SAID, about="air-vigie")]))
    assert moved.company == "air-vigie"  # type: ignore[union-attr]
    others = [
        replace(judged, version=2), replace(judged, company="banque-test"),
        Retraction("twitter:1", 1, START, Coordinates("posts.v1", 0, 0)),
    ]  # fmt: skip
    assert corrected(others, standing) == tuple(others)
    said = Corrected(standing, "corrections.v1/0@2")
    assert said.of(Rejudged(5, 1, 7, (judged,))).records == corrected([judged], standing)


def test_the_page_shows_what_was_said_last(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    said = [SAID, replace(SAID, label="neutral", by="D. Lin")]
    records = [
        LogRecord(CORRECTIONS.name, 0, at, RECEIVED, None, encode_correction(one))
        for at, one in enumerate(said)
    ]
    take(index, [*records, replace(records[0], offset=2, value=b"nonsense")])
    found = correction(index, "orange", "twitter:1", 1)
    assert found == said[1]
    assert correction(index, "orange", "twitter:1", 2) is None
    assert voice(index, "orange", "twitter:1") is None


def test_agreement_is_counted_on_what_people_confirmed_and_corrected() -> None:
    raw, _ = judged_corpus()
    line = next(raw[place] for place in sorted(raw) if b"honteux" in raw[place] and b"Telvane" in raw[place])
    post = orjson.loads(line)
    judge = load_judge(read_settings({}))
    (judged,) = judge.judge([decode_post(line)])  # type: ignore[list-item]
    label = next(one.sentiment.label for one in judged.mentions if one.company == "telvane")
    other = next(one for one in LABELS if one != label)
    said = Correction(post["key"], 1, "telvane", "telvane", label, (), "C. Roux", START)
    both = [said, replace(said, label=other), replace(said, about=None, disclosures=("expertise",))]
    lines = [orjson.dumps({"correction": orjson.loads(encode_correction(one)), "post": post}) for one in both]
    agreed, total = agreement(lines, judge)
    assert total == 3
    assert agreed == Counter(company=2, label=1, disclosures=2)
