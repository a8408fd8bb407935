"""How every client speaks to Kafka: plainly, over TLS, or over TLS with a name and a password (SASL).

One value for Faust, aiokafka and kafka-python. The password comes from the environment or from a file, never
from a command line, and is in no `repr`: what is not said cannot be logged.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from streams.settings_error import SettingsError

MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")


@dataclass(frozen=True, slots=True)
class Security:
    """`ca` None: the certificates that the system trusts; `username` empty: no login."""

    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None  # of the client, where the broker asks for one
    key: Path | None = None  # None: in the certificate's file
    mechanism: str = MECHANISMS[0]
    username: str = ""
    password: str = field(default="", repr=False)

    def options(self) -> dict[str, Any]:
        """Arguments that aiokafka's and kafka-python's clients share; raises SettingsError for a certificate
        that cannot be used."""
        if not self.tls:
            return {}
        found: dict[str, Any] = {"security_protocol": "SSL", "ssl_context": self._context()}
        if self.username:
            found |= {
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return found

    def credentials(self) -> Any:
        """The same for Faust; None where nothing is asked for."""
        import faust  # noqa: PLC0415 - most commands need no Faust, which takes a second to load

        if not self.tls:
            return None
        if not self.username:
            return faust.SSLCredentials(self._context())
        return faust.SASLCredentials(
            username=self.username,
            password=self.password,
            ssl_context=self._context(),
            mechanism=self.mechanism,
        )

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca)  # checks the name in the certificate too
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            named = ", ".join(str(path) for path in (self.ca, self.certificate, self.key) if path)
            raise SettingsError(f"TLS cannot be set up with {named} ({error}): give PEM files") from error
        return context


PLAINTEXT = Security()


def read_security(environment: Mapping[str, str]) -> Security:
    """From VIGIE_SECURITY, VIGIE_TLS_… and VIGIE_SASL_…; raises SettingsError, which names no secret."""
    kind = environment.get("VIGIE_SECURITY") or "plaintext"
    login = environment.get("VIGIE_SASL_USERNAME") or ""
    if kind == "sasl-plaintext" or (login and kind == "plaintext"):
        raise SettingsError(
            "a password would go over the network for all to read: Vigie logs in to Kafka over TLS alone, "
            "so set VIGIE_SECURITY=sasl-tls and use the broker's SASL_SSL listener"
        )
    if kind not in {"plaintext", "tls", "sasl-tls"}:
        raise SettingsError(f"VIGIE_SECURITY is {kind!r}: give plaintext, tls or sasl-tls")
    if kind == "plaintext":
        return PLAINTEXT
    names = ("VIGIE_TLS_CA", "VIGIE_TLS_CERTIFICATE", "VIGIE_TLS_KEY")
    ca, certificate, key = (Path(environment[name]) if environment.get(name) else None for name in names)
    encrypted = Security(tls=True, ca=ca, certificate=certificate, key=key)
    if kind == "tls":
        return encrypted
    mechanism = environment.get("VIGIE_SASL_MECHANISM") or MECHANISMS[0]
    if mechanism not in MECHANISMS:
        raise SettingsError(f"VIGIE_SASL_MECHANISM is {mechanism!r}: give one of {', '.join(MECHANISMS)}")
    password = _password(environment)
    if not login or not password:
        raise SettingsError(
            "VIGIE_SECURITY=sasl-tls needs VIGIE_SASL_USERNAME and VIGIE_SASL_PASSWORD (or _PASSWORD_FILE)"
        )
    return replace(encrypted, mechanism=mechanism, username=login, password=password)


def _password(environment: Mapping[str, str]) -> str:
    path = environment.get("VIGIE_SASL_PASSWORD_FILE")
    if not path:
        return environment.get("VIGIE_SASL_PASSWORD") or ""
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"VIGIE_SASL_PASSWORD_FILE: {path} cannot be read ({error})") from error
