"""The subscription that a REFER opens: its sender hears how the new call fares (RFC 3515 §2.4)."""

from dataclasses import dataclass
from typing import Final

from softswitch.sip.headers import printable

SIPFRAG: Final = "message/sipfrag;version=2.0"
_LIFETIME: Final = 180
"""Seconds that the far end waits for the next word (RFC 3515 §2.4.4 leaves it to us)."""


@dataclass(slots=True)
class Subscription:
    """One REFER that is not settled yet."""

    cseq: int
    first: bool
    """Whether it is the first one of its dialog: only the others must be told apart (RFC 3515 §2.4.6)."""

    def notify(self, code: int) -> tuple[tuple[str, str], ...]:
        """The headers of the NOTIFY that tells of a status; from 200 on it is the last one."""
        event = "refer" if self.first else f"refer;id={self.cseq}"
        state = "terminated;reason=noresource" if code >= 200 else f"active;expires={_LIFETIME}"
        return ("Event", event), ("Subscription-State", state)


def fragment(code: int, reason: str) -> bytes:
    """The body of the NOTIFY: the status line of what came back (RFC 3420)."""
    return f"SIP/2.0 {code} {printable(reason)}\r\n".encode()
