"""The certificate that TLS listeners show."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from softswitch.config.files import FileName, check_file, unreadable
from softswitch.config.problems import Finding
from softswitch.config.refusal import refusal
from softswitch.config.section import Section

AUTO = "auto"


class Tls(Section):
    """A certificate and its key, or `certificate: auto` for a self-signed one made at start."""

    certificate: Annotated[Literal["auto"] | Path, FileName(word=AUTO)] = Field(
        description="PEM file with the certificate and its chain; "
        "auto: a self-signed one, made at start and kept in the state directory.",
        examples=["cert.pem", AUTO],
    )
    key: Annotated[Path, FileName()] | None = Field(
        default=None, description="PEM file with the private key, without a passphrase.", examples=["key.pem"]
    )

    @property
    def self_signed(self) -> bool:
        """Whether the switch makes its certificate itself."""
        return self.certificate == AUTO

    @model_validator(mode="after")
    def _both_or_auto(self) -> "Tls":
        if self.self_signed and self.key is not None:
            raise refusal("certificate: auto brings its own key", "delete the key")
        if not self.self_signed and self.key is None:
            raise refusal("the certificate's key is missing", "add key: FILE")
        return self


def check_tls(tls: Tls | None) -> Iterator[Finding]:
    """Finds certificate files that are missing, unreadable, or do not belong together."""
    if tls is None or not isinstance(tls.certificate, Path) or tls.key is None:
        return
    yield from check_file(tls.certificate, ("tls", "certificate"))
    yield from check_file(tls.key, ("tls", "key"))
    if unreadable(tls.certificate) or unreadable(tls.key):
        return
    try:
        # An empty passphrase keeps OpenSSL from asking for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key, password="")
    except (ssl.SSLError, OSError, ValueError):
        yield Finding(
            ("tls",),
            "certificate and key do not belong together, or are no PEM files",
            "write the certificate's chain to one PEM file and its key, without passphrase, to another",
        )
