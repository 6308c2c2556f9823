"""What the engine is told at start. All of it holds until the next start."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """One address that takes SIP."""

    transport: str
    """udp, tcp or tls."""
    address: str
    """IPv4 or IPv6 literal without brackets; 0.0.0.0 or :: for all."""
    port: int

    @property
    def name(self) -> str:
        """As the dialplan writes it."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.transport}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Times in seconds."""

    domain: str
    listeners: tuple[ListenerSettings, ...]
    rtp_ports: tuple[int, int]
    """First and last port for RTP and RTCP."""
    codecs: tuple[str, ...]
    """In order of preference: pcma, pcmu, g722, opus, gsm."""
    certificate: Path | None = None
    private_key: Path | None = None
    external_address: str = ""
    local_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    clock_rate: int = 8000
    """Of the conference bridge, Hz."""
    max_legs: int = 2000
    session_expires: int = 1800
    """RFC 4028 Session-Expires; 0 switches session timers off."""
    min_session_expires: int = 90
    capture_bytes: int = 16 * 1024 * 1024
    """How much of the last SIP messages is kept for ladders."""
