"""What is sealed shows nothing, opens to the same post, and to nothing else; erased, it still counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest

from agents.judge import Judge
from agents.measuring.fenced_count import FencedCount
from agents.steps import verdict_of
from schemas.codec import encode_post
from schemas.mention import Mention, Retraction
from schemas.post import Author, AuthorDeletion, Deletion, Entities, Post, PostRecord, Source
from schemas.reject import Invalid, Reject, open_reject, reject_of
from schemas.sealed import Gone, Opened, Sealed, decode_record
from schemas.watchlist import parse_watchlist
from streams.judges import load_credibility
from streams.sealing.keys import KeyStore, Owner
from streams.sealing.naming import author_number
from streams.sealing.vault import NoKeysError, Vault
from streams.settings import read_settings

NOW = 1_780_000_000_000
POST = Post(
    key="bluesky:at://did:plc:quill/app.bsky.feed.post/3k1",
    platform="bluesky",
    text="Nordelle est bien, dit Zoé",
    created_at=NOW,
    source=Source("bluesky", "stream", "17"),
    url="https://bsky.example/profile/quill/3k1",
    author=Author(id="did:plc:quill", handle="Quill.example", name="Zoé Quill", bio="chez Nordelle"),
    entities=Entities(mentions=("quill.example",)),
    version=2,
)
OTHER = replace(
    POST, key="twitter:1795", platform="twitter", text="Nordelle", author=Author(), repost_of=POST.key
)


@dataclass(frozen=True)
class Lying:
    value: bytes | None
    offset: int = 0
    topic: str = "posts.v1"
    partition: int = 0
    timestamp: int = NOW


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys.sqlite")


def sealed(vault: Vault, *posts: PostRecord) -> list[bytes]:
    return [found[1] for found in vault.records(posts) if found is not None]


def key_of(vault: Vault, record: PostRecord) -> str:
    (found,) = vault.records([record])
    assert found is not None
    return found[0]


def opened(vault: Vault, *raws: bytes) -> list[Opened]:
    found = [decode_record(raw) for raw in raws]
    return vault.open([one for one in found if isinstance(one, Sealed)])


def test_a_sealed_post_shows_nothing_personal_and_opens_to_itself(store: KeyStore) -> None:
    vault = Vault(store)
    (key, raw), _ = (found for found in vault.records([POST, OTHER]) if found is not None)
    assert set(orjson.loads(raw)) == {"created_at", "key", "kind", "platform", "sealed", "version"}
    assert not any(word in raw.lower() for word in (b"quill", "zoé".encode(), b"nordelle", b"did:"))
    assert vault.post(raw) == replace(POST, key=key)
    assert Vault().post(encode_post(OTHER)) == OTHER
    assert vault.post(encode_post(Deletion(OTHER.key, NOW))) is None
    first, second = opened(vault, *sealed(vault, POST, OTHER))
    assert first == replace(POST, key=key)
    assert second == replace(OTHER, repost_of=key), "a repost still names its post"
    assert key_of(vault, Deletion(POST.key, NOW)) == key


def test_mere_codes_stay_as_keys_and_what_may_name_somebody_does_not(store: KeyStore) -> None:
    vault = Vault(store)
    keys = ["twitter:1795", "youtube:dQw4w9WgXcQ", "facebook:12_34", "reddit:t3_1abc"]
    assert [key_of(vault, Deletion(key, NOW)) for key in keys] == keys
    naming = [
        "mastodon:https://m.example/users/lea/statuses/1",
        "telegram:lea/12",
        "rss:lea@b.example",
        "rss:Léa",
    ]
    named = [key_of(vault, Deletion(key, NOW)) for key in naming]
    assert len(set(named)) == len(naming)
    assert not any("lea" in key or "Léa" in key for key in named)
    assert [key_of(vault, Deletion(key, NOW)) for key in named] == named, "once is enough"


@pytest.mark.parametrize("field", ["key", "platform", "kind", "created_at", "version"])
def test_a_box_opens_beside_its_own_clear_fields_alone(store: KeyStore, field: str) -> None:
    vault = Vault(store)
    (raw,) = sealed(vault, OTHER)
    other = {
        "key": "twitter:2",
        "platform": "x",
        "kind": "review",
        "created_at": "2026-05-28T20:26:41Z",
        "version": 9,
    }
    (found,) = opened(vault, orjson.dumps({**orjson.loads(raw), field: other[field]}))
    assert isinstance(found, Invalid)
    assert found.reason == "unopened"


@pytest.mark.parametrize(
    "part",
    [7, {}, {"by": "1", "box": ""}, {"by": 1, "box": 7}, {"by": 1, "box": "=a"}, {"by": True, "box": ""}],
)
def test_what_only_looks_sealed_is_invalid(store: KeyStore, part: object) -> None:
    (raw,) = sealed(Vault(store), OTHER)
    found = decode_record(orjson.dumps({**orjson.loads(raw), "sealed": part}))
    assert isinstance(found, Invalid)


def test_a_worker_without_the_keys_does_not_take_everything_for_erased(
    store: KeyStore, tmp_path: Path
) -> None:
    (raw,) = sealed(Vault(store), OTHER)
    with pytest.raises(NoKeysError, match="VIGIE_KEYS"):
        opened(Vault(KeyStore(tmp_path / "another")), raw)
    busy = KeyStore(tmp_path / "busy")
    Vault(busy).rejects([reject_of(b"{", Invalid("not-json", ""), topic="t", partition=0, offset=0, at=0)])
    with pytest.raises(NoKeysError, match="VIGIE_KEYS"):
        opened(Vault(busy), raw)
    with pytest.raises(NoKeysError, match="VIGIE_KEYS"):
        opened(Vault(), raw)


def test_erased_and_lost_are_told_apart(store: KeyStore, tmp_path: Path) -> None:
    vault = Vault(store)
    (raw,) = sealed(vault, POST)
    elsewhere = KeyStore(tmp_path / "another")
    elsewhere.make([Owner(post=1)])
    (lost,) = opened(Vault(elsewhere), raw)
    store.shred(store.of_author(author_number("bluesky", "@QUILL.example", store))[1])
    (erased,) = opened(vault, raw)
    assert isinstance(lost, Gone)
    assert isinstance(erased, Gone)
    assert (lost.lost, erased.lost) == (True, False)


def test_what_was_erased_is_not_taken_in_again_and_what_comes_later_is(store: KeyStore) -> None:
    vault = Vault(store)
    subjects, numbers = store.of_author(author_number("bluesky", "quill.example", store))
    store.shred(numbers, subjects, at=NOW)
    later = replace(POST, key="bluesky:2", created_at=NOW + 1)
    assert [found is None for found in vault.records([POST, later, OTHER])] == [True, False, False]


def test_in_the_clear_posts_are_as_they_were(store: KeyStore) -> None:
    for vault in (Vault(), Vault(store, sealing=False)):
        assert vault.records([POST]) == [(POST.key, encode_post(POST))]
        gone = Deletion(POST.key, 5_000)
        assert vault.records([gone]) == [(POST.key, encode_post(gone))]


def test_a_sealed_dead_letter_keeps_its_place_and_reason_alone(store: KeyStore) -> None:
    vault = Vault(store)
    why = Invalid("bad-time", "created_at 'hier, par Zoé' is no instant")
    reject = reject_of('{"author":"Zoé"}'.encode(), why, topic="file:-", partition=0, offset=3, at=NOW)
    (raw,) = vault.rejects([reject])
    wire = orjson.loads(raw)
    assert set(wire) == {"topic", "partition", "offset", "reason", "sealed", "size", "at"}
    letter = open_reject(wire, vault.open_box)
    assert (letter["detail"], letter["sha256"]) == (reject.detail, reject.sha256)
    store.shred([wire["sealed"]["by"]])
    assert open_reject(wire, vault.open_box) == {
        "topic": "file:-", "partition": 0, "offset": 3, "reason": "bad-time", "size": 17, "at": NOW, "erased": True,
    }  # fmt: skip


def test_an_erased_post_counts_once_and_still_retracts_its_older_version(store: KeyStore) -> None:
    vault = Vault(store)
    watchlist = parse_watchlist('[[company]]\nid = "nordelle"\nname = "Nordelle"\n', "test")
    judge = Judge(watchlist, load_credibility(read_settings({})))
    batch = [Lying(raw, offset) for offset, raw in enumerate(sealed(vault, POST, OTHER))]

    def judged(count: FencedCount) -> tuple[Sequence[Mention | Retraction], Sequence[Reject]]:
        verdict = verdict_of(batch, judge, count, b"s" * 32, vault.open)
        return verdict.records, verdict.rejects

    before, after = FencedCount(), FencedCount()
    records, rejects = judged(before)
    assert [type(record) for record in records] == [Retraction, Mention, Retraction, Mention]
    store.shred(store.of_author(author_number("bluesky", "did:plc:quill", store))[1])
    records, rejects = judged(after)
    assert [type(record) for record in records] == [Retraction, Retraction, Mention]
    assert rejects == []
    assert after.counts == {"platform:twitter": 1, "erased": 1, "matched": 1}
    counted = after.state()
    judged(after)
    assert after.state() == counted
    assert after.seal == before.seal, "not a byte of posts.v1 has changed"


def test_the_withdrawal_of_an_account_names_it_in_its_box_alone(store: KeyStore) -> None:
    vault = Vault(store)
    withdrawn = AuthorDeletion("bluesky", "did:plc:quill", NOW)
    (raw,) = sealed(vault, withdrawn)
    assert b"quill" not in raw
    assert "quill" not in key_of(vault, withdrawn)
    assert opened(vault, raw) == [withdrawn]
    assert len(store.of_author(author_number("bluesky", "did:plc:quill", store))[1]) == 2
