"""Where a call comes to a place that takes it itself: a menu, a queue, a voicemail box.

One line a kind of place: the function that makes the place's first step.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from softswitch.calls import (
    announcing,
    disa,
    fax_receiving,
    menu,
    paging,
    queueing,
    scenario,
    voicemail_deposit,
)
from softswitch.calls.ending import Ending
from softswitch.calls.step import Step, Unanswered
from softswitch.config.places import PlaceKind
from softswitch.routing import CallFacts, GoTo, Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

Entrance = Callable[["Call", GoTo, CallFacts, "Side | None", "Unanswered | None"], Step | Ending]

ENTRANCES: Final[dict[PlaceKind, Entrance]] = {
    PlaceKind.ANNOUNCEMENT: announcing.enter,
    PlaceKind.FAX: fax_receiving.enter,
    PlaceKind.MENU: menu.enter,
    PlaceKind.PAGING: paging.enter,
    PlaceKind.VOICEMAIL: voicemail_deposit.enter,
    PlaceKind.SCENARIO: scenario.enter,
    PlaceKind.DISA: disa.enter,
    PlaceKind.QUEUE: queueing.enter,
}


def enter(
    call: "Call",
    decision: GoTo,
    facts: CallFacts,
    side: "Side | None",
    unanswered: "Unanswered | None",
) -> Step | Ending:
    """The first step there. `facts` tell the way that the call has come; `side` is who has sent it there."""
    entrance = ENTRANCES.get(decision.kind)
    if entrance is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    return entrance(call, decision, facts, side, unanswered)
