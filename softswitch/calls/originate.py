"""Calls that the switch makes by itself: somebody's phones are rung first, and then it is his call.

All his phones ring; the one that is answered is the caller's from then on, and what comes next is a step like
any other. Until then it is a call of his too: he is busy with it, it is listed, it can be hung up.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from softswitch.calls import device
from softswitch.calls.call import Call
from softswitch.calls.ending import Ending
from softswitch.calls.fork import Fork
from softswitch.calls.identity import ELSEWHERE, Header, address, because
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.records.events import DeviceEnded, DeviceRinging
from softswitch.routing import Outcome
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, Ringing
from softswitch.sip.source import Source

if TYPE_CHECKING:
    from softswitch.calls.exchange import Exchange

Then = Callable[[Call], "Step | Ending"]
"""What the call does when its caller has answered."""


def originate(
    exchange: "Exchange", number: str, about: str, about_name: str, then: Then, seconds: float
) -> Call | None:
    """Ring the extension's phones for a call that will lead to `about`, which is what they show.

    None when no phone of it can be called now. `seconds`: how long they ring.
    """
    fork, shown = Fork(), address(exchange.domain, about, about_name)
    headers = (("P-Asserted-Identity", shown),)
    dial = partial(device.invite, exchange, number, from_=shown, headers=headers)
    fork.start(exchange.devices(number, ()), dial)
    if not fork.branches:
        return None
    first = fork.branches[0]
    host, port = first.address
    call = Call(exchange, exchange.new_id(), first, None, Source(host, port, first.transport, ""), about)
    for leg in fork.branches:
        call.own(leg)
    exchange.begin(call, lambda: RingingCaller(call, fork, then, seconds))
    return call


class RingingCaller(Step):
    """The phones of the one whose call it will be ring."""

    state = "ringing"

    def __init__(self, call: Call, fork: Fork, then: Then, seconds: float) -> None:
        super().__init__(call)
        self._fork = fork
        self._then = then
        self._seconds = seconds

    def start(self) -> None:
        call = self.call
        for leg in self._fork.branches:
            device.called(call, leg)
        self.after(self._seconds, self._no_answer)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        call, fork = self.call, self._fork
        if leg not in fork.branches or isinstance(event, Played):
            return
        fork.take(leg, event)
        if isinstance(event, Ringing):
            call.publish(DeviceRinging(call.now(), call.id, leg.number, event.code, leg.call_id))
        elif isinstance(event, Answered):
            self._stop(ELSEWHERE)
            call.caller = leg
            call.has_sound(leg)
            self.next = self._then(call)
        elif isinstance(event, Ended):
            call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason, leg.call_id))
            if fork.stopped_by is not None or not fork.branches:
                self._stop(because(603, "Declined"))
                stopped = fork.stopped_by
                self.next = Ending.by_us(
                    outcome_of_status(stopped) if stopped is not None else most_telling(fork.failures)
                )

    def give_up(self) -> None:
        """It is needed no more."""
        if self.next is None:
            self._stop(because(487, "Not needed any more"))
            self.go(Ending.by_us(Outcome.CANCELLED))

    def _no_answer(self) -> None:
        self._stop(because(480, "No answer"))
        self.next = Ending.by_us(Outcome.NO_ANSWER)

    def _stop(self, why: Header) -> None:
        for leg in self._fork.branches:
            self.call.disown(leg)
        self._fork.stop(why)
