"""Intercom: somebody's phone answers by itself, and both talk through its speaker."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.ringing import Ringing
from softswitch.calls.step import Step
from softswitch.routing import CallFacts, Outcome, Refuse, Ring

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

SECONDS: Final = 15.0
"""That a phone rings which does not answer by itself."""


def speak(call: "Call", number: str, side: "Side | None") -> Step | Ending:
    """Only the phones of the extension itself: neither a mobile, nor where calls are forwarded to."""
    router, caller = call.router, call.caller
    if side is not None or not call.is_of_the_house(caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    if number == caller.number:
        return Ending.by_us(Outcome.ONESELF)
    if router.extension(number) is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if not router.may_intercom(caller.number, number):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    facts, state = CallFacts(caller.number, number, call.hops, at=call.now()), call.exchange.state_for(call)
    if state.calls_of(number):
        return Ending.by_us(Outcome.BUSY)
    decision = router.decide(facts, state)
    if isinstance(decision, Refuse):
        return Ending.by_us(decision.outcome)
    if not isinstance(decision, Ring) or decision.number != number:
        return Ending.by_us(Outcome.DO_NOT_DISTURB)  # he sends his calls elsewhere
    own = tuple(one for one in decision.targets if one.number == number and not one.trunk)
    call.called_name = decision.name
    ring = decision._replace(targets=own, seconds=SECONDS, auto_answer=True)
    return Ringing(call, ring, facts)
