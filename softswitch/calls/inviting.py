"""A moderator invites somebody into his conference: who answers is asked to press a key, and comes in.

The invitation belongs to the call of who invites until then: when he leaves, nobody is rung any more.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from softswitch.calls import device, outside
from softswitch.calls.accepting import KEY, PAUSE, Accepting
from softswitch.calls.call import Call
from softswitch.calls.fork import Fork
from softswitch.calls.identity import ELSEWHERE, Header, address, asserted, because
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.records.events import ConferenceInvited, DeviceEnded, DeviceRinging
from softswitch.routing import CallFacts, Outcome, Ring, Target
from softswitch.sip.destination import Destination
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, LegEvent, Ringing
from softswitch.sip.source import Source

if TYPE_CHECKING:
    from softswitch.calls.room import Room


def invite(room: "Room", call: Call, number: str, comes: Callable[[Call], Step]) -> "Invitation | None":
    """Ring it, by the rights of the call's caller; None when it cannot be rung.

    `comes` makes the first step of the call that whoever accepts has.
    """
    facts = CallFacts(call.caller.number, number, call.hops, at=call.now())
    ring = call.router.decide(facts, call.exchange.state_for(call))
    call.publish(ConferenceInvited(call.now(), call.id, call.caller.number, number, room.number))
    if not isinstance(ring, Ring) or ring.pin_of:  # nobody is asked for a pin in the room
        return None
    invitation = Invitation(room, call, ring, comes)
    return invitation if invitation.rings else None


class Invitation:
    """Phones that ring, then one that is asked. Feed it the events of its legs."""

    def __init__(self, room: "Room", call: Call, ring: Ring, comes: Callable[[Call], Step]) -> None:
        self._room = room
        self._call = call
        self._comes = comes
        self._fork = Fork()
        self._asked: Accepting | None = None
        self.until = call.time() + ring.seconds
        """The loop's time at which it has failed, if nothing else is said before."""
        self._way: tuple[Header, ...] = (("Max-Forwards", str(call.hops - 1)),)
        # Whoever answers is asked anyway: of a desk and its mobile the desk is meant.
        targets = [one for one in ring.targets if not one.must_accept] or list(ring.targets)
        for target in targets:
            self._start(target)

    @property
    def rings(self) -> bool:
        """Whether anybody may still come."""
        return self._fork.open or self._asked is not None

    def has(self, leg: Leg) -> bool:
        """Whether it is one of its legs."""
        return leg in self._fork.branches or (self._asked is not None and self._asked.leg is leg)

    def pairs(self) -> list[Pair]:
        """Who is asked hears the question."""
        return self._asked.pairs() if self._asked is not None else []

    def take(self, leg: Leg, event: LegEvent | Played) -> float | None:
        """What a leg tells. Returns seconds after which `ask` is due, None for never."""
        call, asked = self._call, self._asked
        if asked is not None:
            match event:
                case Digit() if event.digit == KEY:
                    self._comes_in(leg)
                case Ended():
                    self._drop()
                case Played():
                    return PAUSE
            return None
        if isinstance(event, Played):
            return None
        self._fork.take(leg, event)
        if isinstance(event, Ringing):
            call.publish(DeviceRinging(call.now(), call.id, leg.number, event.code))
        elif isinstance(event, Answered):
            self._stop(ELSEWHERE)
            call.has_sound(leg)
            self._asked = Accepting(call, leg, "invited-to-room")
            self.until = self._asked.until
            return 0.0
        elif isinstance(event, Ended):
            call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason))
        return None

    def ask(self) -> None:
        """Say the question, again."""
        if self._asked is not None:
            self._asked.ask()

    def close(self) -> None:
        """Nobody is invited any more."""
        self._stop(because(487, "Invitation withdrawn"))
        if self._asked is not None:
            leg = self._asked.leg
            self._drop()
            self._call.dismiss(leg, at_once=True)

    def _comes_in(self, leg: Leg) -> None:
        self._drop()
        exchange, host = self._call.exchange, leg.address
        call = Call(
            exchange, exchange.new_id(), leg, None, Source(*host, leg.transport, ""), self._room.number
        )
        call.adopt(leg, self._call)
        exchange.begin(call, partial(self._comes, call))

    def _drop(self) -> None:
        if self._asked is not None:
            self._asked.close()
            self._asked = None

    def _stop(self, why: Header) -> None:
        for leg in self._fork.branches:
            self._call.disown(leg)
        self._fork.stop(why)

    # ---- dialling ----

    def _start(self, target: Target) -> None:
        call = self._call
        if target.trunk:
            dial = partial(outside.dial, call, target, self._way)
            self._fork.start(outside.way_out(call, target), dial, Outcome.TRUNK_UNREACHABLE)
        else:
            devices = call.exchange.devices(target.number, call.legs)
            self._fork.start(devices, partial(self._dial, target.number))

    def _dial(self, number: str, destination: Destination) -> Leg:
        """The phone shows the room: who calls back later comes into it."""
        call, room, domain = self._call, self._room, self._call.exchange.domain
        leg = device.invite(
            call.exchange,
            number,
            destination,
            from_=address(domain, room.number, room.name),
            headers=(asserted(domain, room.number, room.name), *self._way),
        )
        device.called(call, leg)
        return leg
