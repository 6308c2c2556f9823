"""Finding a line that works: the ways to one number outside, tried one after the other.

The next one is tried when a carrier fails (5xx, 408, a refused account) or is silent; who is busy, declines
or does not exist is so by any line.
"""

from collections import deque
from typing import TYPE_CHECKING, Final

from softswitch.calls import outside
from softswitch.routing import Target
from softswitch.sip.destination import Destination
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call

SILENCE: Final = 4.0
"""Seconds without any response, not even 100, after which the next line is tried. The transaction would
wait for 32 (RFC 3261 §17.1.1.2, timer B); an INVITE over UDP was sent three times by then."""
_ACCOUNT_REFUSED: Final = (401, 407)


def has_failed(event: Ended) -> bool:
    """Whether it was the line that failed, and another one may do better."""
    return event.code == 408 or 500 <= event.code < 600 or event.code in _ACCOUNT_REFUSED


def has_responded(call: "Call", leg: Leg) -> bool:
    """Whether anything has come from there. PJSIP does not tell of a 100; the captured messages do."""
    if leg.state is not LegState.CALLING:
        return True
    return any(not message.sent for message in call.exchange.engine.ladder((leg.call_id,)))


class Hunt:
    """The ways that are left. `must_accept` as of the target."""

    def __init__(self, call: "Call", target: Target) -> None:
        self._call = call
        self._targets = deque((target, *target.then))
        self._now: deque[tuple[Target, Destination]] = deque()
        self._first = True
        self.must_accept = target.must_accept

    @property
    def goes_on(self) -> bool:
        """Whether there is another way."""
        return bool(self._now or self._targets)

    def next(self) -> tuple[Target, Destination] | None:
        """The next way that is open, or None."""
        while not self._now and self._targets:
            target = self._targets.popleft()
            if self._first or target.makes_room or self._has_line(target.trunk):
                self._now.extend((target, destination) for destination in outside.way_out(self._call, target))
            self._first = False
        return self._now.popleft() if self._now else None

    def _has_line(self, key: str) -> bool:
        """Others may have taken its lines since it was decided."""
        exchange = self._call.exchange
        trunk = exchange.trunks.get(key)
        return trunk is not None and exchange.trunk_calls(key) < trunk.max_calls - trunk.keep_free
