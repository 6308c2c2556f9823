"""Pickup: who hears another phone ring answers it from his own.

By code, or by INVITE with Replaces (RFC 3891): the phone's own key, where it shows that another one rings.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.ringing import Ringing
from softswitch.calls.step import Step
from softswitch.config.direct_number import DirectNumber
from softswitch.records.events import CallPickedUp
from softswitch.routing import Outcome
from softswitch.sip.dialog_id import DialogId

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def pick_up(call: "Call", numbers: Collection[str], outside: DirectNumber | None = None) -> Step | Ending:
    """Take what rings at one of these extensions or departments, or has come in by that number outside.

    The longest waiting comes first. The caller's leg goes to that call, and this one is over. Of two who
    reach for the same call one has it.
    """
    by = call.caller
    ringing = [one for one in call.exchange.calls if one is not call and _rings_at(one, numbers, outside)]
    allowed = [one for one in ringing if _may(call, one)]
    for other in sorted(allowed, key=lambda one: one.started_at):
        if other.step is not None and other.step.join(by, call):
            other.publish(CallPickedUp(other.now(), other.id, by.number, call.id))
            return Ending(Outcome.HANDED_ON, 200, by.number)
    return Ending.by_us(Outcome.NOT_ALLOWED if ringing and not allowed else Outcome.NOTHING_TO_PICK_UP)


def pick_up_at(call: "Call", number: str) -> Step | Ending:
    """Take what rings at that extension or department, or for that number outside, in whatever form."""
    return pick_up(call, (number,), call.router.outside.direct(number))


def pick_up_in_group(call: "Call") -> Step | Ending:
    """Take what rings in one of the caller's own departments."""
    return pick_up(call, call.router.group_of(call.caller.number))


def replace(call: "Call", dialog: DialogId) -> Ending:
    """Take the place of one leg of another call: of a phone that rings, or of one that talks."""
    by = call.caller
    leg = call.exchange.engine.leg_of(dialog)
    other = call.exchange.call_of(leg) if leg is not None else None
    if leg is None or other is None or other is call or other.step is None:
        return Ending.by_us(Outcome.NO_SUCH_CALL)
    if dialog.early_only and not isinstance(other.step, Ringing):
        return Ending.by_us(Outcome.ANSWERED_MEANWHILE)  # RFC 3891 section 3
    own = leg.number == by.number and not leg.trunk and not by.trunk
    rings = isinstance(other.step, Ringing)
    # What rings is anybody's who has the right; out of a conversation only one's own phones can be relieved.
    if not own and not (rings and call.router.may_pick_up(by.number, leg.number)):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    if not other.step.join(by, call, leg):
        return Ending.by_us(Outcome.NO_SUCH_CALL)
    other.publish(CallPickedUp(other.now(), other.id, by.number, call.id))
    return Ending(Outcome.HANDED_ON, 200, by.number)


def _rings_at(call: "Call", numbers: Collection[str], outside: DirectNumber | None) -> bool:
    step = call.step
    if not isinstance(step, Ringing) or step.next is not None:
        return False
    if step.ring.number in numbers or any(leg.number in numbers for leg in step.fork.branches):
        return True
    came_in = call.router.outside.direct(call.called) if call.caller.trunk else None
    return came_in is not None and came_in == outside


def _may(call: "Call", other: "Call") -> bool:
    step = other.step
    if not isinstance(step, Ringing):
        return False
    return any(call.router.may_pick_up(call.caller.number, leg.number) for leg in step.fork.branches)
