"""Whether a new call may come in now: not while the switch stops, is full, or has more work than it can do.

Without the last every caller would wait for seconds once there are more calls than the machine can set up,
and all would give up. So a share of them, no more than it takes, hears at once that it may try again (503 and
Retry-After, RFC 3261 §21.5.4; local overload control, RFC 6357), and the others are served as ever.
"""

import time
from collections.abc import Callable
from typing import Final

import structlog

from softswitch.sip.message import Request, Response

log = structlog.get_logger("softswitch.sip.admission")

BEHIND: Final = 0.08
"""Seconds by which the loop's timer is late, on average, when the switch has too much to do."""
FEWEST: Final = 50
"""New calls a second. Fewer are not what keeps it busy, and refusing them would not help it."""
_WEIGHT: Final = 0.1
"""Of the latest tick in the average: some ten ticks tell, one long turn of the loop does not."""
_RISE: Final = 0.8
_FALL: Final = 0.2
"""By how much the share of refused calls goes up and down in a second: soon enough, and no pumping."""
_MOST: Final = 0.95
_USUAL: Final = 0.02
"""Seconds between two ticks."""
_STEP: Final = 0.1
"""Seconds: a longer pause counts as no more."""
_TELL_EVERY: Final = 10.0
_OVERLOADED: Final = "Exchange Overloaded"
_REMEDIES: Final = {
    "Shutting Down": "",
    "Exchange Full": "raise calls.max_calls, if the machine has room for more",
    _OVERLOADED: "fewer calls a second, a faster machine, or less beside the switch on this one",
}


class Admission:
    """Asked for each INVITE that would begin a call. `late` is told by whoever has a timer on the loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.draining = False
        """True while the switch stops."""
        self.full: Callable[[], bool] = bool
        """Whether there is no room for one more call."""
        self.is_emergency: Callable[[str], bool] = lambda _number: False
        """Whether a number is one for emergencies: such a call comes in as long as the switch runs."""
        self.make_place: Callable[[], bool] = bool
        """Has another call end where there is no room for an emergency call; whether there is some soon."""
        self.refused = 0
        """Calls turned away so far."""
        self._clock = clock
        self._late = 0.0
        self._share = 0.0
        self._owed = 0.0
        self._second = float("-inf")
        self._before = self._now = 0
        """New calls in the second before, and in this one."""
        self._told_at = float("-inf")
        self._told = 0

    @property
    def overloaded(self) -> bool:
        """Whether it comes behind: some calls are refused, if there are many."""
        return self._share > 0

    @property
    def turns_away(self) -> bool:
        """Whether a call that would begin now may be refused: `refusal` tells."""
        return self.draining or self._share > 0 or self.full()

    def late(self, seconds: float) -> None:
        """The loop's timer comes so much too late: what sockets, events and other programs cost."""
        self._late += (seconds - self._late) * _WEIGHT
        if self._late > BEHIND:
            if not self._share:
                log.warning("overloaded", late_ms=round(1000 * self._late), remedy=_REMEDIES[_OVERLOADED])
            self._share = min(_MOST, self._share + _RISE * min(_STEP, seconds))
        elif self._share:
            self._share = max(0.0, self._share - _FALL * _USUAL)
            if not self._share:
                log.warning("caught up", refused=self.refused)

    def refusal(self, request: Request) -> Response | None:
        """503 when the call cannot come in now."""
        reason = self._reason(request)
        if not reason or (not self.draining and self.is_emergency(request.target.user)):
            return None
        self.refused += 1
        self._tell(reason)
        return Response(503, reason, (("Retry-After", "5"),))

    def _reason(self, request: Request) -> str:
        if self.draining:
            return "Shutting Down"
        if self.full():
            return "Exchange Full"
        # Who answers a challenge has been let in already: refused now, all was for nothing.
        if self._share and request.header("authorization") is None and self._come_thick():
            self._owed += self._share
            if self._owed >= 1.0:
                self._owed -= 1.0
                return _OVERLOADED
        return ""

    def _come_thick(self) -> bool:
        """One more has come: whether there are so many a second that it helps to refuse some."""
        now = self._clock()
        if now - self._second >= 1.0:
            self._before = self._now if now - self._second < 2.0 else 0
            self._second, self._now = now, 0
        self._now += 1
        return max(self._before, self._now) >= FEWEST

    def _tell(self, reason: str) -> None:
        now = self._clock()
        if now - self._told_at < _TELL_EVERY:
            return
        remedy = _REMEDIES[reason]
        log.warning(
            "calls refused",
            why=reason,
            refused=self.refused - self._told,
            **({"remedy": remedy} if remedy else {}),
        )
        self._told_at, self._told = now, self.refused
