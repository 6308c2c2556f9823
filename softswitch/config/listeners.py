"""Where the switch listens for SIP: `udp://0.0.0.0:5060`, `tls://[::]:5061`."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import ClassVar, Literal, get_args

from softswitch.config.from_text import FromText
from softswitch.config.names import did_you_mean
from softswitch.config.refusal import refusal

Transport = Literal["udp", "tcp", "tls"]
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)

# RFC 3261 §19.1.2: the ports of SIP and of SIP over TLS.
DEFAULT_PORTS: dict[Transport, int] = {"udp": 5060, "tcp": 5060, "tls": 5061}

PATTERN = r"^(udp|tcp|tls)://([0-9.]+|\[[0-9A-Fa-f:.]+(%[^\]]+)?\])(:[0-9]{1,5})?$"
_SHAPE = re.compile(r"(?P<transport>[^:/]*)://(?P<host>\[[^\]]*\]|[^:\[\]]*)(:(?P<port>.*))?", re.DOTALL)
_REMEDY = "write it like udp://0.0.0.0:5060 or tls://[::]:5061"


@dataclass(frozen=True, slots=True)
class Listener(FromText):
    """One socket that takes SIP: its transport, the local address it is bound to, its port."""

    SCHEMA: ClassVar = {"type": "string", "pattern": PATTERN}

    transport: Transport
    address: IPv4Address | IPv6Address
    port: int

    @property
    def is_ipv6(self) -> bool:
        """Whether the address is an IPv6 one."""
        return self.address.version == 6

    @property
    def protocol(self) -> Literal["udp", "tcp"]:
        """What carries it: TLS stands on TCP and so takes a TCP port."""
        return "udp" if self.transport == "udp" else "tcp"

    def collides_with(self, other: "Listener") -> bool:
        """Whether both cannot be open at once: same protocol, port and family, and addresses that meet."""
        if (self.protocol, self.port, self.is_ipv6) != (other.protocol, other.port, other.is_ipv6):
            return False
        covers = self.address.is_unspecified or other.address.is_unspecified
        return covers or self.address == other.address

    def __str__(self) -> str:
        host = f"[{self.address}]" if self.is_ipv6 else str(self.address)
        return f"{self.transport}://{host}:{self.port}"

    @staticmethod
    def parse(value: object) -> "Listener":
        """A listener from its URL. The port may be left out: 5060, or 5061 for TLS."""
        if isinstance(value, Listener):
            return value
        shape = _SHAPE.fullmatch(value) if isinstance(value, str) else None
        if shape is None:
            raise refusal("this is not a listener", _REMEDY)
        transport = _transport(shape["transport"])
        port = DEFAULT_PORTS[transport] if shape["port"] is None else _port(shape["port"])
        return Listener(transport, _address(shape["host"]), port)


def _transport(text: str) -> Transport:
    if text not in TRANSPORTS:
        raise refusal(f"unknown transport {text!r}", did_you_mean(text, TRANSPORTS, "write udp, tcp or tls"))
    return text


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise refusal(f"{text!r} is not a port", "write a port from 1 to 65535")
    return int(text)


def _address(host: str) -> IPv4Address | IPv6Address:
    bracketed = host.startswith("[")
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        raise refusal(
            f"{host!r} is not an IP address",
            "write an address of this machine, or 0.0.0.0 or [::] for all of them",
        ) from None
    if bracketed != (address.version == 6):
        raise refusal("only IPv6 addresses stand in brackets", _REMEDY)
    return address
