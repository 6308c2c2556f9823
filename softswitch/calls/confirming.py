"""What somebody has asked for by a code is done: he hears so, and is let go."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.ending import Ending
from softswitch.calls.identity import address, asserted
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.calls.waiting import is_answered
from softswitch.routing import Outcome
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, MediaChanged
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call

LONGEST: Final = 30.0
"""Seconds. No confirmation is that long: the phone has not acknowledged, or holds us."""


class Confirming(Step):
    """Answers the caller, says one prompt, hangs up."""

    state = "confirming"

    def __init__(self, call: "Call", prompt: str, shown: str, **slots: str) -> None:
        """`prompt` and `slots` as of Announcement; `shown` is what the phone's display says meanwhile."""
        super().__init__(call)
        self._prompt = prompt
        self._shown = shown
        self._slots = slots
        self._says: Announcement | None = None
        self._said = False

    def start(self) -> None:
        call = self.call
        caller = call.caller
        if is_answered(caller):
            caller.show(address(call.exchange.domain, call.called, self._shown))
        else:
            caller.answer((asserted(call.exchange.domain, call.called, self._shown),))
        call.has_sound(caller)
        self.after(LONGEST, self._leave)
        self._says = Announcement(call, caller, self._prompt, **self._slots)
        call.hearing.let(self._says.pairs())

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.call.caller:
            return
        match event:
            case Ended():
                self._hush()
                self.next = Ending(Outcome.COMPLETED, 200, leg.number)
            case Played():
                self._said = True
                self._leave_if_acknowledged()
            case Answered():
                self._leave_if_acknowledged()
            case MediaChanged() if self._says is not None:
                self.call.hearing.let(self._says.pairs(), anew=leg)

    def _leave_if_acknowledged(self) -> None:
        """No BYE before the ACK (RFC 3261 section 15)."""
        if self._said and self.call.caller.state is LegState.CONFIRMED:
            self._leave()

    def _leave(self) -> None:
        self._hush()
        self.next = Ending.by_us(Outcome.COMPLETED)

    def _hush(self) -> None:
        if self._says is not None:
            self._says.close()
            self._says = None
