"""What a leg tells the call that owns it."""

from typing import NamedTuple


class Ringing(NamedTuple):
    """A provisional response above 100 came."""

    code: int
    reason: str
    early_media: bool = False
    """True when sound already flows from the far end."""


class Answered(NamedTuple):
    """The far end took the call: its 200 is here and acknowledged, or our 200 was acknowledged."""


class MediaChanged(NamedTuple):
    """Sound was negotiated anew: the leg's `sound` is not what it was."""


class Digit(NamedTuple):
    """A DTMF digit: 0 to 9, *, #, A to D."""

    digit: str
    duration_ms: int
    by_info: bool
    """True when it came by SIP INFO and not by RFC 4733."""


class Ended(NamedTuple):
    """The dialog is over, or never came to be."""

    code: int
    reason: str
    by_remote: bool
    headers: str = ""
    """Reason, Warning, Contact and Retry-After lines of the message that ended it."""


LegEvent = Ringing | Answered | MediaChanged | Digit | Ended
