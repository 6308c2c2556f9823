"""What the switch can do, as its answers to OPTIONS and 405 say it (RFC 3261 §11.2, §21.4.6)."""

from typing import Final

METHODS: Final = (
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "REGISTER",
    "UPDATE",
    "PRACK",
    "INFO",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
)
ALLOW: Final = ", ".join(METHODS)
SUPPORTED: Final = "100rel, timer, replaces, norefersub"
ACCEPT: Final = "application/sdp"
