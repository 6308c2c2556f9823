"""The first part of a call: the callee's devices ring until one answers, or nobody will."""

import asyncio
import secrets
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.fork import Fork
from softswitch.calls.identity import ELSEWHERE, Header, address, asserted, because
from softswitch.records.events import DeviceCalled, DeviceEnded, DeviceRinging
from softswitch.routing import Outcome, Ring
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.destination import Destination
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, MediaChanged
from softswitch.sip.leg_events import Ringing as LegRinging
from softswitch.sip.leg_state import LegState
from softswitch.sip.sdp import first_codec
from softswitch.sip.sound import Bridge

if TYPE_CHECKING:
    from softswitch.calls.call import Call

_SRTP_TOWARDS: Final = {"off": "off", "accept": "off", "offer": "optional", "require": "required"}


class Ringing:
    """One attempt to reach an extension."""

    def __init__(self, call: "Call", decision: Ring) -> None:
        self.fork = Fork()
        self._call = call
        self._decision = decision
        self._identity = (asserted(call.exchange.domain, decision.number, decision.name),)
        self._ringing_told = False

    async def run(self) -> Leg | Ending:
        """The leg that answered, or how the call ends without one."""
        call, fork = self._call, self.fork
        fork.start(call.exchange.devices(self._decision.number, besides=call.source), self._dial)
        deadline = asyncio.get_running_loop().time() + self._decision.seconds
        while fork.open:
            notice = await call.inbox.next(deadline)
            if notice is None:
                fork.stop(because(480, "No answer"))
                return Ending.by_us(Outcome.NO_ANSWER)
            leg, event = notice
            if leg is not call.caller:
                self._take(leg, event)
            elif isinstance(event, Ended):
                return Ending(Outcome.CANCELLED, event.code, call.caller.number)
        if fork.winner is None:
            return self._unanswered()
        fork.stop(ELSEWHERE)
        call.caller.answer(self._identity)
        return fork.winner

    def _take(self, leg: Leg, event: LegEvent) -> None:
        """What a device tells."""
        call, fork = self._call, self.fork
        fork.take(leg, event)
        if isinstance(event, LegRinging):
            call.publish(DeviceRinging(call.now(), call.id, leg.number, event.code))
            # Sound of the same response is there by now: a 180 before our 183 would ring over it.
            if leg.sound is not None and leg.state is LegState.EARLY and fork.ringing_alone:
                self._early_media(leg)
            self._tell_ringing()
        elif isinstance(event, MediaChanged):
            if leg.state is LegState.EARLY and fork.ringing_alone:
                self._early_media(leg)
        elif isinstance(event, Ended):
            call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason))
            if fork.stopped_by is not None:
                fork.stop(because(fork.stopped_by, "Declined"))

    def _tell_ringing(self) -> None:
        if not self._ringing_told:
            self._ringing_told = True
            if self._call.bridge is None:
                self._call.caller.ring(self._identity)

    def _early_media(self, leg: Leg) -> None:
        """What the called side plays before it answers is the caller's to hear."""
        call = self._call
        if leg.sound is None:
            return
        if call.bridge is None:
            call.caller.progress(self._identity)
            call.bridge = Bridge(call.caller, leg, None, one_way=True)
        else:
            call.bridge.refresh()

    def _unanswered(self) -> Ending:
        fork = self.fork
        if fork.stopped_by is not None:
            return Ending.by_us(outcome_of_status(fork.stopped_by))
        if fork.out_of_resources and not fork.statuses:
            return Ending.by_us(Outcome.OVERLOADED)
        return Ending.by_us(most_telling(fork.statuses))

    def _dial(self, destination: Destination) -> Leg:
        call, decision = self._call, self._decision
        exchange = call.exchange
        called = call.router.extension(decision.number)
        leg = exchange.engine.call(
            destination,
            number=decision.number,
            to=address(exchange.domain, decision.number, decision.name),
            from_=address(exchange.domain, call.caller.number, call.caller_name),
            call_id=secrets.token_hex(12),
            srtp=_SRTP_TOWARDS[called.srtp if called else "off"],
            headers=self._headers(),
            first_codec=first_codec(call.request.body, exchange.codecs),
        )
        leg.owner = call.inbox.post
        device = f"{destination.ip}:{destination.port}"
        call.publish(DeviceCalled(call.now(), call.id, decision.number, device, leg.call_id))
        return leg

    def _headers(self) -> tuple[Header, ...]:
        call = self._call
        return (
            asserted(call.exchange.domain, call.caller.number, call.caller_name),
            ("Max-Forwards", str(call.hops - 1)),
        )
