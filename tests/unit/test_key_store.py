"""A key that is destroyed is nowhere on disk; numbers grow, and what never was is told from what was erased."""

from pathlib import Path

import pytest

from streams.sealing.keys import KeyStore, Owner
from streams.settings import SettingsError


def everything_beside(path: Path) -> bytes:
    return b"".join(found.read_bytes() for found in path.parent.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.sqlite"


def test_a_destroyed_key_is_no_longer_in_any_byte_of_the_store(path: Path) -> None:
    store = KeyStore(path)
    made = store.make([Owner(number % 7 + 1, 0, number + 100) for number in range(3_000)])
    whole = everything_beside(path)
    assert all(secret in whole for _, secret in made)
    _, numbers = store.of_author(3)
    theirs = dict(made[2::7])
    assert set(numbers) == set(theirs)
    assert store.shred(numbers) == len(numbers)
    left = everything_beside(path)
    assert not [number for number, secret in theirs.items() if secret in left]
    assert all(secret in left for number, secret in made if number not in theirs)
    assert store.of_author(3)[1] == []
    assert store.shred(numbers) == 0, "twice does no harm"
    store.close()


def test_an_erased_key_is_told_from_one_that_never_was(path: Path) -> None:
    store = KeyStore(path)
    assert store.foreign()
    (kept, secret), (gone, _) = store.make([Owner(post=1), Owner()])
    store.shred([gone])
    assert store.secrets([kept, gone, 7]) == {kept: secret, gone: None}
    assert not store.foreign()
    store.shred([kept])
    assert store.foreign()


def test_what_is_no_key_store_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(SettingsError, match="VIGIE_KEYS"):
        KeyStore(path)


def test_numbers_grow_and_never_come_twice_even_after_a_restore(path: Path, tmp_path: Path) -> None:
    one, other = KeyStore(path), KeyStore(path)
    backup = path.read_bytes()
    numbers = [number for store in (one, other, one) for number, _ in store.make([Owner()] * 300)]
    assert numbers == sorted(set(numbers))
    one.close()
    other.close()
    path.write_bytes(backup)
    again = KeyStore(path).make([Owner()])
    assert again[0][0] > numbers[-1]


def test_a_handle_finds_the_account_and_the_account_what_it_wrote_under_other_handles(path: Path) -> None:
    store = KeyStore(path)
    made = store.make([Owner(1, 50, 0), Owner(1, 51, 0), Owner(2, 52, 0)])
    assert store.of_author(50) == ([1, 50], [made[0][0], made[1][0]])
    assert store.of_author(2) == ([2], [made[2][0]])
    assert store.of_post(0) == [number for number, _ in made]


def test_a_store_from_a_backup_is_cleared_again_and_refuses_who_was_erased(path: Path) -> None:
    store = KeyStore(path)
    ((number, secret),) = store.make([Owner(9, 9, 9)])
    assert store.shred([number, number + 5], [9], at=1_000) == 1
    store.shred([], [9], at=500)
    assert store.refused() == {9: 1_000}
    assert store.secrets([number, number + 5]) == {number: None, number + 5: None}
    assert secret not in everything_beside(path)


def test_keys_go_with_the_records_that_kafka_drops(path: Path) -> None:
    store = KeyStore(path)
    ((number, secret),) = store.make([Owner()])
    made_at = number >> 20
    assert store.outlive(made_at) == 0
    assert store.outlive(made_at + 1) == 1
    assert store.secrets([number]) == {}
    assert secret not in everything_beside(path)


def test_only_its_owner_may_read_the_store(path: Path) -> None:
    KeyStore(path)
    assert path.stat().st_mode & 0o077 == 0


def test_hashes_are_of_this_store_alone(tmp_path: Path) -> None:
    one, other = KeyStore(tmp_path / "one"), KeyStore(tmp_path / "other")
    assert one.number("author", "twitter", "lea") == KeyStore(tmp_path / "one").number(
        "author", "twitter", "lea"
    )
    assert one.number("author", "twitter", "lea") != other.number("author", "twitter", "lea")
