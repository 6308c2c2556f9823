"""All lines outside are taken: the caller is told so, and may ask to be rung when one is free."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.confirming import Confirming
from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.calls.waiting import is_answered
from softswitch.records.events import CampedOn
from softswitch.routing import Outcome
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call

KEY: Final = "1"
PATIENCE: Final = 5.0
"""Seconds for the key after the prompt."""


def wait_for_line(call: "Call", dialled: str) -> Step:
    """The caller is rung as soon as a line to the number that he may use is free."""
    camper = call.caller.number
    call.exchange.camps.add(camper, dialled, for_line=True)
    call.publish(CampedOn(call.now(), call.id, camper, dialled))
    return Confirming(call, "camped-on-line", "Waiting for a line")


class NoLine(Step):
    """Answers the caller and offers him to wait; the key is 1."""

    state = "no line"

    def __init__(self, call: "Call", dialled: str) -> None:
        super().__init__(call)
        self._dialled = dialled
        self._says: Announcement | None = None

    def start(self) -> None:
        call, caller = self.call, self.call.caller
        if not is_answered(caller):
            caller.answer((asserted(call.exchange.domain, self._dialled, "No free line"),))
        call.has_sound(caller)
        self._says = Announcement(call, caller, "all-lines-busy")
        self._connect()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.call.caller:
            return
        match event:
            case Ended():
                self.next = Ending.by_us(Outcome.NO_FREE_LINE)
            case MediaChanged():
                self._connect(anew=leg)
            case Played():
                self._hush()
                self._connect()
                self.after(PATIENCE, self._go)
            case Digit() if event.digit == KEY:
                self._hush()
                self.next = wait_for_line(self.call, self._dialled)

    def leave(self) -> None:
        self._hush()

    def _go(self) -> None:
        self.next = Ending.by_us(Outcome.NO_FREE_LINE)

    def _hush(self) -> None:
        if self._says is not None:
            self._says.close()
            self._says = None

    def _connect(self, anew: Leg | None = None) -> None:
        nobody: list[Pair] = [(self.call.caller, NOWHERE)]
        self.call.hearing.let(self._says.pairs() if self._says is not None else nobody, anew)
