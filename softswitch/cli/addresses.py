"""This machine's own address, as phones reach it."""

import socket

# Documentation addresses (RFC 5737, RFC 3849): connecting a UDP socket sends nothing, but chooses the route.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
LOOPBACK = "127.0.0.1"


def own_address() -> str:
    """The address from which this machine speaks to others; the loopback one when it has no network."""
    for family, elsewhere in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((elsewhere, 9))
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return LOOPBACK
