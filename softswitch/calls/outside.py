"""Calling a number outside: where its trunk is, who is shown to whom, what the carrier's refusal means."""

import os
from typing import TYPE_CHECKING, Final

from softswitch.calls import device, emergency
from softswitch.calls.identity import Header, address
from softswitch.config import Line, Trunk
from softswitch.config.office import Office
from softswitch.routing import Blame, Outcome, Target
from softswitch.sip.destination import Destination
from softswitch.sip.leg import Leg
from softswitch.sip.outside_caller import ANONYMOUS
from softswitch.sip.sdp import first_codec
from softswitch.sip.uri import Uri

if TYPE_CHECKING:
    from softswitch.calls.call import Call


_SRTP_TOWARDS: Final = {"off": "off", "accept": "off", "offer": "optional", "require": "required"}
FARTHEST: Final = 10
"""Servers that a call to another office may pass still: should a forwarding here and one there lead to each
other, the call ends soon."""


def way_out(call: "Call", target: Target) -> list[Destination]:
    """Where the trunk takes the call, server by server; nowhere while its name is not resolved or when it has
    left the file."""
    destinations = call.exchange.trunks.destinations(target.trunk, target.number)
    if not destinations:
        call.log.warning("trunk cannot be reached: its server has no address", trunk=target.trunk)
    return list(destinations)


def dial(
    call: "Call", target: Target, headers: tuple[Header, ...], destination: Destination, codec: str = ""
) -> Leg:
    """An INVITE to the trunk. `codec`: the first offered; by default what the caller's phone likes.

    Raises SipError.
    """
    exchange = call.exchange
    trunk = exchange.trunks.get(target.trunk)
    if trunk is None:
        raise KeyError(target.trunk)  # way_out has found it a moment ago
    from_, shown = identity(call, trunk, destination)
    if isinstance(trunk, Office):
        headers = _as_far_as(FARTHEST, headers)
    if target.makes_room:
        emergency.make_room(call, trunk.key)
    leg = exchange.engine.call(
        destination,
        number=target.number,
        to=f"<{destination.uri}>",
        from_=from_,
        call_id=os.urandom(12).hex(),
        headers=(("P-Asserted-Identity", shown), *headers),
        srtp=_SRTP_TOWARDS[trunk.srtp],
        first_codec=codec or first_codec(call.offer, exchange.codecs),
        credentials=exchange.trunks.credentials(trunk.key),
    )
    exchange.trunk_uses[trunk.key] += 1
    leg.name, leg.trunk = target.number, trunk.key
    device.called(call, leg)
    return leg


def _as_far_as(most: int, headers: tuple[Header, ...]) -> tuple[Header, ...]:
    """A call may pass so many servers still, and no more."""
    return tuple(
        (name, str(min(most, int(value)))) if name == "Max-Forwards" else (name, value)
        for name, value in headers
    )


def identity(call: "Call", trunk: Line, destination: Destination) -> tuple[str, str]:
    """From, and P-Asserted-Identity (RFC 3325), for a call through the trunk.

    What the carrier can vouch for is asserted: the trunk's `caller_id`, else the extension's own number. A
    caller from outside keeps his number in From: his call is only passed on. A carrier that knows us by an
    account wants that in From, at its own domain.
    """
    caller, domain = call.caller, call.exchange.domain
    if not isinstance(trunk, Trunk):  # an office: its phones show who calls, as ours would
        from_ = address(domain, caller.number, "" if caller.number == ANONYMOUS else caller.name)
        return from_, from_
    shown = _own_number(call, trunk, caller.number) if not caller.trunk else trunk.shown_number
    ours = shown or (caller.number if not caller.trunk else trunk.user or "softswitch")
    name = "" if caller.number == caller.name or caller.number == ANONYMOUS else caller.name
    if trunk.user is not None:
        host = trunk.server.host if len(trunk.all_servers) == 1 else Uri.parse(destination.uri).host
        return address(host, trunk.user, name), address(host, ours, name)
    if caller.trunk and caller.number != ANONYMOUS:
        return address(domain, caller.number, name), address(domain, ours)
    return address(domain, ours, name), address(domain, ours, name)


def known_outside(call: "Call", trunk: Line | None, number: str) -> str:
    """Somebody of the house who has forwarded the call, as others may know of him; empty for nobody.

    A carrier, and who is called through it, see numbers outside: his own, the one that the caller has called,
    or the trunk's. Another office has his number in the house.
    """
    if not isinstance(trunk, Trunk):
        return number
    own = _own_number(call, trunk, number)
    arrived = (
        call.router.outside.direct(call.called) if call.caller.trunk and own == trunk.shown_number else None
    )
    if arrived is not None and (not trunk.numbers or arrived.number in trunk.numbers):
        return arrived.number
    return own


def _own_number(call: "Call", trunk: Trunk, number: str) -> str:
    """The extension's `caller_id` where the trunk may show it, else the trunk's."""
    extension = call.router.extension(number)
    own = extension.caller_id if extension else None
    return own if own and (not trunk.numbers or own in trunk.numbers) else trunk.shown_number


def note(call: "Call", leg: Leg, outcome: Outcome, status: int, reason: str) -> None:
    """Remember what a carrier has failed in, for whoever looks at the trunks."""
    if leg.trunk and outcome.blame is Blame.TRUNK:
        call.exchange.trunks.failed(leg.trunk, f"{status} {reason} to a call to {leg.number}".strip())
