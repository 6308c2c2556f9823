"""Who was turned away of late, and why: what an operator asks first when a phone does not register.

People who guess numbers and passwords are in it as well, so there is an end to it: the oldest are forgotten.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from softswitch.sip.headers import printable
from softswitch.sip.message import Request
from softswitch.sip.source import Source

BLOCKED: Final = "its address is blocked after too many wrong passwords"
NO_PROOF: Final = "wrong password"
NO_EXTENSION: Final = "no such extension"
_REMEDIES: Final = {
    NO_PROOF: "type the extension's password into the phone as it stands in the dialplan",
    NO_EXTENSION: "the phone's user name is the extension's number; or add the extension to the dialplan",
    BLOCKED: "mend the phone, and wait a minute",
    "Domain Not Served Here": "the phone's domain is the dialplan's `domain`",
    "Not Your Address of Record": "the phone's number and its user name are the same: the extension's",
    "From Is Another Extension": "the phone's number and its user name are the same: the extension's",
    "From Is Not Yours": "the phone's number and its user name are the same: the extension's",
    "Interval Too Brief": "let the phone register less often, or lower registration.min_expires",
}
_BY_BEGINNING: Final = {
    "Transport ": "set the phone to a transport that the extension's `transports` allow",
    "Limit of ": "take a phone away, or raise the `devices` of the extension",
}


@dataclass(slots=True)
class TurnedAway:
    """Somebody who tries, perhaps again and again."""

    username: str
    """As he calls himself; empty where that was not looked at."""
    source: Source
    device: str
    """What the phone calls itself (User-Agent)."""
    why: str
    times: int
    last_at: float
    """Seconds since 1970."""

    @property
    def remedy(self) -> str:
        """What to do about it; empty where nothing is known to help."""
        beginnings = (text for start, text in _BY_BEGINNING.items() if self.why.startswith(start))
        return _REMEDIES.get(self.why) or next(beginnings, "")


class TurnedAwayOfLate:
    """At most `capacity` of them, for `keep` seconds after their last try. `clock` is wall clock."""

    def __init__(
        self, clock: Callable[[], float] = time.time, capacity: int = 100, keep: float = 3600.0
    ) -> None:
        self._clock = clock
        self._capacity = capacity
        self._keep = keep
        # In the order of their last try.
        self._found: dict[tuple[str, str, str], TurnedAway] = {}

    def note(self, username: str, request: Request, source: Source, why: str) -> None:
        """One more try, by that request."""
        device = printable(request.header("user-agent") or "")
        key = (username[:64], source.ip, why)
        before = self._found.pop(key, None)
        times = 1 if before is None else before.times + 1
        self._found[key] = TurnedAway(key[0], source, device[:128], why, times, self._clock())
        if len(self._found) > self._capacity:
            del self._found[next(iter(self._found))]

    def has_come_in(self, username: str, source: Source) -> None:
        """What was wrong with him there is mended."""
        if self._found:
            mended = [key for key in self._found if key[1] == source.ip and key[0] in (username, "")]
            for key in mended:
                del self._found[key]

    def of_late(self) -> tuple[TurnedAway, ...]:
        """All of them, who tried last first."""
        since = self._clock() - self._keep
        return tuple(one for one in reversed(self._found.values()) if one.last_at >= since)
