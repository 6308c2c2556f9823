"""During a call one side sends the other into a scenario by keys, and is free."""

from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.step import Step
from softswitch.calls.talking import Talking
from softswitch.records.events import TransferStarted
from softswitch.routing import CallFacts
from softswitch.sip.leg import Leg

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def send(call: "Call", by: Leg, stays: Leg, code: str) -> Step | Ending:
    """Into the scenario of that code; no such code leaves the two together."""
    key = call.router.scenario_of_code(code)
    if key is None:
        call.log.info("no scenario has this code", code=code, by=by.number)
        return Talking(call)
    call.publish(TransferStarted(call.now(), call.id, by.number, key, "scenario"))
    call.caller, call.callee = stays, None
    call.dismiss(by, at_once=True)
    return call.decide(CallFacts(stays.number, key, call.hops, stays.trunk, sent=True))
