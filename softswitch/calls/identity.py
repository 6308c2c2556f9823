"""Who is shown to whom: names and numbers in the headers that phones display."""

from functools import lru_cache

from softswitch.sip.uri import Uri, name_addr

Header = tuple[str, str]


@lru_cache(maxsize=10_000)
def address(domain: str, number: str, name: str = "") -> str:
    """`"Anna Berg" <sip:101@office.example>`, safe for the wire."""
    return name_addr(name, Uri("sip", number, domain))


def asserted(domain: str, number: str, name: str) -> Header:
    """P-Asserted-Identity (RFC 3325): who it is, as the switch has proved it."""
    return "P-Asserted-Identity", address(domain, number, name)


def because(status: int, text: str) -> Header:
    """Reason (RFC 3326): why a leg that worked well is ended all the same."""
    return "Reason", f'SIP;cause={status};text="{text}"'


ELSEWHERE = because(200, "Call completed elsewhere")
"""To the phones that rang beside the one that answered: most then show no missed call."""
