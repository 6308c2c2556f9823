"""Calls that the switch makes by itself: somebody's phones are rung first, and then it is his call.

All his phones ring; the one that is answered is the caller's from then on, and what comes next is a step like
any other. Until then it is a call of his too: he is busy with it, it is listed, it can be hung up.
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from softswitch.calls.call import Call
from softswitch.calls.ending import Ending
from softswitch.calls.fork import Fork
from softswitch.calls.identity import ELSEWHERE, Header, address, because
from softswitch.calls.inbox import Played
from softswitch.calls.srtp import srtp_towards
from softswitch.calls.step import Step
from softswitch.records.events import DeviceCalled, DeviceEnded, DeviceRinging
from softswitch.routing import Outcome
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.destination import Destination
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
    fork = Fork()
    fork.start(
        exchange.devices(number, ()),
        partial(_dial, exchange, number, address(exchange.domain, about, about_name)),
    )
    if not fork.branches:
        return None
    first = fork.branches[0]
    host, port = first.address
    call = Call(exchange, exchange.new_id(), first, None, Source(host, port, first.transport, ""), about)
    for leg in fork.branches:
        call.own(leg)
    exchange.begin(call, lambda: RingingCaller(call, fork, then, seconds))
    return call


def _dial(exchange: "Exchange", number: str, about: str, destination: Destination) -> Leg:
    extension = exchange.router.extension(number)
    leg = exchange.engine.call(
        destination,
        number=number,
        to=address(exchange.domain, number, extension.name if extension else number),
        from_=about,
        call_id=secrets.token_hex(12),
        srtp=srtp_towards(extension),
        headers=(("P-Asserted-Identity", about),),
    )
    leg.name = extension.name if extension else number
    return leg


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
            host, port = leg.address
            call.publish(DeviceCalled(call.now(), call.id, leg.number, f"{host}:{port}", leg.call_id))
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
