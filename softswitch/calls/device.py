"""Calling one phone of an extension."""

import os
from typing import TYPE_CHECKING

from softswitch.calls.identity import Header, address
from softswitch.calls.srtp import srtp_towards
from softswitch.records.events import DeviceCalled
from softswitch.sip.destination import Destination
from softswitch.sip.leg import Leg

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.exchange import Exchange


def invite(
    exchange: "Exchange",
    number: str,
    destination: Destination,
    *,
    from_: str,
    headers: tuple[Header, ...],
    to: str = "",
    first_codec: str = "",
) -> Leg:
    """An INVITE to one phone of the extension `number`; the leg is nobody's yet. Raises SipError.

    `from_` and `to` are name-addrs: who it shows, and whom it was called as, by default the extension.
    """
    extension = exchange.router.extension(number)
    name = extension.name if extension else number
    leg = exchange.engine.call(
        destination,
        number=number,
        to=to or address(exchange.domain, number, name),
        from_=from_,
        call_id=os.urandom(12).hex(),
        srtp=srtp_towards(extension),
        headers=headers,
        first_codec=first_codec,
    )
    leg.name = name
    return leg


def called(call: "Call", leg: Leg) -> None:
    """The leg is the call's, and its phone is being called."""
    call.own(leg)
    host, port = leg.address
    call.publish(DeviceCalled(call.now(), call.id, leg.number, f"{host}:{port}", leg.call_id, leg.trunk))
