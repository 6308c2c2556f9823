"""The ways to the targets of one attempt: their phones, and lines outside, one after the other."""

from functools import partial
from typing import TYPE_CHECKING

from softswitch.calls import device, outside
from softswitch.calls.auto_answer import auto_answer
from softswitch.calls.diversion import diversion_headers, earlier_headers
from softswitch.calls.fork import Fork
from softswitch.calls.hunting import Hunt
from softswitch.calls.identity import Header, address, asserted
from softswitch.config import Trunk
from softswitch.routing import CallFacts, Outcome, Ring
from softswitch.sip.destination import Destination
from softswitch.sip.leg import Leg
from softswitch.sip.sdp import first_codec

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Ways:
    """Sends the INVITEs of one attempt, each with who calls and how the call has come."""

    def __init__(self, call: "Call", ring: Ring, facts: CallFacts) -> None:
        self._call = call
        self._ring = ring
        self._facts = facts

    def to_phones(self, fork: Fork, number: str) -> None:
        """Call all phones of an extension, but for those that are in the call."""
        call = self._call
        if self._ring.skip_busy and call.exchange.state_for(call).calls_of(number):
            fork.failures.append(Outcome.BUSY)  # since it was decided who rings
            return
        fork.start(call.exchange.devices(number, call.legs), partial(self._dial, number))

    def to_next_line(self, fork: Fork, hunt: Hunt) -> Leg | None:
        """Dial by the next line, as soon as one can be dialled by; None when there is none."""
        call, branches = self._call, fork.branches
        rung, way = len(branches), hunt.next()
        while way is not None:
            target, destination = way
            dial = partial(outside.dial, call, target, self._headers(target.trunk))
            fork.start((destination,), dial, Outcome.TRUNK_UNREACHABLE)
            if len(branches) > rung:
                return branches[-1]
            way = hunt.next()
        if not fork.failures:
            fork.failures.append(Outcome.TRUNK_UNREACHABLE)
        return None

    def _dial(self, number: str, destination: Destination) -> Leg:
        call, ring = self._call, self._ring
        domain, caller, shown = call.exchange.domain, call.caller, self._shown_name()
        extension = call.router.extension(number)
        door = extension.door if extension is not None else None
        by_itself = ring.auto_answer or (door is not None and door.auto_answer)
        answer = auto_answer(domain) if by_itself else ()
        leg = device.invite(
            call.exchange,
            number,
            destination,
            from_=address(domain, caller.number, shown),
            headers=(asserted(domain, caller.number, shown), *answer, *self._headers()),
            to=address(domain, ring.number, ring.name),
            first_codec=first_codec(call.offer, call.exchange.codecs),
        )
        device.called(call, leg)
        return leg

    def _shown_name(self) -> str:
        """What the phones that ring show of the caller: `Sales: Anna Berg`, `Sales: +491711234567`."""
        caller, department = self._call.caller, self._ring.caller_as
        return f"{department}: {caller.name or caller.number}" if department else caller.name

    def _headers(self, trunk: str = "") -> tuple[Header, ...]:
        """How far it may go still, and how it has come here; no carrier is told numbers of the house."""
        call, diverted, earlier = self._call, self._ring.diverted, self._facts.came_by
        far = ("Max-Forwards", str(call.hops - 1))
        if not diverted and not earlier:
            return (far,)
        line = call.exchange.trunks.get(trunk) if trunk else None
        if isinstance(line, Trunk):
            known = [one._replace(number=outside.known_outside(call, line, one.number)) for one in diverted]
            # Several of the house may be known by one number: the last one's reason tells why it comes.
            diverted = tuple({one.number: one for one in known if one.number}.values())
            earlier = ()
        domain = call.exchange.domain
        way = diversion_headers(domain, diverted, self._ring.number)
        return (far, *way, *earlier_headers(domain, earlier))
