"""How a place of the dialplan sends its caller on."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import ByMode, in_mode
from softswitch.routing import CallFacts, Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.step import Step, Unanswered

MOST: Final = 100
"""Places that one call goes through; then it goes in a circle that nobody hears."""


def place_now(call: "Call", said: ByMode | None, facts: CallFacts) -> str | None:
    """The place in the mode that holds for the call; None where nothing is said for it."""
    if said is None or isinstance(said, str):
        return said
    facts = facts._replace(at=call.now(), number=call.called if call.caller.trunk else "")
    found = in_mode(said, call.router.mode_of(facts, call.exchange.state_for(call)).key)
    return None if found is None else found[0]


def send_on(
    call: "Call", said: ByMode, facts: CallFacts, unanswered: "Unanswered | None" = None
) -> "Step | Ending":
    """The step at the place that the file names, in the mode that holds; the end for `hang up`, or when it
    leads nowhere.

    `facts` are those that led to where the caller is now.
    """
    place = place_now(call, said, facts) or HANG_UP
    if place == HANG_UP:
        return Ending.by_us(Outcome.COMPLETED)
    call.places += 1
    if call.places > MOST:
        call.log.warning("the call goes from place to place in a circle", last=place)
        return Ending.by_us(Outcome.FORWARD_LOOP)
    caller = call.caller
    facts = facts._replace(caller=caller.number, trunk=caller.trunk, called=place, arrives=False, sent=True)
    return call.decide(facts, None, unanswered)
