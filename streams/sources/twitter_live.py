"""X live: the filtered stream with rules made from the watchlist, and recent search for what was missed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import aiohttp
import orjson
from yarl import URL

from schemas.reject import Invalid
from schemas.watchlist import Company
from streams.sources.contract import SourceError
from streams.sources.http import check, fetch
from streams.sources.lines import LineSplitter
from streams.sources.mapping import at, each, listed, string
from streams.sources.polling import Page, document
from streams.sources.streaming import StreamingSource
from streams.sources.twitter import map_payload

API = "https://api.x.com"
RULE = 512  # characters; the shortest limit among X's plans
RULES = 1000
_TAG = "vigie:"  # how our rules are told from others of the same application
_FIELDS = {
    "tweet.fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,"
    "public_metrics,referenced_tweets",
    "user.fields": "affiliation,created_at,description,protected,public_metrics,username,verified",
    "expansions": "author_id,referenced_tweets.id",
}
_PAGES = 20  # of 100 posts for one rule: asked for at most, for each post is paid for


def rules(companies: Iterable[Company]) -> list[tuple[str, str]]:
    """Rules (value, tag) that match what may be about a company; `judge` decides what is.

    Forms that are everyday words ask for their context; the tag names the company.
    """
    found: list[tuple[str, str]] = []
    for company in companies:
        handles = company.handles.get("twitter", ())
        terms = [term for handle in handles for term in (f"@{handle}", f"from:{handle}")]
        terms += [f'url:"{domain}"' for domain in company.domains]
        terms += [f"${ticker}" for ticker in company.tickers if ticker.isalpha()]
        ambiguous = {form.lower() for form in company.ambiguous}
        names = [name for name in (company.name, *company.aliases) if name.lower() not in ambiguous]
        terms += [_quoted(name) for name in names]
        tag = f"{_TAG}{company.id}"
        found += [(value, tag) for value in _packed(terms)]
        context = " OR ".join(_quoted(word) for word in company.context)
        for form in company.ambiguous if context else ():
            value = f"{_quoted(form)} ({context})"
            if len(value) <= RULE:
                found.append((value, tag))
    if len(found) > RULES:
        raise SourceError(f"the watchlist makes {len(found)} rules; X allows {RULES}: shorten it")
    return found


def _quoted(words: str) -> str:
    return '"' + words.replace('"', " ") + '"'


def _packed(terms: list[str]) -> Iterator[str]:
    """As few rules as hold all terms, joined by OR."""
    value = ""
    for term in dict.fromkeys(terms):
        joined = f"{value} OR {term}" if value else term
        if len(joined) > RULE:
            yield value
            joined = term
        value = joined
    if value:
        yield value


class TwitterWire:
    """One connection of the filtered stream, kept to `rules`."""

    def __init__(self, wanted: list[tuple[str, str]], api: str = API) -> None:
        self._wanted = wanted
        self._stream = URL(api) / "2/tweets/search/stream"
        self._search = URL(api) / "2/tweets/search/recent"
        self.url = self._stream.with_query(_FIELDS)

    async def prepare(self, client: aiohttp.ClientSession) -> None:
        """Add the rules that are missing at X, take away ours that are not wanted any more."""
        place = self._stream / "rules"
        known = {
            (str(rule.get("value")), str(rule.get("tag"))): string(rule.get("id"))
            for rule in each(document((await fetch(client, place)).body), "data")
        }
        ours = {rule: native for rule, native in known.items() if rule[1].startswith(_TAG)}
        stale = [native for rule, native in ours.items() if rule not in self._wanted and native]
        fresh = [{"value": value, "tag": tag} for value, tag in self._wanted if (value, tag) not in known]
        if stale:
            await self._post(client, place, {"delete": {"ids": stale}})
        if fresh:
            await self._post(client, place, {"add": fresh})

    async def missed(self, client: aiohttp.ClientSession, since: int) -> AsyncIterator[Page]:
        """What recent search (7 days) has for each rule."""
        for value, _ in self._wanted:
            asked = {**_FIELDS, "query": value, "since_id": str(since), "max_results": "100"}
            for _ in range(_PAGES):
                page = document((await fetch(client, self._search.with_query(asked))).body)
                includes = at(page, "includes")
                yield Page(
                    [{"data": post, "includes": includes} for post in reversed(listed(page, "data"))], ""
                )
                following = string(at(page, "meta", "next_token"))
                if following is None:
                    break
                asked["next_token"] = following
            else:
                yield Page(
                    [], "", gap=f"has more than {_PAGES * 100} posts for one rule: the oldest are left out"
                )

    def cutter(self) -> Callable[[bytes], Iterator[Any]]:
        """Lines as payloads; empty ones keep the connection alive."""
        splitter = LineSplitter()

        def cut(chunk: bytes) -> Iterator[Any]:
            for line in splitter.feed(chunk):
                if line.digest is not None:
                    yield Invalid("too-large", f"{line.size} bytes in one line")
                elif line.raw.strip():
                    yield _decoded(line.raw)

        return cut

    def place(self, payload: Any) -> int | None:
        """The post's id."""
        native = str(at(payload, "data", "id"))
        return int(native) if native.isascii() and native.isdigit() and len(native) < 20 else None

    async def _post(self, client: aiohttp.ClientSession, place: URL, body: dict[str, Any]) -> None:
        async with client.post(place, json=body, allow_redirects=False) as response:
            check(200 if response.status == 201 else response.status, response.headers, place)
            told = document(await response.read())
        if trouble := each(told, "errors"):
            raise SourceError(f"X refuses a rule: {trouble[0].get('title')}: {trouble[0].get('value')}")


def _decoded(raw: bytes) -> Any:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return Invalid("not-json", str(error))
    return found if isinstance(found, dict) else Invalid("not-an-object", "a stream line is a JSON object")


def live(companies: Iterable[Company], token: str, api: str = API, **given: Any) -> StreamingSource:
    """What is said of `companies` on X."""
    return StreamingSource("x", TwitterWire(rules(companies), api), map_payload, token=token, **given)
