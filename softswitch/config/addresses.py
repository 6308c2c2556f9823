"""Host names, IP addresses and networks."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from softswitch.config.refusal import refusal

# RFC 3261 §25.1 "hostname": labels of letters, digits and inner hyphens.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST_PATTERN = rf"^({_LABEL}(\.{_LABEL})*|\[?[0-9A-Fa-f:.]+\]?)$"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_REMEDY = "write a host name such as office.example, or an IP address"


def parse_host(value: object) -> str:
    """The host part of a SIP URI: lower case, an IPv6 address in brackets.

    A name whose last label is all digits must be an IPv4 address (RFC 1123 §2.1).
    """
    if not isinstance(value, str):
        raise refusal("this is not a host", _REMEDY)
    inner = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    try:
        address = ip_address(inner)
    except ValueError:
        return _host_name(value)
    if address.version == 6 and "%" not in inner:
        return f"[{address}]"
    if address.version == 4 and inner == value:
        return str(address)
    raise refusal("this is not a host", _REMEDY)


def _host_name(value: str) -> str:
    digits_last = value.rpartition(".")[2].isdigit()
    if len(value) > 253 or not _HOST_NAME.fullmatch(value) or digits_last:
        raise refusal("this is neither a host name nor an IP address", _REMEDY)
    return value.lower()


def parse_address(value: object) -> IPv4Address | IPv6Address:
    """An address that can be told to others."""
    if isinstance(value, IPv4Address | IPv6Address):
        return value
    try:
        address = ip_address(value) if isinstance(value, str) else None
    except ValueError:
        address = None
    if address is None:
        raise refusal("this is not an IP address", "write an IPv4 or IPv6 address such as 203.0.113.7")
    if address.is_unspecified or address.is_multicast:
        raise refusal(
            "no phone can send to this address", "write the address by which the world reaches the switch"
        )
    return address


def parse_network(value: object) -> IPv4Network | IPv6Network:
    """A network in CIDR form; bits beyond its length must be zero, since they hint at a slip."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        if isinstance(value, str):
            return ip_network(value)
    except ValueError:
        raise _not_a_network(str(value)) from None
    raise _not_a_network("")


def _not_a_network(value: str) -> Exception:
    try:
        meant = ip_network(value, strict=False)
    except ValueError:
        return refusal("this is not a network", 'write it like 10.0.0.0/8, or in quotes like "fc00::/7"')
    return refusal("this network has bits set beyond its length", f"did you mean {str(meant)!r}?")


_to_text = PlainSerializer(str, when_used="json-unless-none")

Host = Annotated[
    str,
    PlainValidator(parse_host),
    WithJsonSchema({"type": "string", "pattern": HOST_PATTERN, "maxLength": 253}),
]
ExternalAddress = Annotated[
    IPv4Address | IPv6Address,
    PlainValidator(parse_address),
    _to_text,
    WithJsonSchema({"type": "string", "pattern": r"^[0-9A-Fa-f:.]+(%.+)?$"}),
]
Network = Annotated[
    IPv4Network | IPv6Network,
    PlainValidator(parse_network),
    _to_text,
    WithJsonSchema({"type": "string", "pattern": r"^[0-9A-Fa-f:.]+(%.+)?(/[0-9.]+)?$"}),
]

LOCAL_NETWORKS = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
