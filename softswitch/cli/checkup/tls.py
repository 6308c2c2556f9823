"""The certificate that TLS phones see: valid for how long, and for which name."""

import datetime
import ipaddress
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509

from softswitch.cli.checkup.finding import Finding, error, good, warning
from softswitch.config import Dialplan

SUBJECT = "certificate"
SOON = datetime.timedelta(days=21)
# Where the switch keeps the one that it makes itself.
SELF_SIGNED = "tls-certificate.pem"


def look_at_certificate(dialplan: Dialplan, now: datetime.datetime) -> Iterator[Finding]:
    """Nothing where there is no TLS."""
    if dialplan.tls is None:
        return
    if dialplan.tls.self_signed:
        yield good(SUBJECT, "self-signed by the switch: phones must be told to trust it, or not to verify")
        file = dialplan.state_directory / SELF_SIGNED
        if not file.exists():
            return
    else:
        file = Path(dialplan.tls.certificate)
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        yield error(SUBJECT, f"{file} cannot be read", "TLS phones cannot register", "write a PEM file there")
        return
    yield _validity(certificate, now)
    yield _name(certificate, dialplan.domain)


def _validity(certificate: x509.Certificate, now: datetime.datetime) -> Finding:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > end or now < begin:
        what = f"it expired on {end:%Y-%m-%d}" if now > end else f"it is valid from {begin:%Y-%m-%d} on only"
        return error(
            SUBJECT, what, "phones that verify it refuse to register", "renew it, and look at the clock"
        )
    if end - now < SOON:
        left = (end - now).days
        return warning(
            SUBJECT,
            f"it expires in {left} day{'' if left == 1 else 's'}, on {end:%Y-%m-%d}",
            "phones that verify it will then refuse to register",
            "renew it, and restart the switch",
        )
    return good(SUBJECT, f"valid until {end:%Y-%m-%d}")


def _name(certificate: x509.Certificate, domain: str) -> Finding:
    """By RFC 5922 §7.1 phones look for the domain among the alternative names."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        names = x509.SubjectAlternativeName([])
    hosts = [name.lower() for name in names.get_values_for_type(x509.DNSName)]
    addresses = names.get_values_for_type(x509.IPAddress)
    if _matches(domain, hosts) or _address(domain) in addresses:
        return good(SUBJECT, f"made out to {domain}")
    others = ", ".join([*hosts, *map(str, addresses)]) or "nobody"
    return warning(
        SUBJECT,
        f"made out to {others}, not to {domain}",
        "phones that verify it look for the domain and refuse to register",
        f"get one with {domain} as its alternative name",
    )


def _matches(domain: str, hosts: list[str]) -> bool:
    parent = domain.partition(".")[2]
    return domain in hosts or (bool(parent) and f"*.{parent}" in hosts)


def _address(domain: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(domain.strip("[]"))
    except ValueError:
        return None
