"""TLS and SASL to Kafka: what is refused, and that a password is never shown."""

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streams.app import create_app
from streams.security import PLAINTEXT, Security, read_security
from streams.settings import SettingsError, read_settings

PASSWORD = "h0rs battery"  # noqa: S105 - made for this test
LOGIN = {"VIGIE_SECURITY": "sasl-tls", "VIGIE_SASL_USERNAME": "vigie", "VIGIE_SASL_PASSWORD": PASSWORD}


def test_without_settings_nothing_is_asked_of_the_broker() -> None:
    assert read_security({}) is PLAINTEXT
    assert PLAINTEXT.options() == {}
    assert PLAINTEXT.credentials() is None


@pytest.mark.parametrize(
    "given",
    [
        {"VIGIE_SECURITY": "sasl-plaintext", "VIGIE_SASL_USERNAME": "vigie"},
        {**LOGIN, "VIGIE_SECURITY": "plaintext"},
        {"VIGIE_SASL_USERNAME": "vigie", "VIGIE_SASL_PASSWORD": PASSWORD},
    ],
)
def test_a_password_without_tls_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="set VIGIE_SECURITY=sasl-tls") as refused:
        read_security(given)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"VIGIE_SECURITY": "ssl"}, "give plaintext, tls or sasl-tls"),
        ({**LOGIN, "VIGIE_SASL_MECHANISM": "GSSAPI"}, "SCRAM-SHA-512"),
        ({**LOGIN, "VIGIE_SASL_PASSWORD": ""}, "VIGIE_SASL_PASSWORD"),
        ({**LOGIN, "VIGIE_SASL_USERNAME": ""}, "VIGIE_SASL_USERNAME"),
        ({**LOGIN, "VIGIE_SASL_PASSWORD_FILE": "/nowhere/at/all"}, "/nowhere/at/all cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        read_security(given)
    assert PASSWORD not in str(refused.value)


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    given = {**LOGIN, "VIGIE_SASL_PASSWORD": "", "VIGIE_SASL_PASSWORD_FILE": str(path)}
    assert read_security(given).password == PASSWORD


def test_every_client_is_given_the_same_and_checks_the_broker_s_name() -> None:
    security = read_security(LOGIN)
    options = security.options()
    context = options.pop("ssl_context")
    assert options == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "vigie",
        "sasl_plain_password": PASSWORD,
    }
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert Security(tls=True).options().keys() == {"security_protocol", "ssl_context"}
    faust: Any = security.credentials()
    assert (faust.protocol.value, faust.mechanism.value) == ("SASL_SSL", "SCRAM-SHA-512")
    assert faust.ssl_context.check_hostname


def test_no_representation_shows_the_password(tmp_path: Path) -> None:
    settings = replace(read_settings(LOGIN, broker="k:9092"), home=tmp_path)
    app = create_app(settings, "k:9092")
    for shown in (settings, settings.security, app, app.conf, app.conf.broker_credentials, vars(app.conf)):
        assert PASSWORD not in repr(shown)
        assert PASSWORD not in str(shown)


def test_a_missing_certificate_is_named() -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        read_security({"VIGIE_SECURITY": "tls", "VIGIE_TLS_CA": "/nowhere.pem"}).options()


def test_the_embedded_kafka_takes_no_security() -> None:
    with pytest.raises(SettingsError, match="VIGIE_BROKER"):
        read_settings(LOGIN).embedded()
    assert not read_settings(LOGIN, broker="k:9092").embedded()
    assert read_settings({}).embedded()
