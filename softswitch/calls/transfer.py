"""Transfer: blind, by keys or REFER; by REFER also to somebody already asked (RFC 3515, RFC 5589).

The party that stays goes on in the same call: to him it is one call, whoever he is sent to.
"""

from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.ringing import Ringing
from softswitch.calls.step import Step
from softswitch.calls.talking import Talking
from softswitch.calls.transferor import Transferor
from softswitch.records.events import TransferStarted
from softswitch.routing import CallFacts, Diversion, Outcome
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Referred

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def refer(call: "Call", by: Leg, event: Referred) -> Step | Ending | None:
    """One side of the conversation sends the other one on. None: nothing changes, and it was told why."""
    stays = call.other(by)
    if stays is None:
        return None
    if event.replaces is not None:
        return _attended(call, by, stays, event)
    return blind(call, by, stays, event.target)


def blind(call: "Call", by: Leg, stays: Leg, target: str, by_keys: bool = False) -> Step | Ending | None:
    """To a number. It is decided like any call of his, with the rights of who sends him there."""
    call.publish(TransferStarted(call.now(), call.id, by.number, target, "blind"))
    transferor = Transferor(call, by, target, by_keys)
    facts = CallFacts(stays.number, target, call.hops, stays.trunk, (Diversion(by.number, "transfer"),))
    before = call.caller, call.callee
    call.caller, call.callee = stays, None
    step = call.decide(facts, transferor, lambda outcome: _back(call, transferor, outcome))
    if isinstance(step, Ending):
        call.caller, call.callee = before
        transferor.done(step.outcome.status)
        return None if transferor.is_there else step
    if by_keys and isinstance(step, Ringing):
        transferor.leave()  # what he hears now are not his tones any more
    return step


def blind_by_keys(call: "Call", by: Leg, stays: Leg, target: str) -> Step | Ending:
    """The same by keys: a number that leads nowhere leaves the two together."""
    return blind(call, by, stays, target, by_keys=True) or Talking(call)


def _back(call: "Call", transferor: Transferor, outcome: Outcome) -> Step | Ending:
    """Nobody took it. If he is still there he has him back at once, else he is rung."""
    stays = call.caller
    if transferor.is_there:
        call.callee = transferor.leg
        return Talking(call)
    call.log.info("transfer failed, the party goes back", outcome=outcome.value, to=transferor.number)
    facts = CallFacts(stays.number, transferor.number, call.hops, stays.trunk)
    return call.decide(facts)


def _attended(call: "Call", by: Leg, stays: Leg, event: Referred) -> Step | Ending | None:
    """To the other party of another call of his phone, which may still ring."""
    exchange = call.exchange
    transferor = Transferor(call, by, event.target)
    consulted = exchange.engine.leg_of(event.replaces) if event.replaces else None
    other = exchange.call_of(consulted) if consulted else None
    if consulted is None or other is None or other is call:
        transferor.done(481)
        return None
    if consulted.number != by.number or consulted.trunk != by.trunk:
        transferor.done(403)  # somebody else's call
        return None
    enter = other.step.give(consulted) if other.step else None
    if enter is None:
        transferor.done(480)
        return None
    call.publish(TransferStarted(call.now(), call.id, by.number, other.called, "attended"))
    call.caller = stays
    step = enter(call, lambda outcome: _back(call, transferor, outcome))
    if other.step is not None:
        other.step.go(Ending(Outcome.HANDED_ON, 200, by.number))
    transferor.done(200)
    return step
