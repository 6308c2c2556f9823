"""Where a request is sent, and what it says where it goes."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes: what it says, and the address it is really sent to."""

    uri: str
    """The Request-URI: the device's own Contact."""
    ip: str
    port: int
    transport: str
    local: str = ""
    """Name of the listener that it registered with; empty lets the engine choose."""

    @property
    def route(self) -> str:
        """The hop, as a URI: where the device's packets come from."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        suffix = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"sip:{host}:{self.port}{suffix}"


@lru_cache(maxsize=10_000)
def steered(destination: Destination) -> bytes:
    """The Request-URI with a Route that PJSIP follows and does not print."""
    return f"{destination.uri}?Route={quote(f'<{destination.route};lr;hide>')}".encode()
