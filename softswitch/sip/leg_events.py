"""What a leg tells the call that owns it."""

from typing import NamedTuple

from softswitch.sip.dialog_id import DialogId
from softswitch.sip.uri import Uri


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


class Referred(NamedTuple):
    """The far end asks by REFER that its call goes on elsewhere. It has been told 202 and NOTIFY of 100.

    Whoever carries it out tells the rest by `Leg.tell_progress`, up to a final status.
    """

    target: str
    """The user part of Refer-To, unescaped: whom to call; empty where it names only a host."""
    uri: Uri
    """Refer-To, without the headers and the method that it carried."""
    replaces: DialogId | None
    """The dialog of ours that the transferred party shall take over: an attended transfer."""
    referred_by: str
    """Referred-By (RFC 3892) as the far end wrote it, proved by nobody; empty when there is none."""
    wants_notify: bool
    """False when it said `Refer-Sub: false` (RFC 4488): then `tell_progress` sends nothing."""


LegEvent = Ringing | Answered | MediaChanged | Digit | Referred | Ended
