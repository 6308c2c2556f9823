"""A SIP server as an operator names it: `sip.carrier.example`, `203.0.113.9:5062/tcp`."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from softswitch.config.addresses import parse_host
from softswitch.config.from_text import FromText
from softswitch.config.listeners import DEFAULT_PORTS, TRANSPORTS, Transport
from softswitch.config.names import did_you_mean
from softswitch.config.refusal import refusal

PATTERN = r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/(udp|tcp|tls))?$"
_SHAPE = re.compile(r"(?P<host>\[[^\]/]*\]|[^:/\[\]]+)(:(?P<port>[^/]*))?(/(?P<transport>.*))?", re.DOTALL)
_REMEDY = "write it like sip.carrier.example, 203.0.113.9:5062 or sip.carrier.example:5061/tls"


@dataclass(frozen=True, slots=True)
class ServerAddress(FromText):
    """Host (an IPv6 address in brackets), port and transport of a server."""

    SCHEMA: ClassVar = {"type": "string", "pattern": PATTERN}

    host: str
    port: int
    transport: Transport
    port_is_named: bool = field(default=False, compare=False)
    """Whether the operator wrote the port: then its requests come from it, too."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.transport}"

    @staticmethod
    def parse(value: object) -> "ServerAddress":
        """From its text; UDP and the transport's own port where it says nothing."""
        if isinstance(value, ServerAddress):
            return value
        if value is None:
            raise refusal("no server is named", "add server: and a host, or servers: and a list")
        shape = _SHAPE.fullmatch(value) if isinstance(value, str) else None
        if shape is None:
            raise refusal("this is not a server", _REMEDY)
        transport = _transport(shape["transport"] or "udp")
        port = DEFAULT_PORTS[transport] if shape["port"] is None else _port(shape["port"])
        return ServerAddress(parse_host(shape["host"]), port, transport, shape["port"] is not None)


def _transport(text: str) -> Transport:
    for known in TRANSPORTS:
        if text == known:
            return known
    raise refusal(f"unknown transport {text!r}", did_you_mean(text, TRANSPORTS, "write udp, tcp or tls"))


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise refusal(f"{text!r} is not a port", "write a port from 1 to 65535")
    return int(text)
