"""How a place of the dialplan sends its caller on."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.config.announcement import HANG_UP
from softswitch.routing import CallFacts, Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.step import Step, Unanswered

MOST: Final = 100
"""Places that one call goes through; then it goes in a circle that nobody hears."""


def send_on(
    call: "Call", place: str, facts: CallFacts, unanswered: "Unanswered | None" = None
) -> "Step | Ending":
    """The step at `place`, which the file names; the end for `hang up`, or when it leads nowhere.

    `facts` are those that led to where the caller is now.
    """
    if place == HANG_UP:
        return Ending.by_us(Outcome.COMPLETED)
    call.places += 1
    if call.places > MOST:
        call.log.warning("the call goes from place to place in a circle", last=place)
        return Ending.by_us(Outcome.FORWARD_LOOP)
    caller = call.caller
    facts = facts._replace(caller=caller.number, trunk=caller.trunk, called=place, arrives=False, sent=True)
    return call.decide(facts, None, unanswered)
