"""Whom an erasure means, which dead letters name them, what the receipt proves, who is watched by consent."""

import hashlib
from base64 import b64encode
from pathlib import Path

import orjson
import pytest

from schemas.post import Author, Post, Source
from streams.erasing.consent import where_consented
from streams.erasing.erase import Receipt, author_of, keys_of, post_of
from streams.erasing.traces import Trace, names_one_of
from streams.sealing.keys import KeyStore
from streams.sealing.vault import Vault
from streams.settings import Settings, SettingsError

NOW = 1_780_000_000_000


def post(key: str, **author: str) -> Post:
    platform = key.partition(":")[0]
    return Post(key, platform, "Nordelle", NOW, Source("made"), author=Author(**author))


def letter(raw: bytes, detail: str = "") -> dict[str, str]:
    return {"raw": b64encode(raw).decode(), "detail": detail}


@pytest.mark.parametrize(
    "raw",
    [
        '{"author":"Zoé Quill"}'.encode(),
        b'{"author":"Zo\\u00e9 Quill"}',
        b'{"author":"ZO\\u00C9 QUILL"}',
        "Zoé Quill;texte".encode("latin-1"),
        "\ufeffZoé Quill".encode() + b"\xff",
    ],
)
def test_a_dead_letter_names_somebody_in_whatever_form(raw: bytes) -> None:
    assert names_one_of(letter(raw), ["zoé quill"])
    assert not names_one_of(letter(raw), ["zoé qui", "oé quill", ""])


def test_what_the_reason_quotes_counts_and_an_opened_box_that_is_erased_does_not() -> None:
    assert names_one_of(letter(b"{", "created_at 'Zoé' is no instant"), ["Zoé"])
    assert not names_one_of({"erased": True}, ["Zoé"])


@pytest.mark.parametrize("text", ["", "lea", ":lea", "twitter:", "twitter:@"])
def test_who_is_meant_must_be_said(text: str) -> None:
    with pytest.raises(SettingsError, match="platform:handle"):
        author_of(text)


def test_an_author_is_known_by_id_or_handle_on_their_platform_alone(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys.sqlite")
    lea = post("twitter:1", id="42", handle="Lea_M", name="Léa")
    Vault(store).records(
        [lea, post("twitter:2", id="42"), post("bluesky:3", handle="lea_m"), post("twitter:4", id="7")]
    )
    for name in ("twitter:42", "twitter:@lea_m", "x:LEA_M"):
        whom = author_of(name)
        assert len(keys_of(store, whom)[1]) == 2
        assert whom.wanted(lea, store)
        assert not whom.wanted(post("bluesky:3", handle="lea_m"), store)
        assert not whom.wanted(post("twitter:4", id="7", name="Lea_M"), store)
    assert len(keys_of(store, author_of("bluesky:lea_m"))[1]) == 1


def test_a_post_is_known_by_its_own_key_or_the_nameless_one(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys.sqlite")
    key = "mastodon:https://m.example/users/lea/1"
    ((sealed, _),) = (found for found in Vault(store).records([post(key, handle="lea")]) if found)
    assert sealed != key
    assert keys_of(store, post_of(key)) == keys_of(store, post_of(sealed))
    assert len(keys_of(store, post_of(key))[1]) == 1
    assert post_of(sealed).wanted(post(key), store)


def test_a_receipt_carries_the_hash_of_the_rest() -> None:
    left = (Trace("posts.v1", 0, 7, "2027-07-02T20:26:40Z"),)
    document = Receipt("ab", "2026-11-22T22:00:00Z", "author", ("0f",), (5, 6), 1, 1, left).document()
    whole = orjson.loads(document)
    digest = whole.pop("sha256")
    assert digest == hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()
    assert whole["left"] == [
        {"topic": "posts.v1", "partition": 0, "offset": 7, "until": "2027-07-02T20:26:40Z"}
    ]


def test_files_that_watch_somebody_by_consent_are_named(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[person]]\nid = "ceo"\ncompany = "n"\nbasis = "consent"\nhandles = { twitter = ["Lea_M"] }\n'
    )
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "ab.toml").write_text(mine.read_text())
    settings = Settings(home=tmp_path, watchlists=(mine,))
    said = where_consented(settings, author_of("x:@lea_m"))
    assert len(said) == 2
    assert str(mine) in said[0]
    assert "kept version" in said[1]
    assert where_consented(settings, author_of("twitter:other")) == []
