"""Calling somebody once more: redial, and the last caller."""

from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.step import Step
from softswitch.routing import CallFacts, Outcome
from softswitch.routing.callers import is_hidden

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side


def call_back(call: "Call", side: "Side | None") -> Step | Ending:
    """Call whoever has called last, if he has shown his number."""
    number = call.exchange.remembered.caller(call.caller.number)
    return _call(call, side, number, Outcome.NO_LAST_CALLER)


def redial(call: "Call", side: "Side | None") -> Step | Ending:
    """Call the number dialled last."""
    number = call.exchange.remembered.dialled(call.caller.number)
    return _call(call, side, number, Outcome.NOTHING_DIALLED)


def _call(call: "Call", side: "Side | None", number: str, otherwise: Outcome) -> Step | Ending:
    if side is not None or not call.is_of_the_house(call.caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)  # what somebody has dialled is his own affair
    if is_hidden(number):
        return Ending.by_us(otherwise)
    return call.decide(CallFacts(call.caller.number, number, call.hops))
