"""Emergency calls get through: they are told to everybody, and take another call's line if need be."""

from typing import TYPE_CHECKING

import structlog

from softswitch.calls.identity import because
from softswitch.records.events import EmergencyCall, LineTaken
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.leg_state import Direction, LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.exchange import Exchange

log = structlog.get_logger("softswitch.calls")


def begins(call: "Call", number: str) -> None:
    """Somebody calls the emergency services."""
    call.is_emergency = True
    call.publish(EmergencyCall(call.now(), call.id, call.caller.number, call.caller_name, number))


def make_place(exchange: "Exchange") -> bool:
    """Where no two legs have room, the youngest call ends for one that will come in. Whether one ends.

    For the reception: nothing is sent yet when it returns. Calls to the emergency services go on.
    """
    if exchange.engine.has_room:
        return False
    others = [call for call in exchange.calls if not call.is_emergency]
    if any(call.why_ended is Outcome.LINE_TAKEN for call in others):
        return True  # its phones have not heard of it yet
    if not others:
        log.warning("no call can end for an emergency call: it is tried all the same")
        return False
    youngest = max(others, key=lambda call: call.started_at)
    log.warning("a call ends to make place for an emergency call", call=youngest.id)
    exchange.end(youngest, Outcome.LINE_TAKEN)
    return True


def make_room(call: "Call", trunk: str) -> None:
    """Where all lines of the trunk are taken, the youngest call on it ends: one that went out, if any.

    Its BYE leaves before the emergency call's INVITE. Calls to the emergency services keep their lines.
    """
    exchange = call.exchange
    settings = exchange.trunks.get(trunk)
    if settings is None or exchange.trunk_calls(trunk) < settings.max_calls:
        return
    others = [
        (leg.direction is Direction.OUTBOUND, other.started_at, other, leg)
        for other in exchange.calls
        if other is not call and not other.is_emergency
        for leg in other.legs
        if leg.trunk == trunk and leg.state is not LegState.ENDED
    ]
    if not others:
        call.log.warning("no line can be taken for an emergency call: it is tried all the same", trunk=trunk)
        return
    _, _, other, leg = max(others, key=lambda one: one[:2])
    other.publish(LineTaken(other.now(), other.id, trunk, call.id))
    try:
        leg.owner = None
        leg.hangup((because(503, Outcome.LINE_TAKEN.reason),))
    except SipError as error:
        other.log.debug("leg was over already", error=str(error))
    exchange.end(other, Outcome.LINE_TAKEN)
