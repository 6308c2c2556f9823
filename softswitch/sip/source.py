"""Where a request came from, and by which of our doors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The far end of the packet or connection that a request came on."""

    ip: str
    """IPv4 or IPv6 literal, without brackets."""
    port: int
    transport: str
    """udp, tcp or tls."""
    connection: str = ""
    """Names the TCP or TLS connection while it lives; empty for UDP."""
    listener: int = -1
    """Index of the listener that took it."""
    local: str = ""
    """That listener's name, udp://0.0.0.0:5060: it means the same after a restart."""
