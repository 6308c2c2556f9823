"""The second part of a call: both sides are there, until one hangs up or falls silent."""

from typing import TYPE_CHECKING

import structlog

from softswitch.calls.ending import Ending
from softswitch.records.events import CallHeld, CallResumed, DigitPressed
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, LegEvent, MediaChanged
from softswitch.sip.leg_state import LegState
from softswitch.sip.sound import Bridge

if TYPE_CHECKING:
    from softswitch.calls.call import Call

log = structlog.get_logger("softswitch.calls")


class Talking:
    """Two legs, bridged. Hold of either side gives the other one music."""

    def __init__(self, call: "Call", callee: Leg) -> None:
        self.held_by: set[Leg] = set()
        self._call = call
        self._sides = (call.caller, callee)
        self._bridge = call.bridge = Bridge(call.caller, callee, call.exchange.music)

    async def run(self) -> Ending:
        """Until it is over."""
        while True:
            notice = await self._call.inbox.next()
            if notice is not None and notice[0] in self._sides:
                ending = self._take(*notice)
                if ending is not None:
                    return ending

    def _take(self, leg: Leg, event: LegEvent) -> Ending | None:
        if isinstance(event, MediaChanged):
            self._bridge.refresh()
            self._note_hold(leg)
        elif isinstance(event, Digit):
            self._pass_on(leg, event)
        elif isinstance(event, Answered) and leg.sound is None and leg.state is LegState.CONFIRMED:
            # Our offer went out in the 200 and the ACK has no answer (RFC 3261 §13.2.1).
            return Ending.by_us(Outcome.NO_SOUND)
        elif isinstance(event, Ended):
            if event.by_remote:
                return Ending(Outcome.COMPLETED, 200, leg.number)
            # PJSIP gave it up: no ACK, or no answer to a session refresh (RFC 4028 §10).
            is_caller = leg is self._call.caller
            return Ending(Outcome.CALLER_VANISHED if is_caller else Outcome.CALLEE_VANISHED, event.code)
        return None

    def _note_hold(self, leg: Leg) -> None:
        call = self._call
        held = leg.sound is not None and leg.sound.held
        if held and leg not in self.held_by:
            self.held_by.add(leg)
            call.publish(CallHeld(call.now(), call.id, leg.number))
        elif not held and leg in self.held_by:
            self.held_by.discard(leg)
            call.publish(CallResumed(call.now(), call.id, leg.number))

    def _pass_on(self, leg: Leg, digit: Digit) -> None:
        call = self._call
        first, second = self._sides
        other = second if leg is first else first
        call.publish(DigitPressed(call.now(), call.id, leg.number))
        try:
            other.send_digit(digit.digit)
        except SipError as error:
            log.warning("digit not passed on", call=call.id, error=str(error))
