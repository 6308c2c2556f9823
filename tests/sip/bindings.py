"""Bindings for tests of the location service and its store."""

from softswitch.sip.location import Binding
from softswitch.sip.source import Source


def binding(
    aor: str = "101",
    device: int = 1,
    expires_at: float = 2000.0,
    transport: str = "udp",
    connection: str = "",
    q: float = 1.0,
) -> Binding:
    """A plausible binding; `device` tells one contact from another."""
    source = Source(f"192.0.2.{device}", 5060, transport, connection)
    return Binding(
        aor=aor,
        contact=f"sip:{aor}@10.0.0.{device}:5060",
        source=source,
        call_id=f"call-{device}",
        cseq=1,
        expires_at=expires_at,
        registered_at=1000.0,
        refreshed_at=1000.0,
        q=q,
        user_agent='Ünit "Test" ☎',
    )
