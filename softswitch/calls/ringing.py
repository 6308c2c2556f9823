"""Somebody is rung for the party that waits, until one answers or nobody will."""

import secrets
from functools import partial
from typing import TYPE_CHECKING, Final

from softswitch.calls import outside
from softswitch.calls.ending import Ending
from softswitch.calls.fork import Fork
from softswitch.calls.identity import ELSEWHERE, Header, address, asserted, because
from softswitch.calls.inbox import Played
from softswitch.calls.step import Enter, Step, Unanswered
from softswitch.calls.talking import Talking
from softswitch.calls.waiting import Waiting, is_answered
from softswitch.records.events import CallsMerged, DeviceCalled, DeviceEnded, DeviceRinging
from softswitch.routing import CallFacts, Outcome, Ring, Target
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.destination import Destination
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, MediaChanged
from softswitch.sip.leg_events import Ringing as LegRinging
from softswitch.sip.leg_state import LegState
from softswitch.sip.sdp import first_codec

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_SRTP_TOWARDS: Final = {"off": "off", "accept": "off", "offer": "optional", "require": "required"}


class Ringing(Step):
    """One attempt to reach somebody."""

    state = "ringing"

    def __init__(
        self,
        call: "Call",
        ring: Ring,
        facts: CallFacts,
        side: "Side | None" = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        super().__init__(call)
        self.fork = Fork()
        self.ring = ring
        self.facts = facts
        self._side = side
        self._unanswered = unanswered
        self._waiting = Waiting(call, call.caller, side)
        self._identity = (asserted(call.exchange.domain, ring.number, ring.name),)

    @classmethod
    def taken_over(cls, call: "Call", other: "Ringing", unanswered: Unanswered) -> "Ringing":
        """The attempt of another call, for the caller of this one: whoever rings there rings on for him."""
        call.callee, call.called_name = None, other.ring.name
        call.publish(CallsMerged(call.now(), call.id, other.call.id, other.ring.number))
        ringing = cls(call, other.ring, other.facts, None, unanswered)
        ringing.fork, other.fork = other.fork, Fork()
        ringing.after(other.remaining(other._no_answer) or 0.0, ringing._no_answer)
        for leg in ringing.fork.branches:
            call.adopt(leg, other.call)
        return ringing

    def start(self) -> None:
        self._waiting.begin()
        if self.fork.branches:
            if any(leg.state is LegState.EARLY for leg in self.fork.branches):
                self._waiting.ringing(self._identity)
            return
        for target in self.ring.targets:
            self._start(target)
        self.after(self.ring.seconds, self._no_answer)
        if not self.fork.open:
            self._fail(self._why())

    def _start(self, target: Target) -> None:
        call = self.call
        if target.trunk:
            headers = (("Max-Forwards", str(call.hops - 1)),)
            ways = outside.way_out(call, target)
            self.fork.start(ways, partial(outside.dial, call, target, headers), Outcome.TRUNK_UNREACHABLE)
            return
        devices = call.exchange.devices(target.number, call.legs)
        self.fork.start(devices, partial(self._dial, target.number))

    def _no_answer(self) -> None:
        self._give_up(because(480, "No answer"))
        self._fail(Outcome.NO_ANSWER)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if self._side is not None and leg is self._side.leg and leg is not self.call.caller:
            self._side.handle(event)
            if isinstance(event, MediaChanged):
                self._waiting.again(anew=leg)
        elif leg is not self.call.caller:
            self._take(leg, event)
        elif isinstance(event, Ended):
            self._caller_gone(event)
        elif isinstance(event, MediaChanged):
            self._waiting.again(anew=leg)

    def leave(self) -> None:
        self._waiting.close()

    # ---- what other calls ask ----

    def join(self, leg: Leg, giver: "Call", instead_of: Leg | None = None) -> bool:
        """Whoever picks the call up has called us: he is answered in the place of those that ring."""
        if self.next is not None or self.fork.winner is not None:
            return False
        self._give_up(ELSEWHERE)
        self.call.adopt(leg, giver)
        if not is_answered(leg):
            caller = self.call.caller
            leg.answer((asserted(self.call.exchange.domain, caller.number, caller.name),))
        self._connect(leg)
        self.call.inbox.wake()
        return True

    def give(self, leg: Leg) -> Enter | None:
        """The attempt itself: a transfer to somebody who still rings."""
        if leg is not self.call.caller or self.next is not None:
            return None
        return lambda call, unanswered: Ringing.taken_over(call, self, unanswered)

    # ---- inside ----

    def _take(self, leg: Leg, event: LegEvent | Played) -> None:
        """What a device tells."""
        call, fork = self.call, self.fork
        if leg not in fork.branches or isinstance(event, Played):
            return  # given up a moment ago
        fork.take(leg, event)
        if isinstance(event, LegRinging):
            self._rings(leg, event.code)
        elif isinstance(event, MediaChanged):
            if leg.state is LegState.EARLY and fork.ringing_alone:
                self._waiting.early_media(leg, self._identity, anew=leg)
        elif isinstance(event, Answered):
            self._give_up(ELSEWHERE)
            self._connect(leg)
        elif isinstance(event, Ended):
            call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason))
            outside.note(call, leg, fork.failures[-1], event.code, event.reason)
            if fork.stopped_by is not None:
                self._give_up(because(fork.stopped_by, "Declined"))
            if not fork.open:
                self._fail(self._why())

    def _rings(self, leg: Leg, status: int) -> None:
        call = self.call
        call.publish(DeviceRinging(call.now(), call.id, leg.number, status))
        # Sound of the same response is there by now: a 180 before our 183 would ring over it.
        if leg.sound is not None and leg.state is LegState.EARLY and self.fork.ringing_alone:
            self._waiting.early_media(leg, self._identity)
        self._waiting.ringing(self._identity)
        if self._side is not None:
            self._side.tell(status)

    def _connect(self, leg: Leg) -> None:
        call, side = self.call, self._side
        was_answered = is_answered(call.caller)
        self._waiting.connected((asserted(call.exchange.domain, leg.number, leg.name),))
        call.answered(leg)
        if was_answered:
            call.show_each_other()
        if side is not None:
            side.done(200)
        self.next = side.after_answer() if side is not None else Talking(call)

    def _caller_gone(self, event: Ended) -> None:
        call, side = self.call, self._side
        if side is not None and side.caller_gone():
            self._waiting.close()
            self._waiting = Waiting(call, call.caller, None)
            self._waiting.begin()
            if any(leg.state is LegState.EARLY for leg in self.fork.branches):
                self._waiting.ringing(self._identity)
            return
        self._give_up(because(487, "Caller gave up"))
        if side is not None:
            side.done(487)
        if call.answered_at is None:
            self.next = Ending(Outcome.CANCELLED, event.code, call.caller.number)
        else:
            self.next = Ending(Outcome.COMPLETED, 200, call.caller.number)

    def _give_up(self, why: Header) -> None:
        """Those that still ring stop."""
        for leg in self.fork.branches:
            self.call.disown(leg)
        self.fork.stop(why)

    def _fail(self, outcome: Outcome) -> None:
        if self._side is not None:
            self._side.done(outcome.status)
        self.next = Ending.by_us(outcome) if self._unanswered is None else self._unanswered(outcome)

    def _why(self) -> Outcome:
        fork = self.fork
        if fork.stopped_by is not None:
            return outcome_of_status(fork.stopped_by)
        if fork.out_of_resources and not fork.failures:
            return Outcome.OVERLOADED
        return most_telling(fork.failures)

    def _dial(self, number: str, destination: Destination) -> Leg:
        call, ring = self.call, self.ring
        exchange, caller = call.exchange, call.caller
        called = call.router.extension(number)
        leg = exchange.engine.call(
            destination,
            number=number,
            to=address(exchange.domain, ring.number, ring.name),
            from_=address(exchange.domain, caller.number, caller.name),
            call_id=secrets.token_hex(12),
            srtp=_SRTP_TOWARDS[called.srtp if called else "off"],
            headers=self._headers(),
            first_codec=first_codec(call.request.body, exchange.codecs),
        )
        leg.name = called.name if called else number
        call.own(leg)
        device = f"{destination.ip}:{destination.port}"
        call.publish(DeviceCalled(call.now(), call.id, number, device, leg.call_id))
        return leg

    def _headers(self) -> tuple[Header, ...]:
        call = self.call
        return (
            asserted(call.exchange.domain, call.caller.number, call.caller.name),
            ("Max-Forwards", str(call.hops - 1)),
        )
