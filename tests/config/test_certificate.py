"""TLS certificates are looked at when the dialplan is read, not when the first phone calls."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from softswitch.config import Dialplan, DialplanError, load


def write_pair(folder: Path, encryption: KeySerializationEncryption) -> None:
    """A self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "office.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    folder.mkdir(exist_ok=True)
    (folder / "cert.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def read(folder: Path, key: str = "key.pem") -> Dialplan:
    file = folder / "office.yaml"
    file.write_text(
        "domain: office.example\nlisten: [tls://127.0.0.1]\n"
        f"tls: {{certificate: cert.pem, key: {key}}}\nextensions: {{101: {{password: abcdefgh}}}}\n"
    )
    return load(file)


def test_a_certificate_and_its_key(tmp_path: Path) -> None:
    write_pair(tmp_path, NoEncryption())
    dialplan = read(tmp_path)
    assert dialplan.tls is not None
    assert not dialplan.tls.self_signed
    assert dialplan.tls.certificate == tmp_path / "cert.pem"
    assert dialplan.tls.key == tmp_path / "key.pem"


def test_the_key_of_another_certificate(tmp_path: Path) -> None:
    write_pair(tmp_path, NoEncryption())
    write_pair(tmp_path / "other", NoEncryption())
    with pytest.raises(DialplanError, match=r"3:6: tls: certificate and key do not belong together"):
        read(tmp_path, "other/key.pem")


def test_a_key_with_a_passphrase_does_not_ask_for_it(tmp_path: Path) -> None:
    write_pair(tmp_path, BestAvailableEncryption(b"geheimnis"))
    with pytest.raises(DialplanError, match="without passphrase"):
        read(tmp_path)


def test_files_that_are_no_pem(tmp_path: Path) -> None:
    write_pair(tmp_path, NoEncryption())
    (tmp_path / "cert.pem").write_text("certainly not")
    with pytest.raises(DialplanError, match="are no PEM files"):
        read(tmp_path)
