"""Settings: forms of addresses, arguments over environment over defaults, and what is refused."""

import os
from pathlib import Path

import pytest

from streams.settings import Settings, SettingsError, address, read_settings, shipped


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:9612", ("127.0.0.1", 9612)),
        ("example.org:80", ("example.org", 80)),
        ("9612", ("127.0.0.1", 9612)),
        (":9612", ("127.0.0.1", 9612)),
        ("[::1]:9612", ("::1", 9612)),
        ("0.0.0.0:65535", ("0.0.0.0", 65_535)),  # noqa: S104 - only read
    ],
)
def test_an_address_is_host_and_port(text: str, found: tuple[str, int]) -> None:
    assert address(text) == found


@pytest.mark.parametrize(
    "text", ["", "localhost", "host:", "host:0", "host:65536", "host:-1", "host:٣", "a:b"]
)
def test_what_is_no_address_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(SettingsError, match="write host:port"):
        address(text)


@pytest.mark.parametrize("text", ["::1", "[::1]", "::1:9612", "fe80::1:9612"])
def test_an_ipv6_address_without_brackets_is_refused_for_its_end_may_be_a_port_or_not(text: str) -> None:
    with pytest.raises(SettingsError, match=r"\[::1\]:9612"):
        address(text)


def test_the_url_has_an_ipv6_host_in_brackets() -> None:
    assert read_settings({}, metrics="[::1]:1").metrics_url == "http://[::1]:1/metrics"
    assert read_settings({}).metrics_url == "http://127.0.0.1:9612/metrics"


ENVIRONMENT = {
    "VIGIE_HOME": "/environment",
    "VIGIE_BROKER": "environment:9092",
    "VIGIE_METRICS_ADDRESS": "environment:1",
    "VIGIE_WATCHLIST": os.pathsep.join(["one.toml", "", "two.toml"]),
    "VIGIE_CREDIBILITY": "environment.toml",
}


def test_the_environment_stands_over_the_defaults() -> None:
    found = read_settings({**ENVIRONMENT, "VIGIE_PARTITIONS": "7", "VIGIE_AUTHOR_KEY": "key"})
    assert (found.home, found.broker, found.metrics_host) == (
        Path("/environment"), "environment:9092", "environment",
    )  # fmt: skip
    assert found.watchlists == (Path("one.toml"), Path("two.toml"))
    assert (found.credibility, found.author_key) == (Path("environment.toml"), Path("key"))
    assert found.partitions == 7


def test_arguments_stand_over_the_environment() -> None:
    found = read_settings(
        ENVIRONMENT,
        home=Path("/argument"),
        broker="argument:9092",
        metrics="argument:2",
        watchlists=(Path("three.toml"),),
        credibility=Path("argument.toml"),
    )
    assert (found.home, found.broker) == (Path("/argument"), "argument:9092")
    assert (found.metrics_host, found.metrics_port) == ("argument", 2)
    assert (found.watchlists, found.credibility) == ((Path("three.toml"),), Path("argument.toml"))


def test_an_empty_variable_is_as_none() -> None:
    empty = dict.fromkeys((*ENVIRONMENT, "VIGIE_PARTITIONS", "VIGIE_AUTHOR_KEY"), "")
    assert read_settings(empty) == read_settings({})


def test_by_default_what_is_shipped_is_watched_on_loopback_with_an_embedded_kafka() -> None:
    found = read_settings({})
    assert (found.broker, found.metrics_host, found.partitions) == (None, "127.0.0.1", Settings().partitions)
    assert found.watchlists == shipped("watchlist.toml", "corpus-watchlist.toml")
    assert all(path.is_file() for path in (*found.watchlists, found.credibility))


@pytest.mark.parametrize("name", ["VIGIE_PARTITIONS", "VIGIE_BATCH", "VIGIE_RECORD_EVERY"])
@pytest.mark.parametrize("text", ["0", "-1", "four", "1.5", "٤", " 4"])
def test_a_wrong_number_is_refused_by_the_variable_s_name(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is .*give a whole number from 1"):
        read_settings({name: text})
