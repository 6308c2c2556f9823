"""A self-signed certificate for `tls: {certificate: auto}`, made once and kept."""

import datetime
import ipaddress
import os
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID: Final = datetime.timedelta(days=3650)
_RENEW: Final = datetime.timedelta(days=30)


def self_signed(directory: Path, domain: str) -> tuple[Path, Path]:
    """Certificate and key in the directory; made anew when missing, soon expired or for another domain."""
    certificate, key = directory / "tls-certificate.pem", directory / "tls-key.pem"
    if not (certificate.exists() and key.exists() and _fits(certificate, domain)):
        _make(certificate, key, domain)
    return certificate, key


def _fits(path: Path, domain: str) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        return False
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return bool(names) and names[0].value == domain[:64] and left > _RENEW


def _make(certificate_path: Path, key_path: Path, domain: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain[:64])])
    now = datetime.datetime.now(datetime.UTC)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(domain.strip("[]")))
    except ValueError:
        alternative = x509.DNSName(domain)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
